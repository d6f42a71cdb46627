import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Element, serialize } from '../../src/xmpp/element.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { type ScriptedServer, startScriptedServer } from '../xmpp/scripted-server.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { contents, rows } from './harness/database.js';
import { until } from './harness/until.js';

// What ejabberd never lets through to a component, sent by a server that says what it is told to: to the whole component.

const DOMAIN = 'things.localhost';
const NS = `xmlns='urn:xmpp:iot:discovery'`;
const THING = 'thing@localhost/imc';
const OWNER = 'owner@localhost/phone';
const TAGS = `<str name='SN' value='1'/><str name='KEY' value='k'/>`;

let server: ScriptedServer;
let component: ComponentUnderTest;
beforeEach(async () => {
  server = await startScriptedServer({
    domain: DOMAIN,
    secret: 's',
    // What it sends to itself comes back, as from any server.
    onStanza: (stanza, peer) => {
      if (stanza.attrs['to'] === DOMAIN) peer.send(serialize(stanza));
    },
  });
  component = await startComponent({ service: server.service, domain: DOMAIN, secret: 's' });
});
afterEach(async () => {
  await component.remove();
  await server.stop();
});

let ids = 0;
const freshId = () => `id-${++ids}`;
const withId = (id: string) => (stanza: Element) => stanza.attrs['id'] === id;

/** Sends a request as it is written here, and waits for its answer. */
function ask(from: string, payload: string, type = 'set', to = DOMAIN): Promise<Element> {
  const id = freshId();
  server.send(`<iq type='${type}' id='${id}' from='${from}' to='${to}'>${payload}</iq>`);
  return server.next(withId(id));
}

async function done(from: string, payload: string): Promise<void> {
  const answer = await ask(from, payload);
  expect(answer.attrs['type'], String(answer)).toBe('result');
}

/** Lets the component deal with all that it was sent: each of these waits for the disk. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await done('fence@localhost/x', `<unregister ${NS}/>`);
}

/** Acknowledges the notice that a session is sent. */
async function acknowledged(session: string, name: string): Promise<void> {
  const notice = await server.next(({ attrs, ...stanza }) => attrs['to'] === session && hasChild(stanza, name));
  server.send(`<iq type='result' id='${notice.attrs['id']}' from='${session}' to='${DOMAIN}'/>`);
}
const hasChild = (stanza: Pick<Element, 'children'>, name: string) =>
  stanza.children.some((child) => typeof child !== 'string' && child.getName() === name);

/** A Thing that is claimed, and knows it. */
async function claimed(isPublic: boolean): Promise<string> {
  await done(THING, `<register ${NS}>${TAGS}</register>`);
  await done(OWNER, `<mine ${NS} public='${isPublic}'>${TAGS}</mine>`);
  await acknowledged(THING, 'claimed');
  await until(() => contents(component.database)['notice']?.length === 0, 'it has settled');
  const [row] = rows<{ id: string }>(component.database, 'SELECT id FROM ownership');
  return row?.id ?? '';
}

describe('a stanza without a sender that could be answered', () => {
  it.each([
    ['no from', `to='${DOMAIN}'`],
    ['an empty from', `from='' to='${DOMAIN}'`],
    ['two at-signs', `from='a@b@localhost' to='${DOMAIN}'`],
    ['an empty local part', `from='@localhost' to='${DOMAIN}'`],
    ['a domain of nothing', `from='thing@/imc' to='${DOMAIN}'`],
    ['no to', `from='${THING}'`],
    ['another domain', `from='${THING}' to='other.localhost'`],
  ])('%s, is dropped', async (_what, ends) => {
    const before = contents(component.database);
    server.send(`<iq type='set' id='hostile' ${ends}><register ${NS}>${TAGS}</register></iq>`);
    server.send(`<message id='hostile' ${ends}><body>hello</body></message><presence id='hostile' ${ends}/>`);
    server.send(`<presence type='subscribe' id='hostile' ${ends}/>`);
    await settle();
    expect(server.received).not.toContain('hostile');
    expect(contents(component.database)).toEqual(before);
  });

  it.each([
    ['the component itself', DOMAIN],
    ['an address of the component', `aaaaaaaaaa@${DOMAIN}`],
    ['a user of another server', 'thing@elsewhere.example/imc'],
    ['a user of a domain below', 'thing@sub.localhost/imc'],
  ])('%s, may not register', async (_what, from) => {
    const before = contents(component.database);
    server.send(`<iq type='set' id='forged' from='${from}' to='${DOMAIN}'><register ${NS}>${TAGS}</register></iq>`);
    await settle();
    expect(contents(component.database)).toEqual(before);
    expect(server.received).not.toMatch(/<iq[^>]*type="result"[^>]*id="forged"/);
  });
});

