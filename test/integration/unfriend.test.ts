import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { createDevice, type Device, field } from '../../src/device/index.js';
import { readIotDisco } from '../../src/xep/0347-registry/iot-disco.js';
import { encodeTags } from '../../src/xep/0347-registry/tags.js';
import { type Element, serialize } from '../../src/xmpp/element.js';
import { type Client, connectClient, resultOf } from './harness/client.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentProcess, startComponentProcess } from './harness/component-under-test.js';
import { rows } from './harness/database.js';
import { type Server, startServer } from './harness/server.js';
import { DISCOVERY } from './harness/stage.js';
import { until } from './harness/until.js';

const NS = `xmlns='${DISCOVERY}'`;
const PROVISIONING = 'urn:xmpp:iot:provisioning';

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
const devices: Device[] = [];
afterEach(async () => {
  for (const device of devices.splice(0)) await device.stop();
  for (const client of clients.splice(0)) await client.stop();
});

/** A client that acknowledges the news of itself, and notes what it is told of friends, in order. */
async function logIn(user: string, resource: string, forgets = true) {
  const client = await connectClient(server, user, { resource });
  clients.push(client);
  for (const name of ['claimed', 'disowned', 'removed']) client.onIq(DISCOVERY, name, (iq) => resultOf(iq));
  const asked: Element[] = [];
  client.onIq(PROVISIONING, 'clearCache', (iq) => {
    asked.push(iq);
    const [payload] = iq.getChildElements();
    if (payload !== undefined) payload.name = 'clearCacheResponse';
    return forgets ? resultOf(iq, ...iq.getChildElements()) : undefined;
  });
  return Object.assign(client, { asked });
}

async function ask(client: Client, type: 'get' | 'set', payload: string | Element): Promise<Element> {
  const answer = await client.iq(type, server.domain, payload);
  expect(answer.attrs['type'], String(answer)).toBe('result');
  return answer;
}

/** A Thing of this name, claimed by an owner of its own. */
async function household(user: string, options: { readonly asks: boolean }) {
  const thing = await logIn(user, 'before');
  const owner = await logIn(`owner-of-${user}`, 'phone');
  const tags = `<str name='SN' value='${user}'/><str name='KEY' value='k'/>`;
  thing.sendPresence();
  await ask(thing, 'set', `<register ${NS}>${tags}</register>`);
  await ask(owner, 'set', `<mine ${NS}>${tags}</mine>`);
  await until(() => rows(component.database, 'SELECT * FROM notice WHERE jid = ?', thing.bare).length === 0, 'told');
  if (options.asks) {
    const answer = await ask(thing, 'get', `<isFriend xmlns='${PROVISIONING}' jid='${owner.bare}'/>`);
    expect(answer.getChild('isFriendResponse')?.attrs['result']).toBe('true');
    await until(() => askers(thing.bare).length === 1, 'that it has asked is remembered');
  }
  return { thing, owner, remove: () => ask(owner, 'set', `<remove ${NS} jid='${thing.bare}'/>`) };
}

const askers = (jid: string) => rows(component.database, 'SELECT * FROM friend_asker WHERE jid = ?', jid);
const debts = (jid: string) => rows(component.database, 'SELECT * FROM friend_notice WHERE jid = ?', jid);
const settled = (jid: string) => until(() => debts(jid).length === 0, `${jid} is owed nothing`);
const isUnfriend = (stanza: Element) => stanza.getChild('unfriend', PROVISIONING) !== undefined;

/** What the Thing is told: of its former owner first, then to forget. */
async function expectTold(thing: Awaited<ReturnType<typeof logIn>>, owner: Client): Promise<void> {
  const message = await thing.next(isUnfriend);
  expect(message.attrs).toMatchObject({ from: server.domain, to: thing.jid, type: 'headline' });
  expect(message.getChild('unfriend')?.attrs['jid']).toBe(owner.bare);
  await until(() => thing.asked.length > 0, 'it is asked to forget');
  expect(thing.asked[0]?.attrs).toMatchObject({ from: server.domain, to: thing.jid, type: 'set' });
}

