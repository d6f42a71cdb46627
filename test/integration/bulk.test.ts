import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Client, createClient } from '../../src/client/index.js';
import { createDevice, type Device, field } from '../../src/device/index.js';
import { parseXml } from '../xep/stanza-files.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentUnderTest, run, startComponent } from './harness/component-under-test.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

let compiled: Compiled;
let server: Server;
let component: ComponentUnderTest;
let folder: string;
let number = 0;
const clients: Client[] = [];
const devices: Device[] = [];

beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
  component = await startComponent(server, { settings: { THINGSTEAD_ADMINS: `admin@${server.host}` } });
});
afterAll(async () => {
  await component?.remove();
  await server?.stop();
  compiled?.remove();
});
beforeEach(async () => {
  number++;
  folder = mkdtempSync(join(tmpdir(), 'thingstead-bulk-'));
  await logIn('admin');
});
afterEach(async () => {
  await Promise.all(devices.splice(0).map((device) => device.stop()));
  await Promise.all(clients.splice(0).map((client) => client.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const service = (): string => `xmpp://${server.address}:${server.c2sPort}`;
const at = (name: string): string => `${name}@${server.host}`;
const account = (name: string) => ({ jid: at(name), password: 'correct horse', service: service(), register: true });
const inFolder = (name: string): string => join(folder, name);
const textOf = (name: string): string => readFileSync(inFolder(name), 'utf8');

async function logIn(name: string): Promise<Client> {
  const client = createClient({ account: account(name) });
  expect(await client.start()).toEqual({ ok: true });
  clients.push(client);
  return client;
}

function spawn(name: string, ...args: readonly string[]) {
  const { jid, password } = account(name);
  const env = { THINGSTEAD_JID: jid, THINGSTEAD_PASSWORD: password, THINGSTEAD_CLIENT_SERVICE: service() };
  const { child } = run(compiled.command, args, env, folder);
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text.out += more;
  });
  child.stderr.setEncoding('utf8').on('data', (more: string) => {
    text.err += more;
  });
  const ended = once(child, 'close').then(() => ({ status: child.exitCode, ...text }));
  return { child, ended };
}

const thingstead = (name: string, ...args: readonly string[]) => spawn(name, ...args).ended;

/** A file of meters: the first claimed by Anna, the others waiting. */
function meters(count: number, name = 'meters.csv'): void {
  const rows = Array.from({ length: count }, (_, index) => {
    const owner = index === 0 ? `${at('anna')},true` : ',';
    return `${at(`meter${number}-${index}`)},n${index},${owner},key-${index},${number}-${index},5${index % 10}.50`;
  });
  writeFileSync(inFolder(name), ['jid,nodeId,owner,public,key,SN,#LAT', ...rows, ''].join('\r\n'));
}

// Each command is a process of its own, and logs in.
const PATIENT = { timeout: 90_000 };

describe('thingstead import', PATIENT, () => {
  test('registers and claims what is in a file, and its owner claims what waits', async () => {
    meters(250);
    expect(await thingstead('admin', 'import', 'meters.csv', '--dry-run')).toEqual({
      status: 0,
      out: '250 would be done, 0 unchanged, 0 refused.\n',
      err: '',
    });
    expect(existsSync(inFolder('meters.csv.thingstead-import'))).toBe(false);
    const imported = await thingstead('admin', 'import', 'meters.csv', '--report', 'report.csv');
    expect(imported).toEqual({ status: 0, out: '250 done, 0 unchanged, 0 refused.\n', err: '' });
    expect(textOf('report.csv')).toMatch(/^line,outcome,id,why\r\n2,done,[a-z2-7]{10},\r\n3,done,,\r\n/);
    const anna = await logIn('anna');
    const claimed = await anna.claim({ SN: `${number}-7`, LAT: 57.5, KEY: 'key-7' });
    expect(claimed).toMatchObject({ ok: true, value: { jid: at(`meter${number}-7`), nodeId: 'n7' } });
    // The device that comes later finds its owner.
    const device = await logIn(`meter${number}-0`);
    const registered = await device.register(
      { SN: `${number}-0`, LAT: 50.5, KEY: 'key-0' },
      { node: { nodeId: 'n0' } },
    );
    expect(registered).toMatchObject({ ok: true });
    // Again: the journal knows that all was done; without it everything is so already.
    expect((await thingstead('admin', 'import', 'meters.csv')).out).toBe('250 done, 0 unchanged, 0 refused.\n');
    const again = await thingstead('admin', 'import', 'meters.csv', '--restart');
    expect(again).toMatchObject({ status: 0, out: '0 done, 250 unchanged, 0 refused.\n' });
  });

  test('tells of what is wrong by its line, does the rest, and repeats no KEY', async () => {
    meters(3);
    const lines = textOf('meters.csv').split('\r\n');
    lines.splice(2, 0, 'no jid@@,,,,top-secret,,', `"${at('open')},n,,,top-secret`, `${at('x')},,,,top-secret,,INF`);
    writeFileSync(inFolder('meters.csv'), lines.join('\r\n'));
    const { status, out, err } = await thingstead('admin', 'import', 'meters.csv', '--report', 'report.jsonl');
    expect([status, err]).toEqual([1, '']);
    expect(out).toMatch(
      /^meters.csv:3: refused: jid "no jid@@" .*\nmeters.csv:4: refused: .*\nmeters.csv:5: refused: /,
    );
    expect(out).toContain('3 done, 0 unchanged, 3 refused.');
    const report = textOf('report.jsonl');
    expect(
      report
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).outcome),
    ).toEqual(['done', 'refused', 'refused', 'refused', 'done', 'done']);
    const kept = textOf('meters.csv.thingstead-import');
    expect(out + err + report + kept + JSON.stringify(component.log)).not.toContain('top-secret');
    writeFileSync(inFolder('meters.csv'), 'jid\r\n');
    const changed = await thingstead('admin', 'import', 'meters.csv');
    expect([changed.status, changed.err]).toEqual([2, expect.stringContaining('use --restart to begin anew')]);
  });

  test('goes on where it was interrupted', async () => {
    meters(2000);
    const { child, ended } = spawn('admin', 'import', 'meters.csv', '--report', 'report.csv');
    const journal = inFolder('meters.csv.thingstead-import');
    await until(() => existsSync(journal), 'it has begun');
    child.kill('SIGINT');
    const first = await ended;
    expect(first).toMatchObject({ status: 130, err: expect.stringContaining('Run this again to go on after line') });
    const { line, done } = JSON.parse(readFileSync(journal, 'utf8'));
    expect([line, done < 2000]).toEqual([done + 1, true]);
    const second = await thingstead('admin', 'import', 'meters.csv', '--report', 'report.csv');
    expect(second).toMatchObject({ status: 0, out: '2000 done, 0 unchanged, 0 refused.\n' });
    const told = textOf('report.csv')
      .trim()
      .split('\r\n')
      .slice(1)
      .map((row) => Number(row.split(',')[0]));
    expect(told).toEqual(Array.from({ length: 2000 }, (_, index) => index + 2));
  });

  test('is for administrators, and for files that can be read', async () => {
    meters(1);
    await logIn('anna');
    expect(await thingstead('anna', 'import', 'meters.csv')).toMatchObject({
      status: 4,
      err: expect.stringContaining('may not'),
    });
    writeFileSync(inFolder('bad.xml'), '<!DOCTYPE x><things/>');
    expect(await thingstead('admin', 'import', 'bad.xml')).toMatchObject({
      status: 2,
      err: expect.stringContaining('bad.xml:1:'),
    });
    expect(await thingstead('admin', 'import', 'things.txt')).toMatchObject({ status: 2 });
    expect(await thingstead('admin', 'import', 'gone.csv')).toMatchObject({ status: 2 });
    writeFileSync(inFolder('latin.csv'), Buffer.from([0x6a, 0x69, 0x64, 0x0a, 0xe4, 0x0a]));
    expect(await thingstead('admin', 'import', 'latin.csv')).toMatchObject({
      status: 1,
      out: expect.stringContaining('UTF-8'),
    });
  });
});

