import { describe, expect, it } from 'vitest';
import { FIELD_TYPES, QUALITIES, VALUE_TYPES, type ValueType } from '../../../src/domain/reading.js';
import { childElements, type Element } from '../../../src/xmpp/element.js';
import { attributesKnown, attributesRead } from '../attributes-read.js';
import { readSchema, type Shape } from '../schema.js';
import { parseXml, payloadOf, stanzaFiles } from '../stanza-files.js';
import { CODECS } from './codecs.js';

const schema = readSchema('sensor-data.xsd');
const types = [...FIELD_TYPES, 'identification'];

it('has the elements that are spoken', () => {
  expect(Object.keys(schema).sort()).toEqual([...Object.keys(CODECS), 'rejected'].sort());
});

it('has the tables of types and flags', () => {
  const values = schema['fields']?.children['node']?.children['timestamp']?.children ?? {};
  expect(Object.keys(values)).toEqual(VALUE_TYPES);
  for (const [name, { attributes }] of Object.entries(values)) {
    const own = { numeric: ['unit'], enum: ['dataType'] }[name] ?? [];
    const common = ['name', 'value', 'module', 'stringIds', 'writable'];
    expect(Object.keys(attributes).sort()).toEqual([...common, ...own, ...types, ...QUALITIES].sort());
  }
  const asked = Object.keys(schema['req']?.attributes ?? {});
  expect(types.filter((type) => !asked.includes(type))).toEqual([]);
});

it('has no attribute of a report that is not read', () => {
  const examples = stanzaFiles('0323-sensor-data').filter(({ expected }) => expected.kind === 'fields');
  const payloads = examples.map(({ stanza }) => payloadOf(stanza));
  const read = attributesRead(payloads, (payload) => CODECS['fields']?.(payload));
  const known = attributesKnown('fields', schema['fields']);
  for (const name of ['fields', 'node', 'timestamp'])
    expect(read[name]).toEqual(expect.arrayContaining([...(known[name] ?? [])]));
});

it.each(VALUE_TYPES)('has no flag of <%s/> that is not read, and none that is false but where it says so', (type) => {
  const shape = schema['fields']?.children['node']?.children['timestamp']?.children[type];
  const attributes: Shape['attributes'] = shape?.attributes ?? {};
  const flags = Object.entries(attributes).filter(([, { otherwise }]) => otherwise !== undefined);
  expect(flags.map(([name]) => name).sort()).toEqual([...types, ...QUALITIES].sort());
  const fieldsWith = (flag: string) => {
    const value = `<${type} name='T' value='${EXAMPLES[type]}' ${flag}/>`;
    const node = `<node nodeId='a'><timestamp value='2026-11-21T03:00:00Z'>${value}</timestamp></node>`;
    const decoded = CODECS['fields']?.(parseXml(`<fields xmlns='urn:xmpp:iot:sensordata' seqnr='1'>${node}</fields>`));
    return decoded?.ok === true ? decoded.value.value : undefined;
  };
  for (const [name, { otherwise }] of flags) {
    expect(fieldsWith(`${name}='perhaps'`), name).toMatchObject({ faults: [expect.anything()] });
    expect(fieldsWith(`${name}='${otherwise}'`), name).toEqual(fieldsWith(''));
    expect(fieldsWith(`${name}='true'`), name).not.toEqual(fieldsWith(''));
  }
});

const EXAMPLES: Readonly<Record<ValueType, string>> = {
  boolean: 'true',
  date: '2013-03-07',
  dateTime: '2013-03-07T16:24:30Z',
  duration: 'P1D',
  enum: 'a',
  int: '1',
  long: '1',
  numeric: '1.5',
  string: 'a',
  time: '16:24:30',
};

describe('knows every element and attribute of', () => {
  const good = stanzaFiles('0323-sensor-data').filter(
    // These are there for what no schema knows.
    ({ name, expected }) =>
      expected.kind in schema && !/^bad-|^dialect-|unknown/.test(name) && name !== 'req-types-and-historical',
  );

  it.each(good.map(({ name, stanza }) => [name, stanza] as const))('%s', (_name, stanza) => {
    const payload = payloadOf(stanza);
    expect(unknownTo(schema[payload.getName()], payload)).toEqual([]);
  });
});

function unknownTo(shape: Shape | undefined, element: Element): string[] {
  if (shape === undefined) return [element.getName()];
  const attributes = Object.keys(element.attrs).filter((name) => name !== 'xmlns' && !(name in shape.attributes));
  return [
    ...attributes,
    ...childElements(element).flatMap((child) => unknownTo(shape.children[child.getName()], child)),
  ];
}
