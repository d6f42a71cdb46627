import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Element } from '../../src/xmpp/element.js';
import { type Client, connectClient, resultOf } from './harness/client.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { rows } from './harness/database.js';
import { type Server, startServer } from './harness/server.js';
import { DISCOVERY } from './harness/stage.js';
import { until } from './harness/until.js';

const NS = `xmlns='${DISCOVERY}'`;
let server: Server;
let component: ComponentUnderTest;
beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server);
});
afterAll(async () => {
  await component.remove();
  await server.stop();
});

const clients: Client[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.stop();
});

async function logIn(user: string, resource: string): Promise<Client> {
  const client = await connectClient(server, user, { resource });
  clients.push(client);
  client.onIq(DISCOVERY, 'claimed', (iq) => resultOf(iq));
  return client;
}

async function ask(client: Client, payload: string): Promise<Element> {
  const answer = await client.iq('set', server.domain, payload);
  expect(answer.attrs['type'], String(answer)).toBe('result');
  return answer;
}

const register = (client: Client, nodeId = '') =>
  ask(client, `<register ${NS} nodeId='${nodeId}'>${tagsOf(client, nodeId)}</register>`);
const claim = (owner: Client, thing: Client, isPublic: boolean) =>
  ask(owner, `<mine ${NS} public='${isPublic}'>${tagsOf(thing, '')}</mine>`);
const tagsOf = (thing: Client, nodeId: string) =>
  `<str name='SN' value='${thing.bare}'/><str name='KEY' value='k${nodeId}'/>`;

/** The sessions at which the component believes an account to be, in order of their names. */
function sessionsOf(client: Client): string[] {
  const found = rows<{ session: string }>(
    component.database,
    'SELECT session FROM session WHERE jid = ? ORDER BY session',
    client.bare,
  );
  return found.map(({ session }) => session);
}

const untilSessions = (client: Client, ...resources: string[]) =>
  until(
    () => String(sessionsOf(client)) === String(resources.map((resource) => `${client.bare}/${resource}`)),
    `${client.bare} is known at ${resources}, not at ${sessionsOf(client)}`,
  );

const isPresence = (type: string | undefined, from: string) => (stanza: Element) =>
  stanza.is('presence') && stanza.attrs['type'] === type && stanza.attrs['from'] === from;

/** What came of presence from the component or a Thing. Waits for an answer first, so that what was to come has. */
async function presenceFrom(client: Client, from: string): Promise<(string | undefined)[]> {
  await client.iq('get', server.domain, `<search ${NS}><strEq name='A' value='a'/></search>`);
  const all = client.received.filter((stanza) => stanza.is('presence') && stanza.attrs['from'] === from);
  return all.map(({ attrs }) => attrs['type']);
}

/** The brokered address of the one Thing of an account, as its owner finds it. */
async function addressOf(owner: Client, thing: Client): Promise<string> {
  const query = `<query xmlns='http://jabber.org/protocol/disco#items' node='${thing.bare}'/>`;
  const answer = await owner.iq('get', server.domain, query);
  const jid: unknown = answer.getChild('query')?.getChild('item')?.attrs['jid'];
  if (typeof jid !== 'string') throw new Error(String(answer));
  return jid;
}

