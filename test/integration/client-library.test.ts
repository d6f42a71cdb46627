import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Client, createClient, type Outcome } from '../../src/client/index.js';
import { createDevice, type Device, type DeviceOptions, field } from '../../src/device/index.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

let server: Server;
let component: ComponentUnderTest;
let anna: Client;
let number = 0;
const devices: Device[] = [];
const clients: Client[] = [];

beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server, { settings: { THINGSTEAD_READOUT_DEADLINE: '1' } });
});
afterAll(async () => {
  await component?.remove();
  await server?.stop();
});
beforeEach(async () => {
  number++;
  anna = await person('anna');
});
afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.stop()));
  await Promise.all(clients.splice(0).map((client) => client.stop()));
});

function account(name: string) {
  const service = `xmpp://${server.address}:${server.c2sPort}`;
  return { jid: `${name}${number}@${server.host}`, password: 'correct horse', service, register: true };
}

async function person(name: string): Promise<Client> {
  const client = createClient({ account: account(name) });
  expect(await client.start()).toEqual({ ok: true });
  clients.push(client);
  return client;
}

async function thing(options: Partial<DeviceOptions> = {}): Promise<Device> {
  const device = createDevice({
    account: account('thing'),
    tags: { SN: `sn-${number}` },
    read: async () => [field.numeric('Temperature', '21.40', '°C'), field.int('Count', 3)],
    ...options,
  });
  devices.push(device);
  const online = new Promise<void>((resolve) => device.on('online', resolve));
  expect(await device.start()).toEqual({ ok: true });
  await online;
  return device;
}

/** A Thing of Anna's, and the address that the registry has for it. */
async function ownThing(
  options: Partial<DeviceOptions> = {},
  isPublic = true,
): Promise<{ device: Device; at: string }> {
  const device = await thing(options);
  expect(await anna.claim(device.iotDisco, { isPublic })).toMatchObject({ ok: true });
  await until(() => device.owner !== undefined, 'the device knows its owner');
  const addresses = await anna.addresses(account('thing').jid);
  if (!addresses.ok || addresses.value[0] === undefined) throw new Error(JSON.stringify(addresses));
  return { device, at: addresses.value[0].jid };
}

function condition(outcome: Outcome<unknown>): string {
  return outcome.ok ? 'ok' : (outcome.error?.condition ?? outcome.why);
}

describe('owning', () => {
  test('claims by the text of a QR code, or by tags', async () => {
    const device = await thing({ tags: { SN: `sn-${number}`, V: 1.5, KEY: 'label' } });
    const wrong = await anna.claim({ SN: `sn-${number}`, V: 1.5, KEY: 'another' });
    expect(condition(wrong)).toBe('item-not-found');
    const claimed = await anna.claim({ sn: `sn-${number}`, v: 1.5, key: 'label' }, { isPublic: false });
    expect(claimed).toMatchObject({ ok: true, value: { jid: account('thing').jid, isPublic: false, nodeId: '' } });
    expect(device.iotDisco).toContain('KEY:label');
  });

  test('a text that is none comes to no question, and no word of it is repeated', async () => {
    const outcome = await anna.claim('IoTDisco;SN:1;KEYSECRET');
    expect(outcome.ok).toBe(false);
    expect(JSON.stringify(outcome)).not.toContain('SECRET');
  });

  test('updates, removes and disowns what is hers, and nothing else', async () => {
    const { device } = await ownThing();
    const jid = account('thing').jid;
    const bert = await person('bert');
    for (const outcome of [
      await bert.update({ jid }, { ROOM: '1' }),
      await bert.disown({ jid }),
      await bert.remove({ jid }),
    ]) {
      expect(condition(outcome)).toBe('item-not-found');
    }
    expect(await anna.update({ jid }, { ROOM: 'Cellar' })).toMatchObject({ ok: true });
    const found: string[] = [];
    for await (const { tags } of bert.search({ SN: `sn-${number}` })) found.push(...tags.map(({ name }) => name));
    expect(found).toEqual(['SN', 'ROOM']);
    expect(await anna.disown({ jid })).toMatchObject({ ok: true });
    expect(device.owner).toBeUndefined();
    await until(async () => (await anna.claim(device.iotDisco)).ok, 'it can be claimed again');
    expect(await anna.remove({ jid })).toMatchObject({ ok: true });
    await until(() => device.removed, 'the device was told');
  });
});

