import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Element } from '../../src/xmpp/element.js';
import { type Client, connectClient, errorOf, resultOf } from './harness/client.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentProcess, startComponentProcess } from './harness/component-under-test.js';
import { rows } from './harness/database.js';
import { type Server, startServer } from './harness/server.js';
import { DISCOVERY } from './harness/stage.js';
import { until } from './harness/until.js';

const NS = `xmlns='${DISCOVERY}'`;
let compiled: Compiled;
let server: Server;
let component: ComponentProcess;
beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
  component = await startComponentProcess(server, compiled);
});
afterAll(async () => {
  await component.remove();
  await server.stop();
  compiled.remove();
});

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop();
});

/** A client, and the notices that it gets. It acknowledges them, or answers as it is told. */
async function logIn(
  user: string,
  resource: string,
  answer: (iq: Element) => Element | undefined = (iq) => resultOf(iq),
) {
  const client = await connectClient(server, user, { resource });
  clients.push(client);
  const notices: string[] = [];
  for (const name of ['claimed', 'disowned', 'removed']) {
    client.onIq(DISCOVERY, name, (iq) => {
      const [notice] = iq.getChildElements();
      notices.push(`${name} ${notice?.attrs['jid'] ?? ''} ${notice?.attrs['public'] ?? ''}`.trim());
      return answer(iq);
    });
  }
  return Object.assign(client, { notices });
}

async function ask(client: Client, payload: string): Promise<Element> {
  const answer = await client.iq('set', server.domain, payload);
  expect(answer.attrs['type'], String(answer)).toBe('result');
  return answer;
}

const tagsOf = (user: string) => `<str name='SN' value='${user}'/><str name='KEY' value='k'/>`;
const debts = (user: string) =>
  rows<{ kind: string }>(component.database, 'SELECT kind FROM notice WHERE jid = ?', `${user}@${server.host}`);
const settled = (user: string) => until(() => debts(user).length === 0, `${user} is owed nothing`);

/** A Thing that registered and went, without a word where `how` is drop, and was claimed then. */
async function claimedWhileAway(user: string, how: 'stop' | 'drop' = 'stop'): Promise<Client> {
  const thing = await logIn(user, 'before');
  thing.sendPresence();
  await ask(thing, `<register ${NS}>${tagsOf(user)}</register>`);
  await thing[how]();
  const owner = await logIn('owner', 'phone');
  await ask(owner, `<mine ${NS} public='false'>${tagsOf(user)}</mine>`);
  expect(debts(user)).toEqual([{ kind: 'claimed' }]);
  return owner;
}

/** The Thing comes back to another session, with no word but presence, and is told. */
async function expectTold(user: string, isPublic = false): Promise<void> {
  const thing = await logIn(user, 'after');
  thing.sendPresence();
  await until(() => thing.notices.length > 0, 'the Thing is told');
  await settled(user);
  expect(thing.notices).toEqual([`claimed owner@${server.host} ${isPublic}`]);
}

describe('a Thing that was away while it was claimed', () => {
  it.each(['stop', 'drop'] as const)('learns of it when it comes back (%s)', async (how) => {
    await claimedWhileAway(`away-${how}`, how);
    await expectTold(`away-${how}`);
  });

  it('learns of it when it comes back after the component was killed', async () => {
    await claimedWhileAway('killed');
    await component.kill();
    await component.restart();
    await expectTold('killed');
  });

  it('learns of it when it came back while the component was dead', async () => {
    const thing = await logIn('subscribed', 'before');
    thing.sendPresence();
    await ask(thing, `<register ${NS}>${tagsOf('subscribed')}</register>`);
    await thing.next((stanza) => stanza.is('presence') && stanza.attrs['type'] === 'subscribe');
    thing.sendPresence({ type: 'subscribed', to: server.domain });
    const ours = () => rows(component.database, `SELECT * FROM contact WHERE ours = 'subscribed'`);
    await until(() => ours().length === 1, 'the subscription is known');
    await thing.stop();
    const owner = await logIn('owner', 'phone');
    await ask(owner, `<mine ${NS} public='false'>${tagsOf('subscribed')}</mine>`);
    await component.kill();
    const back = await logIn('subscribed', 'after');
    back.sendPresence();
    await back.next((stanza) => stanza.is('presence'));
    await component.restart();
    await until(() => back.notices.length > 0, 'the Thing is told');
    await settled('subscribed');
  });

  it('learns of it after the server was killed', async () => {
    await claimedWhileAway('outage');
    await server.kill();
    await until(async () => !(await component.isReady()), 'the component has noticed');
    await server.restart();
    await until(() => component.isReady(), 'the component is back');
    await expectTold('outage');
  });

  it('learns the newest alone', async () => {
    const owner = await claimedWhileAway('newest');
    await ask(owner, `<remove ${NS} jid='newest@${server.host}'/>`);
    const thing = await logIn('newest', 'after');
    thing.sendPresence();
    await until(() => thing.notices.length > 0, 'the Thing is told');
    await settled('newest');
    expect(thing.notices).toEqual(['removed']);
  });

  it('learns it by the answer to its registration, and is not told again', async () => {
    await claimedWhileAway('asks');
    const thing = await logIn('asks', 'after');
    const answer = await ask(thing, `<register ${NS}>${tagsOf('asks')}</register>`);
    expect(answer.getChild('claimed')?.attrs['jid']).toBe(`owner@${server.host}`);
    expect(debts('asks')).toEqual([]);
    thing.sendPresence();
    await ask(thing, `<update ${NS}/>`);
    await ask(thing, `<update ${NS}/>`);
    expect(thing.notices).toEqual([]);
  });
});