it('a Thing that asked is told when it is removed, and once it has answered no more is owed', async () => {
  const { thing, owner, remove } = await household('asks', { asks: true });
  await remove();
  await expectTold(thing, owner);
  await settled(thing.bare);
  thing.sendPresence({ type: 'unavailable' });
  thing.sendPresence();
  await until(() => askers(thing.bare).length === 0, 'it is forgotten');
  expect([thing.received.filter(isUnfriend).length, thing.asked.length]).toEqual([1, 1]);
});

it('one that was away is told when it is back, though the component was killed; and again until it answers', async () => {
  const { thing, owner, remove } = await household('away', { asks: true });
  await thing.stop();
  await remove();
  const silent = await logIn('away', 'silent', false);
  silent.sendPresence();
  await expectTold(silent, owner);
  await component.kill();
  await silent.stop();
  expect(debts(thing.bare)).toHaveLength(1);
  await component.restart();
  const back = await logIn('away', 'back');
  back.sendPresence();
  await expectTold(back, owner);
  await settled(thing.bare);
});

it('one that never asked is not told', async () => {
  const { thing, remove } = await household('trusts-nobody', { asks: false });
  const removed = rows(component.database, 'SELECT * FROM audit').length;
  await remove();
  await until(() => rows(component.database, 'SELECT * FROM audit').length > removed, 'it is removed');
  await until(() => rows(component.database, 'SELECT * FROM notice WHERE jid = ?', thing.bare).length === 0, 'told so');
  await thing.iq('get', server.domain, "<ping xmlns='urn:xmpp:ping'/>"); // has dealt with what came before
  expect([debts(thing.bare), thing.asked, thing.received.filter(isUnfriend)]).toEqual([[], [], []]);
});

it('the device library ends what its former owner saw, and answers', async () => {
  const device = createDevice({
    account: {
      jid: `sensor@${server.host}`,
      password: 'correct horse battery staple',
      service: `xmpp://${server.address}:${server.c2sPort}`,
      register: true,
    },
    tags: { SN: 'sensor' },
    read: async () => [field.numeric('Temperature', '21.40', '°C')],
  });
  devices.push(device);
  const online = new Promise<void>((resolve) => device.on('online', resolve));
  expect(await device.start()).toEqual({ ok: true });
  await online;
  const bareJid = `sensor@${server.host}`;
  const owner = await logIn('owner-of-sensor', 'phone');
  const stranger = await logIn('stranger-to-sensor', 'phone');
  const read = readIotDisco(device.iotDisco);
  if ('fault' in read) throw new Error(read.fault);
  await ask(owner, 'set', `<mine ${NS}>${encodeTags(read.tags).map(serialize).join('')}</mine>`);
  await until(() => device.owner === owner.bare, 'the owner is known');

  const fromDevice = (type: string) => (stanza: Element) =>
    stanza.is('presence') && stanza.attrs['type'] === type && stanza.attrs['from'] === bareJid;
  for (const client of [owner, stranger]) {
    client.sendPresence();
    client.sendPresence({ type: 'subscribe', to: bareJid });
  }
  await owner.next(fromDevice('subscribed'));
  // Of a stranger it asks the registry.
  await stranger.next(fromDevice('unsubscribed'));
  await until(() => askers(bareJid).length === 1, 'that it has asked is remembered');

  await ask(owner, 'set', `<remove ${NS} jid='${bareJid}'/>`);
  await owner.next(fromDevice('unsubscribed'));
  await settled(bareJid);
  // Nor does the former owner see it again by asking.
  owner.sendPresence({ type: 'subscribe', to: bareJid });
  await owner.next(fromDevice('unsubscribed'));
  expect(owner.received.filter(fromDevice('subscribed'))).toHaveLength(1);
});