describe('an IQ that is none', () => {
  const send = async (attributes: string, content: string): Promise<Element> => {
    server.send(`<iq from='${THING}' to='${DOMAIN}' ${attributes}>${content}</iq>`);
    return server.next(({ attrs }) => attrs['to'] === THING);
  };
  const register = `<register ${NS}/>`;

  it.each([
    ['no id', `type='set'`, register],
    ['an empty id', `type='set' id=''`, register],
    ['no type', `id='x'`, register],
    ['an unknown type', `id='x' type='put'`, register],
    ['a type in capitals', `id='x' type='SET'`, register],
    ['no child', `id='x' type='set'`, ''],
    ['nothing but text', `id='x' type='set'`, 'register'],
    ['two children', `id='x' type='set'`, register + register],
  ])('%s, is a bad request and changes nothing', async (_what, attributes, content) => {
    const before = contents(component.database);
    const answer = await send(attributes, content);
    expect(answer.attrs['type']).toBe('error');
    expect(decodeError(answer)).toMatchObject({ condition: 'bad-request', type: 'modify' });
    expect(decodeError(answer).text).toMatch(/./);
    expect(contents(component.database)).toEqual(before);
  });

  it('an answer to nothing, is dropped', async () => {
    for (const type of ['result', 'error']) {
      server.send(`<iq type='${type}' id='hostile' from='${THING}' to='${DOMAIN}'>${register}</iq>`);
    }
    await settle();
    expect(server.received).not.toContain('hostile');
  });
});

describe('a reply', () => {
  it('from the wrong JID does not settle a notice', async () => {
    await done(THING, `<register ${NS}>${TAGS}</register>`);
    await done(OWNER, `<mine ${NS}>${TAGS}</mine>`);
    const { attrs } = await server.next(({ attrs }) => attrs['to'] === THING && attrs['type'] === 'set');
    for (const [from, to] of LIARS) server.send(`<iq type='result' id='${attrs['id']}' from='${from}' to='${to}'/>`);
    await settle();
    expect(contents(component.database)['notice']).toHaveLength(1);
    server.send(`<iq type='result' id='${attrs['id']}' from='${THING}' to='${DOMAIN}'/>`);
    await until(() => contents(component.database)['notice']?.length === 0, 'it has settled');
  });

  it('from the wrong JID does not disown; from the right one, however spelt, it does', async () => {
    await claimed(true);
    const answer = ask(OWNER, `<disown ${NS} jid='thing@localhost'/>`);
    const { attrs } = await server.next((stanza) => stanza.getChild('disowned') !== undefined);
    const before = contents(component.database);
    for (const [from, to] of LIARS) server.send(`<iq type='result' id='${attrs['id']}' from='${from}' to='${to}'/>`);
    await settle();
    expect(contents(component.database)).toEqual(before);
    server.send(`<iq type='result' id='${attrs['id']}' from='THING@LocalHost/imc' to='Things.Localhost'/>`);
    expect((await answer).attrs['type']).toBe('result');
  });

  const LIARS = [
    ['thing@localhost/other', DOMAIN],
    ['thing@localhost/IMC', DOMAIN],
    ['thing@localhost', DOMAIN],
    ['mallory@localhost/imc', DOMAIN],
    ['localhost', DOMAIN],
    [DOMAIN, DOMAIN],
    [THING, `aaaaaaaaaa@${DOMAIN}`],
    [THING, `${DOMAIN}/x`],
  ];
});

