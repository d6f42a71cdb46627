import { describe, expect, it } from 'vitest';
import { FIELD_TYPES, QUALITIES, VALUE_TYPES } from '../../../src/domain/reading.js';
import { childElements, type Element } from '../../../src/xmpp/element.js';
import { readSchema, type Shape } from '../schema.js';
import { payloadOf, stanzaFiles } from '../stanza-files.js';
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
