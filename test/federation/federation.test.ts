import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient, runCommand } from '../../src/client/index.js';
import { createDevice, type Device, type DeviceOptions, field } from '../../src/device/index.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { connectClient, type Client as RawClient } from '../integration/harness/client.js';
import { type ComponentUnderTest, startComponent } from '../integration/harness/component-under-test.js';
import { contents, rows } from '../integration/harness/database.js';
import type { Server } from '../integration/harness/server.js';
import { until } from '../integration/harness/until.js';
import { canFederate, startTwoServers, type TwoServers } from './two-servers.js';

const NS = `xmlns='urn:xmpp:iot:discovery'`;
const INFO = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
const ITEMS = `<query xmlns='http://jabber.org/protocol/disco#items'/>`;
/** What comes of a server that goes is found out by time limits of both servers. */
const PATIENT_MS = 40_000;

let servers: TwoServers;
let number = 0;
const running: { stop(): Promise<void> }[] = [];

describe.skipIf(!(await canFederate()))('between two servers', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    servers = await startTwoServers();
  }, 90_000);
  afterAll(() => servers?.stop());
  beforeEach(() => {
    number++;
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.stop()));
  });

  describe('without `allow`', () => {
    let component: ComponentUnderTest;
    beforeAll(async () => {
      component = await startComponent(servers.one);
    });
    afterAll(() => component.remove());

    it('a user from elsewhere may ask what it is and ping it, and is refused all else', async () => {
      const { domain } = servers.one;
      const far = await raw(servers.two, 'far');
      const before = contents(component.database);
      for (const open of [INFO, `<ping xmlns='urn:xmpp:ping'/>`])
        expect((await far.iq('get', domain, open)).attrs['type']).toBe('result');
      for (const closed of [
        `<register ${NS}><str name='SN' value='1'/><str name='KEY' value='k'/></register>`,
        `<mine ${NS}><str name='SN' value='1'/><str name='KEY' value='k'/></mine>`,
        `<search ${NS}><strEq name='SN' value='1'/></search>`,
        `<command xmlns='http://jabber.org/protocol/commands' node='thingstead:claim'/>`,
        ITEMS,
      ]) {
        const error = decodeError(await far.iq('set', domain, closed));
        expect(error, closed).toMatchObject({ condition: 'forbidden', type: 'auth' });
      }
      far.sendPresence({ type: 'subscribe', to: domain });
      await far.iq('get', domain, INFO); // what came before it is dealt with
      expect(far.received.filter((stanza) => stanza.is('presence') && stanza.attrs['from'] === domain)).toEqual([]);
      expect(contents(component.database)).toEqual(before);
    });

    it('a Thing of one’s own server can be shared with somebody elsewhere, who may not use it all the same', async () => {
      const olga = await person(servers.one, 'olga');
      const { at } = await ownThing(servers.one, olga);
      await share(olga, at, 'two.test');
      const far = await person(servers.two, 'far');
      expect((await far.read(at).all()).end).toMatchObject({ outcome: 'refused' });
    });
  });

  describe.each([
    ['that names both', 'one.test, two.test'],
    ['of everyone', '*'],
  ])('with an `allow` %s', (_what, allow) => {
    let component: ComponentUnderTest;
    beforeAll(async () => {
      component = await startComponent(servers.one, {
        settings: { THINGSTEAD_ALLOW: allow, THINGSTEAD_READOUT_DEADLINE: '3' },
      });
    });
    afterAll(() => component.remove());

    it.each([
      ['on the other server, with an owner here', () => [servers.two, servers.one] as const],
      ['here, with an owner on the other server', () => [servers.one, servers.two] as const],
      ['and its owner on the other server', () => [servers.two, servers.two] as const],
    ])('a Thing %s is claimed, told, found, read from both, shared by domain, and pushes', async (_where, places) => {
      const [thingAt, ownerAt] = places();
      const owner = await person(ownerAt, 'owner');
      const { device, at } = await ownThing(thingAt, owner);
      expect(device.owner).toBe(account(ownerAt, 'owner').jid);
      expect(await valuesAt(owner, at)).toEqual(['21.40 °C']);

      const [here, there] = [await person(servers.one, 'reader'), await person(servers.two, 'reader')];
      const found: string[] = [];
      for await (const { jid } of there.search({ SN: serial() })) found.push(jid);
      expect(found).toEqual([account(thingAt, 'thing').jid]);
      for (const reader of [here, there])
        expect((await reader.read(at).all()).end).toMatchObject({ outcome: 'refused' });
      await share(owner, at, '@two.test');
      expect(await valuesAt(there, at)).toEqual(['21.40 °C']);
      expect((await here.read(at).all()).end).toMatchObject({ outcome: 'refused' });

      const pushed = await device.push({ at: new Date(1000), fields: [field.numeric('Kept', '7.0', 'kWh')] });
      expect(pushed).toEqual({ outcome: 'received' });
      const { readings } = await there.history(at, { fields: ['Kept'] }).all();
      expect(readings.map(({ value }) => value)).toEqual(['7.0']);
    });

    it('a subscription of a Thing elsewhere tells when it comes and goes', async () => {
      const first = await raw(servers.two, 'thing');
      first.sendPresence();
      await first.iq('set', servers.one.domain, `<register ${NS}><str name='SN' value='${serial()}'/></register>`);
      await first.next((stanza) => stanza.is('presence') && stanza.attrs['type'] === 'subscribe');
      first.sendPresence({ type: 'subscribed', to: servers.one.domain });
      const second = await raw(servers.two, 'thing');
      second.sendPresence();
      const sessions = () => rows(component.database, 'SELECT * FROM session WHERE jid = ?', first.bare);
      await until(() => sessions().length === 2, 'the second session is known');
      await second.drop();
      await until(() => sessions().length === 1, 'its end is known');
    });
  });

  describe('with an `allow` of both', () => {
    let component: ComponentUnderTest;
    beforeAll(async () => {
      component = await startComponent(servers.one, {
        settings: { THINGSTEAD_ALLOW: 'one.test,two.test', THINGSTEAD_READOUT_DEADLINE: '3' },
      });
    });
    afterAll(() => component.remove());

    it('failed claims from elsewhere are counted by domain, so that many accounts do not help to guess', async () => {
      const { domain } = servers.one;
      const guess = (key: number) => `<mine ${NS}><str name='SN' value='1'/><str name='KEY' value='${key}'/></mine>`;
      for (let account = 0; account < 10; account++) {
        const guesser = await raw(servers.two, `guesser${account}-`);
        const answers = await Promise.all(
          Array.from({ length: 10 }, (_, key) => guesser.iq('set', domain, guess(key), PATIENT_MS)),
        );
        for (const answer of answers) expect(decodeError(answer).condition).toBe('item-not-found');
      }
      const fresh = await raw(servers.two, 'fresh');
      expect(decodeError(await fresh.iq('set', domain, guess(0)))).toMatchObject({
        condition: 'resource-constraint',
        type: 'wait',
      });
      const here = await raw(servers.one, 'here');
      expect(decodeError(await here.iq('set', domain, guess(0))).condition).toBe('item-not-found');
    });

    it('a server that goes while a Thing of its own is read makes a failure, not silence, and comes back', async () => {
      const owner = await person(servers.one, 'owner');
      let asked = (): void => undefined;
      const isAsked = new Promise<void>((resolve) => {
        asked = resolve;
      });
      // It accepts, and is then cut off before it has said anything.
      const read = async () => {
        asked();
        return new Promise<never>(() => undefined);
      };
      const { at } = await ownThing(servers.two, owner, { read });
      const readout = owner.read(at, { types: ['momentary'] }).all();
      await isAsked;
      await servers.two.kill();
      const { readings, end } = await readout;
      expect(readings).toEqual([]);
      expect(end).toMatchObject({ outcome: 'done', failures: [expect.anything()] });

      // Asked while its server is away.
      const again = await owner.read(at, { types: ['momentary'] }).all();
      expect(again.end).toMatchObject({ outcome: 'done', failures: [expect.anything()] });

      await servers.two.restart();
      const back = await raw(servers.two, 'back');
      const answered = async () => (await back.iq('get', servers.one.domain, INFO)).attrs['type'] === 'result';
      await until(answered, 'the two servers talk again', PATIENT_MS);
    });
  });
});

