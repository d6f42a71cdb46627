import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Client, createClient } from '../../src/client/index.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentUnderTest, run, startComponent } from './harness/component-under-test.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

let compiled: Compiled;
let server: Server;
let component: ComponentUnderTest;
let folder: string;
let anna: Client;
let number = 0;
const processes: Process[] = [];

beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
  component = await startComponent(server);
});
afterAll(async () => {
  await component?.remove();
  await server?.stop();
  compiled?.remove();
});
beforeEach(async () => {
  number++;
  folder = mkdtempSync(join(tmpdir(), 'thingstead-cli-'));
  anna = createClient({ account: { jid: jid('anna'), password: 'correct horse', service: service(), register: true } });
  expect(await anna.start()).toEqual({ ok: true });
});
afterEach(async () => {
  for (const { child } of processes.splice(0)) child.kill('SIGKILL');
  await anna.stop();
  rmSync(folder, { recursive: true, force: true });
});

const service = (): string => `xmpp://${server.address}:${server.c2sPort}`;
const jid = (name: string): string => `${name}${number}@${server.host}`;

interface Process {
  readonly child: ReturnType<typeof run>['child'];
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<number | null>;
}

function thingstead(args: readonly string[], env: Record<string, string> = {}): Process {
  const { child } = run(compiled.command, args, env, folder);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  const ended = once(child, 'close').then(() => child.exitCode);
  const made: Process = { child, out: () => out, err: () => err, ended };
  processes.push(made);
  return made;
}

function device(...options: readonly string[]): Process {
  const account = ['--jid', jid('thing'), '--service', service(), '--register', '--password-file', 'password'];
  return thingstead(['device', ...account, '--state', 'state.json', ...options]);
}

/** Starts a device and claims it. @returns the id that the registry has for it. */
async function owned(...options: readonly string[]): Promise<{ readonly thing: Process; readonly id: string }> {
  const thing = device(...options);
  const text = (): string | undefined => /^ {2}(IoTDisco;.*)$/m.exec(thing.out())?.[1];
  await until(() => text() !== undefined, 'it has registered');
  expect(await anna.claim(text() ?? '', { isPublic: false })).toMatchObject({ ok: true });
  await until(() => thing.out().includes(`It belongs to ${jid('anna')}`), 'it has an owner');
  const addresses = await anna.addresses(jid('thing'));
  if (!addresses.ok) throw new Error(addresses.why);
  return { thing, id: addresses.value[0]?.jid.split('@')[0] ?? '' };
}

function read(...args: readonly string[]): Process {
  const env = {
    THINGSTEAD_JID: jid('anna'),
    THINGSTEAD_PASSWORD: 'correct horse',
    THINGSTEAD_CLIENT_SERVICE: service(),
  };
  return thingstead(['read', ...args], env);
}

describe('thingstead device', () => {
  test('registers, shows how to claim it, remembers its owner, and stops in order', async () => {
    const { thing } = await owned('--name', 'Boiler', '--tag', 'ROOM=Cellar', '--tag', '#LAT=59.86');
    expect(thing.out()).toMatch(
      /IoTDisco;SN:[\da-f]{16};MAN:.*;#V:[\d.]+;NAME:Boiler;ROOM:Cellar;#LAT:59.86;KEY:[A-Z2-7]{24}\n/,
    );
    expect(thing.out()).toContain('█ ▄▄▄▄▄ █');
    thing.child.kill('SIGTERM');
    expect(await thing.ended).toBe(0);
    for (const file of ['state.json', 'password']) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    const again = device();
    await until(() => again.out().includes(`It belongs to ${jid('anna')}`), 'it knows its owner');
    expect(again.out()).not.toContain('IoTDisco');
  });

  test('its trace shows every stanza, and no KEY', async () => {
    const { thing } = await owned('--trace');
    const { key } = JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));
    const trace = thing
      .out()
      .split('\n')
      .filter((line) => /^(->|<-) </.test(line));
    expect(trace.join('\n')).toContain('<register xmlns=');
    expect(trace.join('\n')).not.toContain(key);
    expect(trace.join('\n')).not.toContain(readFileSync(join(folder, 'password'), 'utf8').trim());
  });

  test.each([
    ['no account', ['--state', 's'], /--jid/],
    ['an account that is none', ['--jid', 'nobody', '--password-file', 'p'], /nobody/],
    ['a tag that is none', ['--jid', 'a@b', '--password-file', 'p', '--tag', '#V=much'], /V/],
    ['no time', ['--jid', 'a@b', '--password-file', 'p', '--report', 'often'], /often/],
  ])('%s is refused with status 2', async (_, options, words) => {
    writeFileSync(join(folder, 'p'), 'x', { mode: 0o600 });
    const refused = thingstead(['device', ...options]);
    expect(await refused.ended).toBe(2);
    expect(refused.err()).toMatch(words);
  });

  test('a state that others may read is refused', async () => {
    writeFileSync(join(folder, 'state.json'), '{"key":"K"}');
    chmodSync(join(folder, 'state.json'), 0o644);
    const refused = device();
    expect(await refused.ended).toBe(2);
    expect(refused.err()).toContain('chmod');
  });

  test('a wrong password ends it with status 3', async () => {
    writeFileSync(join(folder, 'wrong'), 'wrong', { mode: 0o600 });
    const refused = thingstead(['device', '--jid', jid('anna'), '--service', service(), '--password-file', 'wrong']);
    expect(await refused.ended).toBe(3);
    expect(refused.err()).toContain('password');
  });
});

