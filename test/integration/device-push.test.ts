import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Client, createClient } from '../../src/client/index.js';
import {
  createDevice,
  type Device,
  type DeviceOptions,
  field,
  folderQueue,
  memoryState,
} from '../../src/device/index.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

let server: Server;
let component: ComponentUnderTest;
let folder: string;
let anna: Client;
let number = 0;
const devices: Device[] = [];

beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server);
});
afterAll(async () => {
  await component?.remove();
  await server?.stop();
});
beforeEach(async () => {
  number++;
  folder = mkdtempSync(join(tmpdir(), 'thingstead-push-'));
  anna = createClient({ account: account('anna') });
  expect(await anna.start()).toEqual({ ok: true });
});
afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.stop()));
  await anna.stop();
  rmSync(folder, { recursive: true, force: true });
});

function account(name: string) {
  const service = `xmpp://${server.address}:${server.c2sPort}`;
  return { jid: `${name}${number}@${server.host}`, password: 'correct horse', service, register: true };
}

async function thing(options: Partial<DeviceOptions> = {}): Promise<Device> {
  const device = createDevice({
    account: account('thing'),
    tags: { SN: `sn-${number}` },
    read: async () => [],
    queue: folderQueue(folder),
    ...options,
  });
  devices.push(device);
  const online = new Promise<void>((resolve) => device.on('online', resolve));
  expect(await device.start()).toEqual({ ok: true });
  await online;
  return device;
}

async function claim(device: Device): Promise<string> {
  expect(await anna.claim(device.iotDisco, { isPublic: false })).toMatchObject({ ok: true });
  await until(() => device.owner !== undefined, 'the device knows its owner');
  const addresses = await anna.addresses(account('thing').jid);
  if (!addresses.ok || addresses.value[0] === undefined) throw new Error(JSON.stringify(addresses));
  return addresses.value[0].jid;
}

async function history(at: string): Promise<string[]> {
  const { readings } = await anna.history(at).all();
  return readings.map(({ value, unit }) => `${value} ${unit}`);
}

const reading = (value: number, at = new Date(value * 1000)) => ({ at, fields: [field.numeric('T', value, '°C')] });

test('a push is stored when its receipt comes', async () => {
  const device = await thing();
  const at = await claim(device);
  expect(await device.push(reading(1))).toEqual({ outcome: 'received' });
  expect(await history(at)).toEqual(['1 °C']);
});

test('a push of a Thing that nobody owns, or of what can never be stored, is refused with words', async () => {
  const device = await thing();
  expect(await device.push(reading(1))).toMatchObject({ outcome: 'refused', error: { type: 'auth' } });
  const at = await claim(device);
  const future = new Date(Date.now() + 3 * 24 * 60 * 60 * 1000);
  expect(await device.push(reading(1, future))).toMatchObject({ outcome: 'refused', error: { type: 'modify' } });
  expect(await history(at)).toEqual([]);
});

test('off line nothing is pushed, and it is said so', async () => {
  const device = await thing();
  await device.stop();
  expect(await device.push(reading(1))).toEqual({ outcome: 'silent' });
});

test('reports made while off line are all there after coming back, once each, over a restart of the device', async () => {
  const state = memoryState();
  const first = await thing({ state });
  const at = await claim(first);
  await component.stop();
  for (let value = 1; value <= 25; value++) expect(first.report(reading(value))).toEqual({ outcome: 'kept' });
  await first.stop();
  await component.restart();
  const queue = folderQueue(folder);
  expect(queue.size).toBe(25);
  await thing({ state, queue });
  await until(() => queue.size === 0, 'everything is sent');
  expect(await history(at)).toEqual(Array.from({ length: 25 }, (_, index) => `${index + 1} °C`));
});

test('what will never be taken does not hold up the rest', async () => {
  const device = await thing();
  const at = await claim(device);
  const refused: string[] = [];
  device.on('refused', ({ error }) => refused.push(error.type));
  device.report(reading(1, new Date(Date.now() + 3 * 24 * 60 * 60 * 1000)));
  device.report(reading(2));
  await until(async () => (await history(at)).length > 0, 'the other is stored');
  expect(await history(at)).toEqual(['2 °C']);
  expect(refused).toEqual(['modify']);
});

test('nobody is given what was measured for somebody else', async () => {
  const queue = folderQueue(folder);
  const device = await thing({ queue });
  expect(device.report(reading(1))).toEqual({ outcome: 'no-owner' });
  const at = await claim(device);
  queue.add(`bert@${server.host}`, [
    { node: { nodeId: '', sourceId: '', cacheType: '' }, at: { ms: 2000 }, fields: [field.int('N', 2)] },
  ]);
  device.report(reading(3));
  await until(() => queue.size === 0, 'everything is dealt with');
  expect(await history(at)).toEqual(['3 °C']);
  await component.stop();
  device.report(reading(4));
  expect(queue.size).toBe(1);
  await component.restart();
  expect(await anna.disown({ jid: account('thing').jid })).toMatchObject({ ok: true });
  expect(queue.size).toBe(0);
});
