import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { serialize } from '../../src/xmpp/element.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { type ScriptedServer, startScriptedServer } from '../xmpp/scripted-server.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentProcess, startComponent, startComponentProcess } from './harness/component-under-test.js';
import { until } from './harness/until.js';

// What a server would have to be out of its mind to pass on, to a process of its own: it answers, or begins a new stream.

const DOMAIN = 'things.localhost';
const MIB = 1024 * 1024;
let compiled: Compiled;
let server: ScriptedServer;
let component: ComponentProcess;
beforeAll(async () => {
  compiled = compilePackage();
  server = await started();
  component = await startComponentProcess({ service: server.service, domain: DOMAIN, secret: 's' }, compiled);
});
afterAll(async () => {
  await component?.remove();
  await server?.stop();
  compiled?.remove();
});

/** A server that sends back what the component sends to itself, as any would. */
function started(): Promise<ScriptedServer> {
  return startScriptedServer({
    domain: DOMAIN,
    secret: 's',
    onStanza: (stanza, peer) => {
      if (stanza.attrs['to'] === DOMAIN) peer.send(serialize(stanza));
    },
  });
}

let ids = 0;
const ends = (id: string) => `type='get' id='${id}' from='eve@localhost/x' to='${DOMAIN}'`;

/** What is not answered like this is refused with a condition, or by a new stream. */
async function answerTo(stanza: (id: string) => string, from = server): Promise<string> {
  const id = `h${++ids}`;
  from.send(stanza(id));
  const answer = await from.next(({ attrs }) => attrs['id'] === id);
  return answer.attrs['type'] === 'result' ? 'result' : decodeError(answer).condition;
}

const ping = (id: string) => `<iq ${ends(id)}><ping xmlns='urn:xmpp:ping'/></iq>`;

async function isAlive(): Promise<boolean> {
  await until(() => component.isReady(), 'it serves again', 20_000);
  return (await answerTo(ping)) === 'result';
}

/** The most memory that the process ever had, in MiB. */
function peak(): number {
  const status = readFileSync(`/proc/${component.pid}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}

const repeated = (count: number, make: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => make(n)).join('');
const register = (content: string) => (id: string) =>
  `<iq type='set' id='${id}' from='eve@localhost/x' to='${DOMAIN}'><register xmlns='urn:xmpp:iot:discovery'>${content}</register></iq>`;

it.each<[string, (id: string) => string, string]>([
  ['50 MB of text', register('x'.repeat(50 * MIB)), 'policy-violation'],
  ['10,000 children', register(repeated(10_000, (n) => `<str name='T${n}' value='v'/>`)), 'bad-request'],
  ['elements 10,000 deep', register('<a>'.repeat(10_000) + '</a>'.repeat(10_000)), 'policy-violation'],
  ['an attribute of 1 MB', register(`<str name='A' value='${'v'.repeat(MIB)}'/>`), 'bad-request'],
  ['an attribute of 1 MB of references', register(`<str name='A' value='${'&amp;'.repeat(MIB / 5)}'/>`), 'bad-request'],
  ['70,000 namespaces', register(`<a ${repeated(70_000, (n) => ` xmlns:n${n}='u'`)}/>`), 'bad-request'],
  ['a number of 100,000 digits', register(`<num name='V' value='${'9'.repeat(100_000)}'/>`), 'bad-request'],
  [
    'a regular expression of 100,000 brackets',
    (id) =>
      `<iq ${ends(id)}><search xmlns='urn:xmpp:iot:discovery'><strMask name='SN' value='${'*a'.repeat(50_000)}' wildcard='*'/></search></iq>`,
    'bad-request',
  ],
])(
  '%s: refused, and the next is answered',
  async (_, stanza, condition) => {
    expect(await answerTo(stanza)).toBe(condition);
    expect(await isAlive()).toBe(true);
  },
  60_000,
);

it.each([
  ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]>'],
  ['an entity of its own', `<message from='eve@localhost/x' to='${DOMAIN}'><body>&lol;</body></message>`],
  ['a comment', '<!-- a -->'],
  ['a processing instruction', '<?php exit ?>'],
  ['NUL', `<message from='eve@localhost/x' to='${DOMAIN}'><body>\0</body></message>`],
  ['a reference to NUL', `<message from='eve@localhost/x' to='${DOMAIN}'><body>&#0;</body></message>`],
  ['a lone surrogate', `<message from='eve@localhost/x' to='${DOMAIN}'><body>&#xD800;</body></message>`],
  ['a tag that ends another', '<message><body></message></body>'],
  ['a second attribute of one name', `<message to='a' to='b'/>`],
  ['a stream error', `<stream:error><policy-violation xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error>`],
  ['text between stanzas', 'hello'],
  ['a tag without end', `<message ${'a'.repeat(3 * MIB)}`],
])(
  '%s ends the stream, and a new one serves',
  async (_, text) => {
    // One of its own, which is not yet used to being thrown out and hurries back.
    const other = await started();
    const fresh = await startComponent({ service: other.service, domain: DOMAIN, secret: 's' });
    other.send(text);
    const streams = () => fresh.log.filter(({ msg }) => msg === 'on line').length;
    await until(() => streams() === 2, 'it has connected anew', 20_000);
    await until(() => fresh.isReady(), 'it serves again', 20_000);
    expect(await answerTo(ping, other)).toBe('result');
    await fresh.remove();
    await other.stop();
  },
  60_000,
);

it.each<[string, Buffer | string]>([
  [
    'bytes that are no UTF-8',
    Buffer.from([...Buffer.from('<message><body>'), 0xff, 0xfe, 0xc0, ...Buffer.from('</body></message>')]),
  ],
  ['an unknown kind of stanza', `<fax from='eve@localhost/x' to='${DOMAIN}' id='1'/>`],
  [
    'stanzas of odd types',
    `<iq type='gimme' id='1' from='eve@localhost/x' to='${DOMAIN}'/><presence type='x' from='e@l' to='${DOMAIN}'/>`,
  ],
  [
    'names that objects have',
    `<message from='eve@localhost/x' to='${DOMAIN}' __proto__='a' constructor='b'><toString xmlns='hasOwnProperty'/></message>`,
  ],
])('%s are passed over', async (_, data) => {
  server.send(data);
  expect(await isAlive()).toBe(true);
});

it('was one process all the while, with bounded memory, and found no fault of its own', () => {
  expect(peak()).toBeLessThan(500);
  expect(component.log.filter(({ level }) => level >= 50)).toEqual([]);
});