describe('thingstead read', () => {
  test('prints what a Thing measures, for people and for programs', async () => {
    const { id } = await owned();
    const table = read(id, '--momentary');
    expect([await table.ended, table.err()]).toEqual([0, '']);
    expect(table.out()).toMatch(/^\S+Z {2}.*Memory, Used = [\d.]+ MB$/m);
    const json = read(`${id}@${server.domain}`, '--field', 'Uptime', '--json');
    expect(await json.ended).toBe(0);
    expect(JSON.parse(json.out())).toMatchObject({
      name: 'Uptime',
      type: 'numeric',
      value: expect.stringMatching(/^\d+$/),
      unit: 's',
    });
    const csv = read(jid('thing'), '--type', 'status', 'computed', '--csv');
    expect(await csv.ended).toBe(0);
    expect(csv.out()).toMatch(/^time,node,name,type,value,unit,flags\r\n/);
    expect(csv.out()).toMatch(/,"Load, 1 min",numeric,[\d.]+,,computed automaticReadout\r\n/);
  });

  test('reads what was reported unasked, in another unit', async () => {
    const { id } = await owned('--report', '0.2');
    const { readings } = await new Promise<Awaited<ReturnType<ReturnType<Client['history']>['all']>>>(
      (resolve, reject) => {
        const poll = async (): Promise<void> => {
          const all = await anna.history(`${id}@${server.domain}`, { fields: ['Memory, Used'] }).all();
          if (all.readings.length >= 2) resolve(all);
          else setTimeout(() => void poll().catch(reject), 100);
        };
        void poll().catch(reject);
      },
    );
    expect(existsSync(join(folder, 'state.json.queue'))).toBe(true);
    const converted = read(id, '--historical', '--field', 'Memory, Used', '--unit', 'GB', '--json');
    expect([await converted.ended, converted.err()]).toEqual([0, '']);
    const [first] = converted.out().split('\n');
    // Without the error that a division of binary fractions makes.
    const gigabytes = Math.round(Number(readings[0]?.value) * 10) / 10_000;
    expect(JSON.parse(first ?? '')).toMatchObject({
      name: 'Memory, Used',
      value: String(gigabytes),
      unit: 'GB',
    });
  });

  test('names what cannot be in that unit, and fails', async () => {
    const { id } = await owned();
    const refused = read(id, '--field', 'Memory, Used', 'Uptime', '--unit', 'min', '--momentary');
    expect(await refused.ended).toBe(1);
    expect(refused.err()).toMatch(/^Memory, Used is left out: .*$/m);
    expect(refused.out()).toMatch(/Uptime = [\d.]+ min/);
  });

  test('what one may not see, and what cannot be read, is said on standard error', async () => {
    const nowhere = read('aaaaaaaaaa');
    expect([await nowhere.ended, nowhere.out()]).toEqual([1, '']);
    expect(nowhere.err()).toContain('nothing at this address');
    const nobody = read(`nobody@${server.host}`);
    expect(await nobody.ended).toBe(1);
    expect(nobody.err()).toContain('no Thing of');
  });

  test.each([
    [['x', '--from', 'yesterday'], /yesterday/],
    [['x', '--unit', 'furlongs per fortnight'], /furlong/],
    [['x', '--type', 'sometimes'], /sometimes/],
    [['x', '--json', '--csv'], /csv/],
  ])('%j is refused before anything is asked', async (args, words) => {
    const refused = read(...args);
    expect(await refused.ended).toBe(2);
    expect(refused.err()).toMatch(words);
  });
});
