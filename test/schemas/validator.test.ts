import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readSchema } from '../xep/schema.js';
import { createValidator } from './validator.js';

const SCHEMAS = new URL('../../schemas/', import.meta.url);
const schemas = readdirSync(SCHEMAS).filter((file) => file.endsWith('.xsd'));
const { faultOf, faultOfOurs } = createValidator();
const ENDS = "from='things.example.org' to='owner@example.org/phone'";
const iq = (type: string, content: string, more = '') => `<iq type='${type}' id='1' ${ENDS}${more}>${content}</iq>`;
const message = (content: string) => `<message type='headline' ${ENDS}>${content}</message>`;
const fields = (attributes: string, content = '') =>
  message(`<fields xmlns='urn:xmpp:iot:sensordata' seqnr='1' ${attributes}>${content}</fields>`);
const value = (xml: string) =>
  fields('', `<node nodeId='a'><timestamp value='2026-11-21T03:00:00Z'>${xml}</timestamp></node>`);
const NOT_FOUND = "<item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>";
const CLAIMED = "<claimed xmlns='urn:xmpp:iot:discovery' jid='thing@example.org' public='true'/>";

it.each([
  iq('result', ''),
  // To an IQ that had no id.
  `<iq type='error' ${ENDS}><error type='modify'><bad-request xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
  iq('set', CLAIMED),
  iq('error', `<error type='cancel'>${NOT_FOUND}</error>`),
  value("<numeric name='T' momentary='true' value='1.50' unit=''/>"),
  fields("done='true'"),
  `<presence ${ENDS}/>`,
  `<presence ${ENDS} type='unsubscribed'/>`,
  `<message ${ENDS} type='chat'><body>A Thing was offered to you.</body></message>`,
  // What ejabberd 23.01 grants.
  message("<privilege xmlns='urn:xmpp:privilege:1'><perm access='presence' type='managed_entity'/></privilege>"),
])('takes %s', (xml) => expect(faultOfOurs(xml)).toBeUndefined());

it.each([
  [iq('set', CLAIMED.replace('/>', " colour='red'/>")), "attribute 'colour': The attribute 'colour' is not allowed"],
  [iq('result', '', " colour='red'"), "attribute 'colour' is not allowed"],
  [iq('result', "<of xmlns='urn:nobody:knows'/>"), 'No matching global element declaration available'],
  [iq('result', "<found xmlns='urn:xmpp:iot:discovery'><thing jid='a@b'/></found>"), "attribute 'owner' is required"],
  [iq('result', `${CLAIMED}${CLAIMED}`), 'This element is not expected'],
  [iq('get', ''), 'one child element'],
  [iq('set', `<error type='cancel'>${NOT_FOUND}</error>`), 'one child element'],
  [iq('result', `<error type='cancel'>${NOT_FOUND}</error>`), 'not of type error'],
  [iq('error', CLAIMED), 'has an error'],
  [iq('error', "<error type='cancel'/>"), 'Missing child element'],
  [`<presence ${ENDS} type='away'/>`, 'not an element of the set'],
  ["<presence to='owner@example.org'/>", "attribute 'from' is required"],
  [`<presence from='' to='owner@example.org'/>`, "minimum length of '1'"],
  [`<iq type='result' ${ENDS}/>`, 'has an id'],
  [iq('set', CLAIMED.replace('thing@', 'a thing@')), 'not accepted by the pattern'],
  [value("<numeric name='T' value='1,5' unit=''/>"), "'1,5' is not a valid value of the atomic type 'xs:double'"],
  [value("<string name='T' value='1' stringIds='a'/>"), 'not accepted by the pattern'],
])('refuses %s', (xml, words) => expect(faultOf(xml)).toContain(words));

it.each([
  [value("<string name='T' identification='true' value='1'/>"), 'identity'],
  [value("<numeric name='T' value='1'/>"), 'unit'],
  [value("<enum name='T' value='1'/>"), 'dataType'],
  [value("<int name='T' value='1' momentary='1'/>"), 'spelt out as true'],
  [fields("done='true'", "<node nodeId='a'/>"), 'do not come together'],
  [message("<done xmlns='urn:xmpp:iot:sensordata' seqnr='1'/>"), 'never'],
  [iq('set', "<claimed xmlns='urn:xmpp:iot:discovery' jid='thing@example.org'/>"), 'public'],
])('refuses of ours, but not of others, %s', (xml, words) => {
  expect(faultOf(xml)).toBeUndefined();
  expect(faultOfOurs(xml)).toContain(words);
});

it.each(schemas.filter((file) => !['component.xsd', 'xml.xsd'].includes(file)))('knows the elements of %s', (file) => {
  const [, namespace] = /targetNamespace='(.*?)'/.exec(readFileSync(new URL(file, SCHEMAS), 'utf8')) ?? [];
  for (const name of Object.keys(readSchema(file))) {
    expect(faultOf(iq('result', `<${name} xmlns='${namespace}'/>`)) ?? '').not.toContain('No matching global element');
  }
});
