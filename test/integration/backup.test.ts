import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/ejabberd/server.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { MIGRATIONS } from '../../src/store/sqlite/migrations/index.js';
import { ownershipId } from '../store/contract/samples.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import {
  type ComponentOptions,
  type ComponentProcess,
  run,
  settingsFor,
  startComponentProcess,
} from './harness/component-under-test.js';
import { rows } from './harness/database.js';
import { type Household, openHousehold, SENSOR_DATA } from './harness/sensors.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

// What fails is tried again with THINGSTEAD_BACKUP_SEED set to the number in its title.
const given = process.env['THINGSTEAD_BACKUP_SEED'];
const MOMENTS =
  given === undefined ? Array.from({ length: 3 }, () => 1 + Math.floor(Math.random() * 400)) : [Number(given)];

let compiled: Compiled;
let server: Server;
let component: ComponentProcess;
let folder: string;
beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
});
afterAll(async () => {
  await server.stop();
  compiled.remove();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-backup-'));
});
const homes: Household[] = [];
afterEach(async () => {
  for (const home of homes.splice(0)) await home.stop();
  await component?.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function started(options: ComponentOptions = {}): Promise<ComponentProcess> {
  component = await startComponentProcess(server, compiled, options);
  return component;
}

async function openHome(): Promise<Household> {
  const home = await openHousehold(server);
  homes.push(home);
  return home;
}

/** Runs a command on the data of the component, with its settings. */
async function thingstead(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const http = component.http.replace('http://', '');
  const settings = { ...settingsFor(server, component.database), THINGSTEAD_HTTP: http, ...env };
  const { child } = run(compiled.command, args, settings, folder);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.on('data', (text: Buffer) => {
    err += text;
  });
  await once(child, 'close');
  return { status: child.exitCode, out, err };
}

const message = (n: number) => `<message to='${server.domain}' id='m${n}' type='normal'>
  <fields xmlns='${SENSOR_DATA}' seqnr='${n}' done='true'><node nodeId=''>
  <timestamp value='${new Date(1_700_000_000_000 + n * 1000).toISOString()}'><int name='N' value='${n}' momentary='true' automaticReadout='true'/></timestamp>
  </node></fields><request xmlns='urn:xmpp:receipts'/></message>`;

/** Reports values, 20 at a time, until it is told to stop; `acknowledged` has those for which a receipt came. */
function keepReporting({ device }: Household) {
  const acknowledged: number[] = [];
  let isStopped = false;
  let next = 0;
  async function reporter(): Promise<void> {
    while (!isStopped) {
      const n = next++;
      device.send(message(n));
      const isReceipt = (id: unknown) => id === `m${n}`;
      await device.next((stanza) => isReceipt(stanza.getChild('received')?.attrs['id']));
      acknowledged.push(n);
    }
  }
  const reporters = Promise.all(Array.from({ length: 20 }, reporter));
  return {
    acknowledged,
    stop: () => {
      isStopped = true;
      return reporters;
    },
  };
}

/** The values of a Thing in a database that nobody uses. */
async function valuesIn(file: string, id: string): Promise<ReadonlySet<number>> {
  const store = openSqliteStore({ file });
  const values = new Set<number>();
  for (let page = await store.readings.history({ ownership: ownershipId(id) }, 5_000); ; ) {
    for (const { value } of page.readings) values.add(Number(value));
    if (page.next === undefined) break;
    page = await store.readings.history({ ownership: ownershipId(id) }, 5_000, page.next);
  }
  await store.close();
  return values;
}

describe('a backup', () => {
  it.each(MOMENTS)(
    'made under load has every reading that was acknowledged before it began (after %i)',
    { timeout: 60_000 },
    async (moment) => {
      await started({ settings: { THINGSTEAD_LIMITS: 'off' } });
      const home = await openHome();
      const reporting = keepReporting(home);
      await until(() => reporting.acknowledged.length >= moment, 'so many are acknowledged');
      const before = [...reporting.acknowledged];
      const made = await thingstead(['backup', 'copy.db', '--json']);
      const after = reporting.acknowledged.length;
      await reporting.stop();
      expect([made.status, made.err]).toEqual([0, '']);
      expect(after, 'the load went on').toBeGreaterThan(before.length);
      const file = join(folder, 'copy.db');
      const { bytes, things, readings, schema } = JSON.parse(made.out);
      expect([bytes, things, schema]).toEqual([statSync(file).size, 1, MIGRATIONS.length]);
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expect(readdirSync(folder)).toEqual(['copy.db']);
      const values = await valuesIn(file, home.id);
      expect(before.filter((n) => !values.has(n))).toEqual([]);
      expect(values.size).toBe(readings);
    },
  );

  it('has no KEY, no secret and no pepper in it', async () => {
    await started();
    await openHome();
    const number = /(\d+)/.exec(homes[0]?.device.bare ?? '')?.[1] ?? expect.fail();
    expect((await thingstead(['backup', 'copy.db', '--pepper', 'apart'])).status).toBe(0);
    const bytes = readFileSync(join(folder, 'copy.db'));
    expect(bytes.includes(number), 'its serial number is').toBe(true);
    expect(bytes.includes(`key-${number}`)).toBe(false);
    expect(bytes.includes(server.secret)).toBe(false);
    const pepper = readFileSync(`${component.database}.pepper`);
    expect(bytes.includes(pepper)).toBe(false);
    expect(readFileSync(join(folder, 'apart')).equals(pepper)).toBe(true);
    expect(statSync(join(folder, 'apart')).mode & 0o777).toBe(0o600);
  });

  it('replaces nothing but with --force, and says what goes with what', async () => {
    await started();
    const made = await thingstead(['backup', 'copy.db']);
    expect([made.status, made.err]).toEqual([0, '']);
    expect(made.out).toMatch(/copy\.db: \d+ bytes, 0 Things, 0 readings, schema \d+\.\nThe pepper is not in it/);
    const again = await thingstead(['backup', 'copy.db']);
    expect([again.status, again.out]).toEqual([1, '']);
    expect(again.err).toContain('or replace it with --force');
    expect((await thingstead(['backup', 'copy.db', '--force'])).status).toBe(0);
    expect(await thingstead(['backup', '--force'])).toMatchObject({ status: 2, out: '' });
    expect(await thingstead(['backup', 'copy.db', '--jid', 'a@b'])).toMatchObject({ status: 2, out: '' });
    expect(await thingstead(['backup', component.database, '--force'])).toMatchObject({ status: 1, out: '' });
    expect(await thingstead(['backup', 'nowhere/copy.db'])).toMatchObject({ status: 1, out: '' });
    expect(readdirSync(folder)).toEqual(['copy.db']);
  });
});

describe('a full disk', () => {
  it.skipIf(spawnSync('prlimit', ['--version']).status !== 0)(
    'is said, and nothing is left of the backup',
    async () => {
      await started();
      await component.stop();
      const args = ['--fsize=100000', process.execPath, compiled.command, 'backup', 'copy.db'];
      const env = settingsFor(server, component.database);
      const { status, stderr } = spawnSync('prlimit', args, {
        cwd: folder,
        env: { ...env, PATH: process.env['PATH'] },
        encoding: 'utf8',
      });
      expect([status, stderr]).toEqual([1, expect.stringContaining('the disk refuses it. See whether it is full')]);
      expect(readdirSync(folder)).toEqual([]);
    },
  );
});

describe('restoring', () => {
  it('is refused while the component runs, which notices nothing', async () => {
    await started();
    expect((await thingstead(['backup', 'copy.db'])).status).toBe(0);
    const files = readdirSync(dirname(component.database));
    const refused = await thingstead(['restore', 'copy.db']);
    expect([refused.status, refused.out]).toEqual([1, '']);
    expect(refused.err).toContain('in use by another process. Stop the other thingstead');
    expect(readdirSync(dirname(component.database))).toEqual(files);
    expect(await component.isReady()).toBe(true);
  });

  it('after a kill puts back what was, and keeps all that has come since aside', async () => {
    await started({ settings: { THINGSTEAD_LIMITS: 'off' } });
    const home = await openHome();
    const report = async (n: number) => {
      home.device.send(message(n));
      await home.device.next((stanza) => stanza.getChild('received')?.attrs['id'] === `m${n}`);
    };
    await report(1);
    expect((await thingstead(['backup', 'copy.db'])).status).toBe(0);
    await report(2);
    await component.kill();
    expect(existsSync(`${component.database}-wal`)).toBe(true);
    const restored = await thingstead(['restore', 'copy.db', '--json']);
    expect([restored.status, restored.err]).toEqual([0, '']);
    const { aside, ...done } = JSON.parse(restored.out);
    expect(done).toEqual({
      schema: MIGRATIONS.length,
      known: MIGRATIONS.length,
      things: 1,
      readings: 1,
      damage: [],
      isUnproven: false,
    });
    expect(readdirSync(dirname(component.database)).sort()).toEqual(
      ['', ...['', '-wal'].map((end) => `.before-${aside.split('.before-')[1]}${end}`), '.lock', '.pepper'].map(
        (end) => `thingstead.db${end}`,
      ),
    );
    expect(statSync(component.database).mode & 0o777).toBe(0o600);
    await component.restart();
    await report(3);
    await component.stop();
    expect(await valuesIn(component.database, home.id)).toEqual(new Set([1, 3]));
    expect(await valuesIn(aside, home.id)).toEqual(new Set([1, 2]));
  });
});

describe('the check', () => {
  const faults = (out: string) => out.split('\n').filter((line) => line.startsWith('FAULT'));

  it('of a component that runs finds nothing, changes nothing and does not disturb it', async () => {
    await started();
    await openHome();
    const file = component.database;
    const before = readdirSync(dirname(file));
    const checked = await thingstead(['check']);
    expect([checked.status, checked.err, faults(checked.out)]).toEqual([0, '', []]);
    expect(checked.out).toContain('ok       connection: the component runs, and is ready');
    // Where it cannot be asked, its lock is seen.
    const silent = await thingstead(['check', '--json'], { THINGSTEAD_HTTP: 'off', THINGSTEAD_SECRET: 'wrong' });
    expect(silent.status).toBe(0);
    expect(JSON.parse(silent.out).findings.at(-1)).toMatchObject({
      level: 'ok',
      about: 'connection',
      words: expect.stringContaining('the secret was not tried, as a component runs'),
    });
    expect(readdirSync(dirname(file))).toEqual(before);
    expect(await component.isReady()).toBe(true);
    expect(component.log.filter(({ level }) => level >= 40)).toEqual([]);
  });

  it('of one that does not run tries the connection, and tells a wrong secret, domain and port', async () => {
    await started();
    await component.stop();
    const checked = await thingstead(['check']);
    expect([checked.status, faults(checked.out)]).toEqual([0, []]);
    expect(checked.out).toContain(`lets it in as ${server.domain}`);
    const wrong = { THINGSTEAD_SECRET: 'TOP-SECRET' };
    for (const [env, words] of [
      [wrong, 'refused'],
      [{ THINGSTEAD_DOMAIN: `other.${server.host}` }, `"other.${server.host}"`],
      [{ THINGSTEAD_SERVICE: `xmpp://127.0.0.1:${await freePort()}` }, 'nothing listens'],
      [{ THINGSTEAD_SERVICE: `xmpp://${server.address}:${server.c2sPort}` }, 'no port for components'],
    ] as const) {
      const found = await thingstead(['check'], env);
      expect([found.status, faults(found.out).length], found.out).toEqual([1, 1]);
      expect(faults(found.out)[0]).toContain(words);
      expect(found.out + found.err).not.toContain('TOP-SECRET');
    }
    const untried = await thingstead(['check', '--no-join'], wrong);
    expect([untried.status, faults(untried.out)]).toEqual([0, []]);
    expect(untried.out).toContain('the secret was not tried, as was asked');
  });

  it('refuses files of secrets that others may read, and names all that is wrong with the settings', async () => {
    await started();
    await component.stop();
    const secret = join(folder, 'secret');
    writeFileSync(secret, server.secret, { mode: 0o640 });
    chmodSync(secret, 0o640);
    const files = { THINGSTEAD_SECRET: '', THINGSTEAD_SECRET_FILE: secret };
    const open = await thingstead(['check'], { ...files, THINGSTEAD_LOG_LEVEL: 'loud' });
    expect(open.status).toBe(1);
    expect(faults(open.out)).toEqual([
      expect.stringContaining('others may read it; chmod it to 600'),
      expect.stringContaining('logLevel: "loud"'),
    ]);
    chmodSync(secret, 0o600);
    expect((await thingstead(['check'], files)).status).toBe(0);

    const config = join(folder, 'thingstead.yml');
    writeFileSync(config, `secret: ${server.secret}\n`, { mode: 0o644 });
    const settings = await thingstead(['check'], { THINGSTEAD_SECRET: '' });
    expect(faults(settings.out)).toEqual([
      expect.stringMatching(
        /settings: secret: it stands in the settings file, which others may read; chmod that to 600/,
      ),
    ]);
    rmSync(config);

    for (const [part, about] of [
      ['.pepper', 'pepper'],
      ['', 'database'],
    ] as const) {
      chmodSync(component.database + part, 0o644);
      const found = await thingstead(['check']);
      expect([found.status, faults(found.out)]).toEqual([
        1,
        [expect.stringMatching(new RegExp(`${about}: .*chmod 600`))],
      ]);
      chmodSync(component.database + part, 0o600);
    }
    expect((await thingstead(['check'])).status).toBe(0);
  });
});

describe('a database of a newer program', () => {
  it('is refused by name by serve, backup, restore and check, each saying what to do', async () => {
    await started();
    expect((await thingstead(['backup', 'copy.db'])).status).toBe(0);
    await component.stop();
    const age = (file: string) => {
      const db = new Sqlite(file);
      db.pragma('user_version = 1000');
      db.close();
    };
    age(component.database);
    copyFileSync(component.database, join(folder, 'newer.db'));
    const words = (file: string) =>
      `${basename(file)} was written by a newer thingstead (schema 1000, this program knows ${MIGRATIONS.length}). Run the newer program, or restore a backup from before the upgrade.`;
    const served = await thingstead(['serve']);
    expect([served.status, served.out]).toEqual([2, '']);
    expect(served.err).toContain(words(component.database));
    const backup = await thingstead(['backup', 'other.db']);
    expect([backup.status, backup.out, backup.err]).toEqual([1, '', `${words(component.database)}\n`]);
    const check = await thingstead(['check', '--no-join']);
    expect(check.status).toBe(1);
    expect(check.out).toContain(`FAULT    database: ${words(component.database)}`);
    expect(rows(component.database, 'PRAGMA user_version')).toEqual([{ user_version: 1000 }]);
    // A backup from before is what helps.
    expect((await thingstead(['restore', 'copy.db'])).status).toBe(0);
    const restored = await thingstead(['restore', 'newer.db']);
    expect([restored.status, restored.out, restored.err]).toEqual([1, '', `${words('newer.db')}\n`]);
    expect((await thingstead(['check'])).status).toBe(0);
  });
});