describe('where a Thing can be reached', () => {
  it('is learnt from what it sends and from the presence that the server tells, and forgotten when it leaves', async () => {
    const one = await logIn('reached', 'one');
    await register(one);
    await untilSessions(one, 'one');
    const two = await logIn('reached', 'two');
    expect(sessionsOf(one)).toHaveLength(1);
    two.sendPresence();
    await untilSessions(one, 'one', 'two');
    two.sendPresence({ type: 'unavailable' });
    await untilSessions(one, 'one');
  });

  it('is not kept of an account that is no Thing', async () => {
    const passer = await logIn('passer', 'by');
    passer.sendPresence();
    const thing = await logIn('known', 'here');
    await register(thing);
    thing.sendPresence();
    await untilSessions(thing, 'here');
    expect(sessionsOf(passer)).toEqual([]);
  });

  it('ends without a word when a session drops, for those of whom the component is a contact', async () => {
    const thing = await logIn('dropped', 'a');
    thing.sendPresence();
    await register(thing);
    await thing.next(isPresence('subscribe', server.domain));
    thing.sendPresence({ type: 'subscribed', to: server.domain });
    await untilSessions(thing, 'a');
    const ours = () => rows<{ ours: string }>(component.database, 'SELECT ours FROM contact WHERE jid = ?', thing.bare);
    await until(() => ours()[0]?.ours === 'subscribed', 'the subscription is known');
    await thing.drop();
    await untilSessions(thing);
  });

  it('is found out by asking, where a session dropped and nobody told', async () => {
    const gone = await logIn('bounced', 'gone');
    gone.sendPresence();
    await register(gone);
    const here = await logIn('bounced', 'here');
    here.sendPresence();
    await untilSessions(gone, 'gone', 'here');
    await gone.drop();
    const owner = await logIn('owner', 'phone');
    await claim(owner, gone, true);
    await until(
      () => here.received.some((stanza) => stanza.getChild('claimed') !== undefined),
      'the other session is told',
    );
    await untilSessions(gone, 'here');
  });
});

describe('a subscription to a Thing', () => {
  it('is asked for once, and not again after a refusal, whatever comes', async () => {
    const thing = await logIn('shy', 'a');
    thing.sendPresence();
    await register(thing);
    await thing.next(isPresence('subscribe', server.domain));
    thing.sendPresence({ type: 'unsubscribed', to: server.domain });
    thing.sendPresence({ type: 'subscribe', to: server.domain });
    await thing.next(isPresence('subscribed', server.domain));
    await register(thing);
    await register(thing, 'another');
    await component.restart();
    await register(thing);
    await ask(thing, `<unregister ${NS}/>`);
    await ask(thing, `<unregister ${NS} nodeId='another'/>`);
    await component.restart(); // which first does all that is to follow
    await register(thing);
    await component.restart();
    const types = await presenceFrom(thing, server.domain);
    expect(types.filter((type) => type === 'subscribe' || type === 'unsubscribe')).toEqual(['subscribe']);
  });

  it('is not asked of an owner', async () => {
    const [thing, owner] = [await logIn('owned', 'a'), await logIn('asks', 'b')];
    owner.sendPresence();
    await register(thing);
    await claim(owner, thing, false);
    expect(await presenceFrom(owner, server.domain)).toEqual([]);
  });

  it.each(['unregisters', 'is removed'])('ends when the last Thing of the account %s, and not before', async (how) => {
    const thing = await logIn(how === 'unregisters' ? 'left' : 'removed', 'a');
    thing.onIq(DISCOVERY, 'removed', (iq) => resultOf(iq));
    thing.sendPresence();
    await register(thing);
    await register(thing, 'node');
    await thing.next(isPresence('subscribe', server.domain));
    thing.sendPresence({ type: 'subscribed', to: server.domain });
    await ask(thing, `<unregister ${NS} nodeId='node'/>`);
    expect(await presenceFrom(thing, server.domain)).toEqual(['subscribe']);
    if (how === 'unregisters') await ask(thing, `<unregister ${NS}/>`);
    else {
      const owner = await logIn('owner', 'b');
      await claim(owner, thing, true);
      await ask(owner, `<remove ${NS} jid='${thing.bare}'/>`);
    }
    await thing.next(isPresence('unsubscribe', server.domain));
    await register(thing);
    await thing.next(isPresence('subscribe', server.domain));
  });
});

describe('the registry as a contact', () => {
  it('lets itself be subscribed to and is always there', async () => {
    const contact = await logIn('friend', 'a');
    contact.sendPresence();
    contact.sendPresence({ type: 'subscribe', to: server.domain });
    await contact.next(isPresence('subscribed', server.domain));
    await contact.next(isPresence(undefined, server.domain));

    // The server probes for who logs in.
    const again = await logIn('friend', 'b');
    again.sendPresence();
    await again.next(isPresence(undefined, server.domain));

    again.sendPresence({ type: 'unsubscribe', to: server.domain });
    const theirs = () => rows(component.database, 'SELECT * FROM contact WHERE jid = ? AND theirs = 1', contact.bare);
    await until(() => theirs().length === 0, 'the end of the subscription is known');
  });
});