describe('a notice', () => {
  async function claimed(user: string, answer: (iq: Element) => Element | undefined) {
    const thing = await logIn(user, 'imc', answer);
    thing.sendPresence();
    await ask(thing, `<register ${NS}>${tagsOf(user)}</register>`);
    const owner = await logIn('owner', 'phone');
    await ask(owner, `<mine ${NS}>${tagsOf(user)}</mine>`);
    await until(() => thing.notices.length > 0, 'the Thing is told');
    return { thing, owner };
  }

  it('goes to the session that last spoke for the Thing, and to no other', async () => {
    const [one, two] = [await logIn('twofold', 'one'), await logIn('twofold', 'two')];
    two.sendPresence();
    one.sendPresence();
    await ask(two, `<register ${NS}>${tagsOf('twofold')}</register>`);
    await ask(one, `<register ${NS}>${tagsOf('twofold')}</register>`);
    two.sendPresence();
    await ask(await logIn('owner', 'phone'), `<mine ${NS}>${tagsOf('twofold')}</mine>`);
    await settled('twofold');
    expect([one.notices, two.notices]).toEqual([[`claimed owner@${server.host} true`], []]);
  });

  it('that is refused stays owed, and is sent again when the Thing comes anew', async () => {
    const { thing } = await claimed('refuses', (iq) => errorOf(iq, 'cancel', 'feature-not-implemented'));
    await ask(thing, `<update ${NS}/>`);
    expect([thing.notices.length, debts('refuses').length]).toEqual([1, 1]);
    const other = await logIn('refuses', 'understands');
    await ask(other, `<update ${NS}/>`);
    await settled('refuses');
    expect(other.notices).toEqual([`claimed owner@${server.host} true`]);
  });

  it('that was on its way when the server died is sent again', async () => {
    await claimed('interrupted', () => undefined);
    await server.kill();
    await until(async () => !(await component.isReady()), 'the component has noticed');
    await server.restart();
    await until(() => component.isReady(), 'the component is back');
    await expectTold('interrupted', true);
  });

  it('is not settled by an answer from another session or account', async () => {
    const asked: Element[] = [];
    await claimed('deaf', (iq) => {
      asked.push(iq);
      return undefined;
    });
    const [iq] = asked;
    if (iq === undefined) throw new Error('not asked');
    const liars = [await logIn('deaf', 'liar'), await logIn('mallory', 'imc')];
    for (const liar of liars) {
      liar.send(resultOf(iq));
      await ask(liar, `<search ${NS}><strEq name='A' value='1'/></search>`); // has dealt with what came before
    }
    expect(debts('deaf')).toEqual([{ kind: 'claimed' }]);
  });

  it('of a removal is given up after three deliveries', async () => {
    const refuse = (iq: Element) => errorOf(iq, 'modify', 'bad-request');
    const { thing, owner } = await claimed('rude', (iq) => (iq.getChild('removed') ? refuse(iq) : resultOf(iq)));
    await settled('rude');
    await ask(owner, `<remove ${NS} jid='${thing.bare}'/>`);
    const removals = () => thing.notices.filter((notice) => notice === 'removed').length;
    for (let delivery = 1; delivery <= 3; delivery++) {
      await until(() => removals() === delivery, `it is told ${delivery} times`);
      const count = () =>
        rows<{ deliveries: number }>(component.database, 'SELECT deliveries FROM notice WHERE jid = ?', thing.bare);
      await until(() => count()[0]?.deliveries === delivery, 'that is counted');
      thing.sendPresence({ type: 'unavailable' });
      thing.sendPresence();
    }
    await settled('rude');
    expect(removals()).toBe(3);
  });
});
