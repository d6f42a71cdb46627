import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Client, type CommandOutcome, createClient, runCommand } from '../../src/client/index.js';
import { createDevice, type Device, type DeviceOptions, field } from '../../src/device/index.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

let server: Server;
let component: ComponentUnderTest;
let anna: Client;
let ben: Client;
let number = 0;
const devices: Device[] = [];
const people: Client[] = [];

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
  anna = await person('anna');
  ben = await person('ben');
});
afterEach(async () => {
  await Promise.all([...devices.splice(0), ...people.splice(0)].map((each) => each.stop()));
});

function account(name: string) {
  const service = `xmpp://${server.address}:${server.c2sPort}`;
  return { jid: `${name}${number}@${server.host}`, password: 'correct horse', service, register: true };
}

async function person(name: string): Promise<Client> {
  const client = createClient({ account: account(name) });
  expect(await client.start()).toEqual({ ok: true });
  people.push(client);
  return client;
}

/** A private Thing of Anna's, and the address that the registry has for it. */
async function ownThing(read: DeviceOptions['read']): Promise<{ device: Device; at: string }> {
  const device = createDevice({ account: account('thing'), tags: { SN: `sn-${number}` }, read });
  devices.push(device);
  const online = new Promise<void>((resolve) => device.on('online', resolve));
  expect(await device.start()).toEqual({ ok: true });
  await online;
  expect(await anna.claim(device.iotDisco, { isPublic: false })).toMatchObject({ ok: true });
  await until(() => device.owner !== undefined, 'the device knows its owner');
  const addresses = await anna.addresses(account('thing').jid);
  if (!addresses.ok || addresses.value[0] === undefined) throw new Error(JSON.stringify(addresses));
  return { device, at: addresses.value[0].jid };
}

function run(client: Client, name: string, values: Record<string, string[]> = {}, to: string = server.domain) {
  return runCommand(client, to, `thingstead:${name}`, { values });
}

/** Notes, and some columns of the table, of what came of a command. */
function told(outcome: CommandOutcome, ...names: readonly string[]) {
  if (outcome.kind !== 'completed') return outcome;
  const { columns = [], rows = [] } = outcome.form?.table ?? {};
  const places = names.map((name) => columns.findIndex((column) => column.name === name));
  return {
    notes: outcome.notes.map(({ type, text }) => `${type}: ${text}`),
    rows: rows.map((row) => places.map((place) => row[place])),
  };
}

describe('read and history', () => {
  test('show what a device measures and what is kept of it, to its owner and to whom it is shared with alone', async () => {
    const { device, at } = await ownThing(async () => [
      field.numeric('Temperature', '021.40', '°C'),
      field.string('State', '  “ünder” <way> & fine '),
    ]);
    const now = await run(anna, 'read', { thing: [account('thing').jid] });
    const rows = [
      ['Temperature', '021.40', '°C'],
      ['State', '  “ünder” <way> & fine ', ''],
    ];
    expect(told(now, 'field', 'value', 'unit')).toEqual({
      notes: ['info: 2 values: Temperature = 021.40 °C; State = “ünder” <way> & fine.'],
      rows,
    });

    expect(await run(ben, 'read', {}, at)).toMatchObject({ kind: 'refused' });
    expect(await run(ben, 'history', {}, at)).toMatchObject({ kind: 'refused' });
    await run(anna, 'share', { with: [account('ben').jid] }, at);
    const kept = await run(ben, 'history', { field: ['Temperature'], unit: ['°F'] }, at);
    expect(told(kept, 'field', 'value', 'unit')).toEqual({
      notes: ['info: One value: Temperature = 70.52 °F.'],
      rows: [['Temperature', '70.52', '°F']],
    });
    const shared = await run(ben, 'read', { field: ['State'] }, at);
    expect(told(shared, 'value')).toEqual({
      notes: ['info: One value: State = “ünder” <way> & fine.'],
      rows: [['  “ünder” <way> & fine ']],
    });

    await run(anna, 'unshare', { with: [account('ben').jid] }, at);
    expect(await run(ben, 'history', {}, at)).toMatchObject({ kind: 'refused' });

    await device.stop();
    await until(async () => {
      const gone = await run(anna, 'read', {}, at);
      return gone.kind === 'completed' && gone.notes[0]?.text === 'The Thing is off line; try again when it is there.';
    }, 'the Thing is said to be off line');
  });

  test('page through a history from either end, and by the hour', async () => {
    const { device, at } = await ownThing(async () => []);
    const start = Date.UTC(2026, 0, 1);
    for (let n = 0; n < 8; n++) {
      const fields = [field.numeric('Energy', `${n}.0`, 'kWh')];
      await device.push({ at: new Date(start + n * 1_800_000), fields });
    }
    const page = async (values: Record<string, string[]>) =>
      told(await run(anna, 'history', values, at), 'time', 'value');
    expect(await page({ max: ['2'] })).toEqual({
      notes: [
        'info: 2 values: Energy = 7.0 kWh; Energy = 6.0 kWh.',
        'warn: There may be more: go on with until 2026-01-01T02:30:00Z.',
      ],
      rows: [
        ['2026-01-01T03:30:00Z', '7.0'],
        ['2026-01-01T03:00:00Z', '6.0'],
      ],
    });
    expect(await page({ every: ['hour'], order: ['oldest'], from: ['2026-01-01T00:30:00Z'] })).toEqual({
      notes: ['info: 3 values: Energy = 2.0 kWh; Energy = 4.0 kWh; Energy = 6.0 kWh.'],
      rows: [
        ['2026-01-01T01:00:00Z', '2.0'],
        ['2026-01-01T02:00:00Z', '4.0'],
        ['2026-01-01T03:00:00Z', '6.0'],
      ],
    });
  });
});

describe('requests', () => {
  test('are seen and cancelled from another session of the account, by nobody else, and not once they have ended', async () => {
    let answer: () => void = () => undefined;
    const silence = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { at } = await ownThing(async () => {
      await silence;
      return [field.numeric('Temperature', '21.40', '°C')];
    });
    const phone = await person('anna');
    const reading = anna.read(at, { types: ['momentary'] });
    const all = reading.all();
    let request = '';
    await until(async () => {
      const [row] = rowsOf(await run(phone, 'requests'));
      request = row?.[0] ?? '';
      return row?.[1] === anna.jid;
    }, 'the request is listed');
    expect(rowsOf(await run(ben, 'requests'))).toEqual([]);
    const refused = expect.stringMatching(/^error: You have no request ".*" in progress: it has ended, or never was\./);
    expect(told(await run(ben, 'requests', { cancel: [request] }))).toMatchObject({ notes: [refused] });
    expect(rowsOf(await run(phone, 'requests'))).toHaveLength(1);

    expect(told(await run(phone, 'requests', { cancel: [request] }))).toMatchObject({
      notes: ['info: The request is cancelled; nothing more comes of it.'],
    });
    expect(rowsOf(await run(phone, 'requests'))).toEqual([]);
    expect(told(await run(phone, 'requests', { cancel: [request] }))).toMatchObject({ notes: [refused] });
    answer();
    await until(async () => rowsOf(await run(anna, 'history', {}, at)).length === 1, 'what came is stored');
    reading.cancel();
    expect((await all).readings).toEqual([]);
  });
});

function rowsOf(outcome: CommandOutcome) {
  return outcome.kind === 'completed' ? (outcome.form?.table?.rows ?? []) : [];
}