describe('thingstead export', PATIENT, () => {
  test.each(['csv', 'jsonl', 'xml'])('writes Things as %s, which an import takes for the same', async (format) => {
    meters(230);
    expect(await thingstead('admin', 'import', 'meters.csv')).toMatchObject({ status: 0 });
    const file = `all.${format}`;
    const exported = await thingstead('admin', 'export', 'things', '--all', '--format', format, '--output', file);
    expect(exported).toEqual({ status: 0, out: '', err: '' });
    expect(statSync(inFolder(file)).mode & 0o777).toBe(0o600);
    expect(textOf(file)).not.toContain('key-');
    const { status, out } = await thingstead('admin', 'import', file, '--dry-run');
    expect([status, out]).toEqual([0, expect.stringMatching(/^0 would be done, \d+ unchanged, 0 refused.\n$/)]);
    expect(Number(/(\d+) unchanged/.exec(out)?.[1])).toBeGreaterThanOrEqual(230);
    await logIn('anna');
    const own = await thingstead('anna', 'export', 'things', '--format', 'jsonl');
    const things = own.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(things.every(({ owner }) => owner === at('anna'))).toBe(true);
    expect(things.at(-1)).toEqual({
      jid: at(`meter${number}-0`),
      nodeId: 'n0',
      owner: at('anna'),
      public: true,
      tags: { SN: `${number}-0`, '#LAT': '50.50' },
    });
    expect(await thingstead('anna', 'export', 'things', '--all')).toMatchObject({
      status: 2,
      out: '',
      err: 'all: Only administrators may see all Things; leave this out to have your own.\n',
    });
  });

  test('writes readings to the character, as XML of XEP-0323 too', async () => {
    const anna = await logIn('anna');
    const times = [0, 1, 2].map((day) => new Date(Date.UTC(2026, 0, 1 + day)));
    const device = createDevice({
      account: account(`thing${number}`),
      tags: { SN: `sn-${number}` },
      read: async () => [],
    });
    devices.push(device);
    const online = new Promise<void>((resolve) => device.on('online', resolve));
    expect(await device.start()).toEqual({ ok: true });
    await online;
    expect(await anna.claim(device.iotDisco)).toMatchObject({ ok: true });
    await until(() => device.owner !== undefined, 'it knows its owner');
    for (const time of times) {
      const fields = [field.numeric('Temp,"x"', '21.400', '°C'), field.string('=State', "a<b&'\r\n")];
      expect(await device.push({ at: time, fields })).toMatchObject({ outcome: 'received' });
    }
    const csv = ['export', 'readings', '--thing', at(`thing${number}`)];
    await until(async () => (await thingstead('anna', ...csv)).out.split('\r\n').length === 8 + 3, 'all is stored');
    const { out } = await thingstead('anna', ...csv);
    expect(out).toMatch(/\n2026-01-01T00:00:00.000Z,[a-z2-7]{10},"Temp,""x""",numeric,21.400,°C,historicalSecond /);
    expect(out).toContain(',=State,string,"a<b&\'\r\n",');
    const xml = await thingstead('anna', ...csv, '--format', 'xml', '--from', '2026-01-02', '--output', 'r.xml');
    expect(xml).toEqual({ status: 0, out: '', err: '' });
    const document = parseXml(textOf('r.xml').replace(/^<\?.*\?>\n/, ''));
    expect([document.name, document.attrs['xmlns']]).toEqual(['fields', 'urn:xmpp:iot:sensordata']);
    const [node] = document.getChildElements();
    const timestamps = node?.getChildElements() ?? [];
    expect(timestamps.map(({ attrs }) => attrs['value'])).toEqual(['2026-01-02T00:00:00Z', '2026-01-03T00:00:00Z']);
    const values = timestamps[0]?.getChildElements().map(({ attrs }) => [attrs['name'], attrs['value']]) ?? [];
    expect(values.sort()).toEqual([
      ['=State', "a<b&'\r\n"],
      ['Temp,"x"', '21.400'],
    ]);
    const refused = await thingstead('admin', 'export', 'readings', '--thing', at('nobody'), '--output', 'none.csv');
    expect([refused.status, existsSync(inFolder('none.csv'))]).toEqual([1, false]);
  });

  test('writes the audit trail, page after page', async () => {
    meters(450);
    expect(await thingstead('admin', 'import', 'meters.csv')).toMatchObject({ status: 0 });
    const { status, out } = await thingstead('admin', 'export', 'audit', '--action', 'import', '--format', 'jsonl');
    const entries = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const here = entries.filter(({ subject }) => subject.startsWith(`meter${number}-`));
    expect([status, new Set(here.map(({ subject }) => subject)).size]).toEqual([0, 450]);
    expect(out).not.toContain('key-');
    await logIn('bert');
    const others = await thingstead('bert', 'export', 'audit', '--format', 'xml');
    expect(others.out).toBe('<?xml version="1.0" encoding="UTF-8"?>\n<audit>\n</audit>\n');
  });
});
