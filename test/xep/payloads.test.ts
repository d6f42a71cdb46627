import { describe, expect, it } from 'vitest';
import { ACTIONS, decodeAnswer, decodeRequest, NOTE_TYPES, STATUSES } from '../../src/xep/0050-commands/codec.js';
import { RECEIPTS } from '../../src/xep/0323-sensor-data/report-handler.js';
import { DATA_FORMS, decodeForm, FIELD_TYPES, FORM_TYPES, VALIDATION } from '../../src/xmpp/data-form.js';
import { childElements, type Element, element } from '../../src/xmpp/element.js';
import { decodePageRequest, decodeResultSet, RESULT_SETS } from '../../src/xmpp/result-set.js';
import { decodeError, encodeError, stanzaError } from '../../src/xmpp/stanza-error.js';
import { attributesKnown, attributesRead } from './attributes-read.js';
import { readEnumeration, readSchema } from './schema.js';
import { parseXml } from './stanza-files.js';

// The schemas of what other protocols carry, held against the codecs that read it.

it.each([
  ['commands.xsd', 'action', ACTIONS],
  ['commands.xsd', 'status', STATUSES],
  ['commands.xsd', 'noteType', NOTE_TYPES],
  ['commands.xsd', 'step', ACTIONS.slice(2)],
  ['data-form.xsd', 'formType', FORM_TYPES],
  ['data-form.xsd', 'fieldType', FIELD_TYPES],
] as const)('%s has the values of %s that the codec has', (schema, type, values) => {
  expect(readEnumeration(schema, type)).toEqual(values);
});

const FORM = `<x xmlns='${DATA_FORMS}' type='form'>
  <title>t</title><instructions>i</instructions>
  <field var='a' type='list-single' label='l'>
    <desc>d</desc><required/><validate xmlns='${VALIDATION}' datatype='xs:string'><open/></validate>
    <value>1</value><option label='one'><value>1</value></option>
  </field>
  <reported><field var='a' type='text-single' label='l'/></reported>
  <item><field var='a'><value>1</value></field></item>
</x>`;
const COMMAND = `<command xmlns='http://jabber.org/protocol/commands' node='n' sessionid='s' action='execute' status='completed'>
  <actions execute='next'><prev/><next/><complete/></actions><note type='info'>n</note>
</command>`;
const SET = `<set xmlns='${RESULT_SETS}'>
  <max>1</max><after>a</after><before>b</before><index>1</index><first index='0'>f</first><last>l</last><count>1</count>
</set>`;

describe.each([
  ['data-form.xsd', 'x', FORM, decodeForm],
  ['commands.xsd', 'command', COMMAND, (command: Element) => [decodeRequest(command), decodeAnswer(command)]],
  ['result-set.xsd', 'set', SET, (set: Element) => [decodeResultSet(set), decodePageRequest(element('q', {}, set))]],
] as const)('%s', (schema, name, xml, decode) => {
  const shape = readSchema(schema)[name];

  it('has exactly the elements of the example, which has all', () => {
    expect(namesIn(parseXml(xml), DECLARED_ELSEWHERE)).toEqual(new Set(Object.keys(attributesKnown(name, shape))));
  });

  it('has exactly the attributes that are read', () => {
    const { validate: _, open: __, ...read } = attributesRead([parseXml(xml)], decode);
    // In which language it is: all that is written is English, and what is read is taken as it comes.
    const known = Object.entries(attributesKnown(name, shape)).map(([of, names]) => [
      of,
      names.filter((each) => each !== 'xml:lang'),
    ]);
    expect(read).toEqual(Object.fromEntries(known));
  });
});

it('form-validation.xsd has what is read of it', () => {
  const shape = readSchema('form-validation.xsd')['validate'];
  const formWith = (method: string) => parseXml(FORM.replace('<open/>', `<${method}/>`));
  const methods = Object.keys(shape?.children ?? {});
  expect(methods).toEqual(['basic', 'open', 'range']);
  const read = attributesRead(methods.map(formWith), decodeForm);
  for (const [name, known] of Object.entries(attributesKnown('validate', shape))) expect(read[name]).toEqual(known);
});

it('receipts.xsd has what is answered to', () => {
  expect(Object.keys(readSchema('receipts.xsd'))).toEqual(['request', 'received']);
  expect(RECEIPTS).toBe('urn:xmpp:receipts');
});

it('stanza-error.xsd has the conditions that are known, and no other', () => {
  const { text, ...conditions } = readSchema('stanza-error.xsd');
  expect(text?.attributes).toEqual({ 'xml:lang': { required: false } });
  const names = Object.keys(conditions);
  expect(names).toHaveLength(22);
  for (const name of names) {
    const error = element('error', { type: 'cancel' }, element(name, { xmlns: 'urn:ietf:params:xml:ns:xmpp-stanzas' }));
    expect(decodeError(element('iq', { type: 'error' }, error)).condition).toBe(name);
  }
  const known = encodeError(stanzaError('bad-request', 'Why.'));
  expect(childElements(known).map(({ name }) => name)).toEqual(['bad-request', 'text']);
});

const DECLARED_ELSEWHERE = [VALIDATION];

function namesIn(root: Element, others: readonly string[]): ReadonlySet<string> {
  const inner = childElements(root).filter((child) => !others.includes(child.getNS() ?? ''));
  return new Set([root.getName(), ...inner.flatMap((child) => [...namesIn(child, others)])]);
}