describe('searching', () => {
  test('goes through all pages, each Thing once', async () => {
    const ids = Array.from({ length: 203 }, (_, index) => `node-${index}`);
    const tags = { CLASS: `class-${number}` };
    for (const nodeId of ids) {
      expect(await anna.register(tags, { node: { nodeId }, selfOwned: true })).toMatchObject({ ok: true });
    }
    const found: string[] = [];
    for await (const { node } of anna.search(tags)) found.push(node.nodeId);
    expect(found).toEqual(ids);
  });

  test('a search that the registry refuses throws its words', async () => {
    await expect(anna.search({}).next()).rejects.toThrow(/one operator or more/);
  });
});

describe('reading', () => {
  test('brings the fields one by one, exactly as the device wrote them', async () => {
    const { at } = await ownThing();
    const readout = anna.read(at, { types: ['momentary'], fields: ['Temperature'] });
    expect(await readout.accepted).toMatchObject({ ok: true, value: { queued: false } });
    const seen: string[] = [];
    for await (const { name, value, unit, type } of readout) seen.push(`${name} ${value} ${unit} ${type}`);
    expect(seen).toEqual(['Temperature 21.40 °C numeric']);
    expect(await readout.ended).toEqual({ outcome: 'done', failures: [] });
  });

  test('several at once do not mix', async () => {
    const { at } = await ownThing();
    const readouts = ['Temperature', 'Count', 'Nothing'].map((name) => anna.read(at, { fields: [name] }).all());
    const names = (await Promise.all(readouts)).map(({ readings }) => readings.map(({ name }) => name));
    expect(names).toEqual([['Temperature'], ['Count'], []]);
  });

  test('tells what was refused, and by which words', async () => {
    const { at } = await ownThing({}, false);
    const bert = await person('bert');
    const { readings, end } = await bert.read(at).all();
    expect(readings).toEqual([]);
    expect(end).toMatchObject({ outcome: 'refused', why: expect.stringContaining('nothing at this address') });
  });

  test('tells which Thing could not be read', async () => {
    const { device, at } = await ownThing();
    await device.stop();
    const { readings, end } = await anna.read(at, { types: ['momentary'] }).all();
    expect(readings).toEqual([]);
    expect(end.outcome).toBe('done');
    expect(end.failures.map(({ reason }) => reason)).toEqual([expect.stringMatching(/off line|did not answer/)]);
  });

  test('what was read is history, by name and time', async () => {
    const { at } = await ownThing();
    const before = new Date();
    await anna.read(at, { types: ['momentary'] }).all();
    const history = await anna.history(at, { fields: ['Temperature'], from: new Date(before.getTime() - 1000) }).all();
    expect(history.readings.map(({ value, unit }) => `${value} ${unit}`)).toEqual(['21.40 °C']);
    expect(history.readings[0]?.fieldTypes.has('momentary')).toBe(false);
    const future = await anna.history(at, { from: new Date(Date.now() + 60_000) }).all();
    expect(future).toEqual({ readings: [], end: { outcome: 'done', failures: [] } });
  });

  test('ends a read-out that is cancelled, also by who stops taking', async () => {
    const asked: AbortSignal[] = [];
    const { at } = await ownThing({
      read: ({ signal }) => {
        asked.push(signal);
        return new Promise(() => undefined);
      },
    });
    const readout = anna.read(at);
    await until(() => asked.length > 0, 'the device is asked');
    readout.cancel();
    expect(await readout.ended).toEqual({ outcome: 'cancelled', failures: [] });
    expect(await readout.all()).toMatchObject({ readings: [] });
  });

  test('ends read-outs when the session ends, and when nothing comes', async () => {
    const { at } = await ownThing({ read: () => new Promise(() => undefined) });
    expect((await anna.read(at, { patienceMs: 50 }).ended).outcome).toBe('silent');
    const readout = anna.read(at);
    await readout.accepted;
    await anna.stop();
    expect((await readout.ended).outcome).toBe('silent');
    expect((await anna.read(at).ended).outcome).toBe('silent');
  });

  test('reads a device directly, too', async () => {
    const { device } = await ownThing();
    const { readings } = await anna.read(String(device.jid), { types: ['momentary'] }).all();
    expect(readings.map(({ name }) => name)).toEqual(['Temperature', 'Count']);
  });
});