describe('a brokered address', () => {
  it('shows its owner whether the device is on line', async () => {
    const [thing, owner] = [await logIn('seen', 'a'), await logIn('looks', 'b')];
    for (const client of [thing, owner]) client.sendPresence();
    await register(thing);
    await claim(owner, thing, false);
    const address = await addressOf(owner, thing);
    owner.sendPresence({ type: 'subscribe', to: address });
    await owner.next(isPresence('subscribed', address));
    await owner.next(isPresence(undefined, address));
    thing.sendPresence({ type: 'unavailable' });
    await owner.next(isPresence('unavailable', address));
    thing.sendPresence();
    await owner.next(isPresence(undefined, address));

    const again = await logIn('looks', 'c');
    again.sendPresence();
    await again.next(isPresence(undefined, address));
  });

  it('no longer shows it who owns it no more', async () => {
    const [thing, owner] = [await logIn('freed', 'a'), await logIn('formerly', 'b')];
    thing.onIq(DISCOVERY, 'disowned', (iq) => resultOf(iq));
    for (const client of [thing, owner]) client.sendPresence();
    await register(thing);
    await claim(owner, thing, false);
    const address = await addressOf(owner, thing);
    owner.sendPresence({ type: 'subscribe', to: address });
    await owner.next(isPresence(undefined, address));
    await ask(owner, `<disown ${NS} jid='${thing.bare}'/>`);
    const before = await presenceFrom(owner, address);
    thing.sendPresence({ type: 'unavailable' });
    await untilSessions(thing);
    expect(await presenceFrom(owner, address)).toEqual(before);
  });

  it.each([
    ['of a private Thing', false],
    ['of a public Thing, which is to be found and not to be read', true],
  ])('%s is refused to others, as is one that never was', async (_what, isPublic) => {
    const n = isPublic ? 1 : 0;
    const [thing, owner] = [await logIn(`hidden${n}`, 'a'), await logIn(`hides${n}`, 'b')];
    await register(thing);
    await claim(owner, thing, isPublic);
    const address = await addressOf(owner, thing);
    const other = await logIn(`nosy${n}`, 'c');
    other.sendPresence();
    for (const to of [address, `aaaaaaaaaa@${server.domain}`]) {
      other.sendPresence({ type: 'subscribe', to });
      await other.next(isPresence('unsubscribed', to));
      expect(await presenceFrom(other, to)).toEqual(['unsubscribed']);
    }
  });
});

describe('an account', () => {
  it('is one, however it is spelt at login', async () => {
    const [long, upper, lower] = [await logIn('ſam', 'x'), await logIn('SAM', 'y'), await logIn('sam', 'z')];
    await register(long);
    const spellings = new Set([long, upper, lower].map(({ bare }) => bare));
    expect(spellings.size).toBeGreaterThan(1); // or this tests nothing
    const owner = await logIn('OWNER', 'phone');
    await claim(owner, long, true);
    const told = () =>
      [long, upper, lower].map(({ received }) =>
        received.some((stanza) => stanza.is('iq') && stanza.attrs['type'] === 'set'),
      );
    await until(() => told()[0] === true, 'the one that registered is told');
    await ask(upper, `<update ${NS}><str name='ROOM' value='1'/></update>`);
    await ask(
      await logIn('owner', 'tablet'),
      `<update ${NS} jid='ſAm@LOCALHOST'><str name='CITY' value='2'/></update>`,
    );
    const answer = await ask(
      lower,
      `<search ${NS}><strEq name='ROOM' value='1'/><strEq name='CITY' value='2'/></search>`,
    );
    expect(
      answer
        .getChild('found')
        ?.getChildren('thing')
        .map(({ attrs }) => [attrs['jid'], attrs['owner']]),
    ).toEqual([['sam@localhost', 'owner@localhost']]);

    // Its acknowledgement counts in the spelling that it comes in; and the session that spoke last is asked.
    await ask(long, `<update ${NS}/>`);
    long.onIq(DISCOVERY, 'disowned', (iq) => resultOf(iq));
    await ask(owner, `<disown ${NS} jid='sam@localhost'/>`);
  });
});