describe('a session', () => {
  it('is needed to be asked: nothing is ever sent to a bare account but presence', async () => {
    await done('bare@localhost', `<register ${NS}>${TAGS}</register>`);
    await done(OWNER, `<mine ${NS}>${TAGS}</mine>`);
    const refused = await ask(OWNER, `<disown ${NS} jid='bare@localhost'/>`);
    expect(decodeError(refused)).toMatchObject({ condition: 'not-allowed', type: 'cancel' });
    expect(server.received).not.toMatch(/<(iq|message)[^>]*type="set"[^>]*to="bare@localhost"/);
    expect(server.received).toMatch(/<presence type="subscribe"[^>]*to="bare@localhost"/);
  });
});

describe('what is no XMPP', () => {
  it.each([
    ['a control character', '<message>\u0001</message>'],
    ['a control character by its number', `<message><body>&#1;</body></message>`],
    ['an unknown entity', `<message><body>&nbsp;</body></message>`],
    ['tags that cross', '<message><body></message></body>'],
    ['a comment', '<!-- hello -->'],
    ['a document type', `<!DOCTYPE x [<!ENTITY a "b">]>`],
  ])('%s, ends the stream, and the component is back on the next', async (_what, xml) => {
    await server.accepted();
    const [before] = server.online;
    server.send(xml);
    await before?.ended;
    expect(server.received).toContain('<stream:error>');
    await server.accepted();
    await until(() => component.isReady(), 'it is ready again');
    await done(THING, `<register ${NS}>${TAGS}</register>`);
  });

  it('broken UTF-8, does no harm', async () => {
    const register = `<iq type='set' id='utf8' from='${THING}' to='${DOMAIN}'><register ${NS}><str name='A' value='!'/></register></iq>`;
    const bytes = Buffer.from(register);
    bytes[bytes.indexOf('!')] = 0xff;
    server.send(bytes);
    expect((await server.next(withId('utf8'))).attrs['type']).toBe('result');
    const [thing] = rows<{ tags: string }>(component.database, 'SELECT tags FROM thing');
    expect(thing?.tags).toContain('\ufffd');
  });
});

describe('a stanza without measure', () => {
  it.each([
    ['too long', `<x xmlns='a'>${'a'.repeat(3 * 1024 * 1024)}</x>`],
    ['too deep', `${"<x xmlns='a'>".repeat(5000)}${'</x>'.repeat(5000)}`],
    [
      'too deep for the request that it is in',
      `<register ${NS}>${'<str>'.repeat(200)}${'</str>'.repeat(200)}</register>`,
    ],
  ])('%s, is refused by itself', async (_what, content) => {
    const answer = await ask(THING, content);
    expect(decodeError(answer)).toMatchObject({ condition: 'policy-violation', type: 'modify' });
    server.send(`<message type='error' from='${THING}' to='${DOMAIN}' id='hostile'>${content}</message>`);
    await settle();
    expect(server.received).not.toContain('hostile');
    expect(server.connections).toHaveLength(1);
  });

  it('of a thousand tags, is refused', async () => {
    const tags = Array.from({ length: 1000 }, (_, n) => `<num name='N${n}' value='${n}'/>`).join('');
    expect(decodeError(await ask(THING, `<register ${NS}>${tags}</register>`))).toMatchObject({
      condition: 'bad-request',
    });
  });
});

describe('a handler that throws', () => {
  it('is an internal-server-error, logged with the id of the stanza; the stream lives on', async () => {
    await claimed(true);
    const other = new Sqlite(component.database);
    other.exec('ALTER TABLE failed_claim RENAME TO elsewhere');
    server.send(`<iq type='set' id='unlucky' from='${OWNER}' to='${DOMAIN}'><mine ${NS}>${TAGS}</mine></iq>`);
    const answer = await server.next(withId('unlucky'));
    expect(decodeError(answer)).toMatchObject({ condition: 'internal-server-error', type: 'cancel' });
    expect(serialize(answer)).not.toMatch(/failed_claim|sqlite/i);
    const logged = component.log.filter(({ level }) => level >= 50);
    expect(logged).toMatchObject([{ id: 'unlucky', from: OWNER, err: { message: 'no such table: failed_claim' } }]);

    await done(THING, `<update ${NS}><str name='A' value='1'/></update>`);
    other.exec('ALTER TABLE elsewhere RENAME TO failed_claim');
    other.close();
    await done(OWNER, `<mine ${NS}>${TAGS}</mine>`);
    expect(server.connections).toHaveLength(1);
  });
});