function serial(): string {
  return `sn-${number}`;
}

function account(server: Server, name: string) {
  const service = `xmpp://${server.address}:${server.c2sPort}`;
  return { jid: `${name}${number}@${server.host}`, password: 'correct horse', service, register: true };
}

async function raw(server: Server, name: string): Promise<RawClient> {
  const client = await connectClient(server, `${name}${number}`);
  running.push(client);
  return client;
}

async function person(server: Server, name: string): Promise<Client> {
  const client = createClient({ account: account(server, name), registry: servers.one.domain });
  expect(await client.start()).toEqual({ ok: true });
  running.push(client);
  return client;
}

/** A public Thing with an account on one server, and its owner on that or the other. */
async function ownThing(
  server: Server,
  owner: Client,
  options: Partial<DeviceOptions> = {},
): Promise<{ device: Device; at: string }> {
  const device = createDevice({
    account: account(server, 'thing'),
    registry: servers.one.domain,
    tags: { SN: serial() },
    read: async () => [field.numeric('Temperature', '21.40', '°C')],
    ...options,
  });
  running.push(device);
  const online = new Promise<void>((resolve) => device.on('online', resolve));
  expect(await device.start()).toEqual({ ok: true });
  await online;
  // It registers by itself; from another server that takes the time that the two need to connect.
  await until(async () => (await owner.claim(device.iotDisco, { isPublic: true })).ok, 'it is claimed', PATIENT_MS);
  await until(() => device.owner !== undefined, 'the device knows its owner', PATIENT_MS);
  const addresses = await owner.addresses(account(server, 'thing').jid);
  if (!addresses.ok || addresses.value[0] === undefined) throw new Error(JSON.stringify(addresses));
  return { device, at: addresses.value[0].jid };
}

async function valuesAt(reader: Client, at: string): Promise<string[]> {
  const { readings, end } = await reader.read(at, { types: ['momentary'] }).all();
  expect(end).toEqual({ outcome: 'done', failures: [] });
  return readings.map(({ value, unit }) => `${value} ${unit}`);
}

async function share(owner: Client, at: string, audience: string): Promise<void> {
  const shared = await runCommand(owner, at, 'thingstead:share', { values: { with: [audience] }, confirm: true });
  expect(shared).toMatchObject({ kind: 'completed', notes: [{ type: 'info' }] });
}