describe('what one may not see', () => {
  const NOSY = 'nosy@localhost/x';
  const MALFORMED = ['a b', 'a&quot;b', 'aaaa&apos;aaaaa', '\u{2f868}', 'a:b', 'x'.repeat(1024)];

  /** Exactly what the component sends for a stanza to an address, with a stand-in for the address. */
  async function sentFor(stanza: (to: string) => string, local: string): Promise<string> {
    const from = server.received.length;
    const to = `${local}@${DOMAIN}`;
    server.send(stanza(to));
    await done('fence@localhost/x', `<unregister ${NS}/>`);
    await settle();
    const sent = server.received.slice(from).replace(/<iq [^>]*to="fence@localhost\/x"\/>/g, '');
    return sent.replaceAll(to, 'ADDRESS').replaceAll(to.toLowerCase(), 'ADDRESS');
  }

  it.each([
    ['a ping', (to: string) => iq(to, `<ping xmlns='urn:xmpp:ping'/>`)],
    ['disco#info', (to: string) => iq(to, `<query xmlns='http://jabber.org/protocol/disco#info'/>`)],
    ['disco#items', (to: string) => iq(to, `<query xmlns='http://jabber.org/protocol/disco#items'/>`)],
    ['a read-out', (to: string) => iq(to, `<req xmlns='urn:xmpp:iot:sensordata' seqnr='1' momentary='true'/>`)],
    ['a read-out that is wrong', (to: string) => iq(to, `<req xmlns='urn:xmpp:iot:sensordata'/>`)],
    ['a request of the registry', (to: string) => iq(to, `<register ${NS}/>`)],
    ['what nobody understands', (to: string) => iq(to, `<x xmlns='urn:example'/>`)],
    ['nothing', (to: string) => iq(to, '')],
    ['two questions', (to: string) => iq(to, `<ping xmlns='urn:xmpp:ping'/><ping xmlns='urn:xmpp:ping'/>`)],
    ['a ping to a resource', (to: string) => iq(`${to}/r`, `<ping xmlns='urn:xmpp:ping'/>`)],
    ['an answer', (to: string) => `<iq type='result' id='q' from='${NOSY}' to='${to}'/>`],
    ['a message', (to: string) => `<message id='q' from='${NOSY}' to='${to}'><body>hello</body></message>`],
    [
      'fields',
      (to: string) =>
        `<message id='q' from='${NOSY}' to='${to}'><fields xmlns='urn:xmpp:iot:sensordata' seqnr='1'/></message>`,
    ],
    ['an error', (to: string) => `<message type='error' id='q' from='${NOSY}' to='${to}'><body>hello</body></message>`],
    ['a subscription', (to: string) => presence('subscribe', to)],
    ['the end of one', (to: string) => presence('unsubscribe', to)],
    ['a probe', (to: string) => presence('probe', to)],
    ['presence', (to: string) => `<presence id='q' from='${NOSY}' to='${to}'/>`],
  ])('is not there, to the byte: %s', async (_what, stanza) => {
    const hidden = await claimed(false);
    const answer = await sentFor(stanza, hidden);
    expect(answer).toBe(await sentFor(stanza, 'aaaaaaaaaa'));
    for (const local of ['AAAAAAAAAA', 'never-was', ...MALFORMED]) expect(await sentFor(stanza, local)).toBe(answer);
    // And its owner is told something else, or this test shows nothing.
    if (answer !== '') expect(await sentFor((to) => stanza(to).replaceAll(NOSY, OWNER), hidden)).not.toBe(answer);
  });

  const iq = (to: string, payload: string) => `<iq type='get' id='q' from='${NOSY}' to='${to}'>${payload}</iq>`;
  const presence = (type: string, to: string) => `<presence type='${type}' id='q' from='${NOSY}' to='${to}'/>`;
});
