import {
  appendFileSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '../../src/domain/ports.js';
import { backUpToFile, DatabaseFault, openSqliteStore, restoreFrom } from '../../src/store/sqlite/index.js';
import { MIGRATIONS } from '../../src/store/sqlite/migrations/index.js';
import { address, ownedBy, ownershipId, put, reading, str, thing } from './contract/samples.js';
import { type Children, compileChildren, ended } from './run-child.js';

const OWNERSHIP = ownershipId('id1');
const NOW = Date.UTC(2026, 11, 1, 12);
const ASIDE = '.before-2026-12-01T12-00-00-000Z';
const { signal } = new AbortController();

/** A backup of 40 Things and 9,100 readings, of which 100 are not sealed. */
let good: Buffer;
let directory: string;
let children: Children;
beforeAll(async () => {
  children = compileChildren();
  directory = mkdtempSync(join(tmpdir(), 'thingstead-good-'));
  const store = openSqliteStore({ file: join(directory, 'good.db') });
  await fill(store, 40, 9_000);
  await store.overview.counts(); // all is sealed then
  await store.readings.add([{ ownership: OWNERSHIP, readings: readingsFrom(9_000, 100) }]);
  await backUpToFile(join(directory, 'good.db'), join(directory, 'backup.db'), { force: false, signal });
  good = readFileSync(join(directory, 'backup.db'));
  await store.close();
});
afterAll(() => {
  children.remove();
  rmSync(directory, { recursive: true, force: true });
});

let folder: string;
let backup: string;
let database: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-restore-'));
  [backup, database] = [join(folder, 'backup.db'), join(folder, 'data', 'thingstead.db')];
  mkdirSync(join(folder, 'data'));
  writeFileSync(backup, good);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const readingsFrom = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => reading((from + n) * 60_000 + (n % 7), `${(n * 37) % 101}.5`));

async function fill(store: Store, things: number, readings: number): Promise<void> {
  for (let n = 1; n <= things; n++) {
    const ownership = ownedBy('ann@x', `id${n}`, { isPublic: n % 2 === 0, sharedWith: ['*'] });
    await put(store, thing(`t${n}@x`, { tags: [str('SN', `${n}`), str('NAME', 'Boiler')], ownership }));
  }
  await store.readings.add([{ ownership: OWNERSHIP, readings: readingsFrom(0, readings) }]);
}

const restored = () => restoreFrom(backup, database, { now: NOW, signal });

/** What it is refused with; the database and all beside it have to be as they were. */
async function refusal(): Promise<string> {
  const before = filesOf();
  const words = await restored().then(
    () => 'it was restored',
    (error: unknown) => {
      expect(error).toBeInstanceOf(DatabaseFault);
      return String(error);
    },
  );
  expect(filesOf()).toEqual(before);
  return words;
}

function filesOf(): Readonly<Record<string, string>> {
  const data = join(folder, 'data');
  const names = readdirSync(data).filter((name) => !name.endsWith('.lock'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(data, name)).toString('base64')]));
}

/** A database that was in use until its process died: with a log beside it. */
async function present(jid: string): Promise<void> {
  const store = openSqliteStore({ file: `${database}.other` });
  await put(store, thing(jid));
  for (const part of ['', '-wal', '-shm']) copyFileSync(`${database}.other${part}`, database + part);
  await store.close();
  for (const name of readdirSync(join(folder, 'data'))) if (name.includes('.other')) rmSync(join(folder, 'data', name));
}

async function isThere(file: string, jid: string): Promise<boolean> {
  const store = openSqliteStore({ file });
  const found = await store.things.at(address(jid));
  await store.close();
  return found !== undefined;
}

describe('restoring a backup', () => {
  it('gives all that was in it, where there was no database before', async () => {
    expect(await restored()).toEqual({
      schema: MIGRATIONS.length,
      known: MIGRATIONS.length,
      things: 40,
      readings: 9_100,
      damage: [],
      isUnproven: false,
    });
    expect(readdirSync(join(folder, 'data')).sort()).toEqual(['thingstead.db', 'thingstead.db.lock']);
    expect(statSync(database).mode & 0o777).toBe(0o600);
    const store = openSqliteStore({ file: database });
    const { readings } = await store.readings.history({ ownership: OWNERSHIP }, 10_000);
    expect(readings).toEqual([...readingsFrom(0, 9_000), ...readingsFrom(9_000, 100)]);
    expect((await store.overview.counts()).readings).toBe(9_100);
    await store.close();
  });

  it('keeps what was there aside, what was in its log included', async () => {
    await present('now@x');
    expect((await restored()).aside).toBe(`${database}${ASIDE}`);
    expect(readdirSync(join(folder, 'data')).sort()).toEqual(
      ['', ASIDE, `${ASIDE}-wal`, '.lock'].map((end) => `thingstead.db${end}`).sort(),
    );
    expect([await isThere(database, 't1@x'), await isThere(database, 'now@x')]).toEqual([true, false]);
    expect([await isThere(`${database}${ASIDE}`, 't1@x'), await isThere(`${database}${ASIDE}`, 'now@x')]).toEqual([
      false,
      true,
    ]);
  });

  it('keeps a database aside that is damaged, with its log, of which nothing gets into the new one', async () => {
    await present('now@x');
    writeFileSync(database, 'no database any more. '.repeat(500));
    const beside = ['-wal', '-journal'];
    for (const part of beside) writeFileSync(database + part, `and no ${part} any more. `.repeat(500));
    await restored();
    for (const part of beside) {
      expect(existsSync(database + part)).toBe(false);
      expect(readFileSync(`${database}${ASIDE}${part}`, 'utf8')).toContain(`and no ${part} any more`);
    }
    expect(readFileSync(`${database}${ASIDE}`, 'utf8')).toContain('no database any more');
    expect(await isThere(database, 't1@x')).toBe(true);
  });

  it('follows a link to the database', async () => {
    await present('now@x');
    const link = join(folder, 'link.db');
    symlinkSync(database, link);
    const done = await restoreFrom(backup, link, { now: NOW, signal });
    expect(done.aside).toBe(`${database}${ASIDE}`);
    expect(await isThere(link, 't1@x')).toBe(true);
    expect(readFileSync(link).equals(readFileSync(database))).toBe(true);
  });

  it('is refused while a component uses the database, or another program has it open', async () => {
    const store = openSqliteStore({ file: database });
    await put(store, thing('now@x'));
    expect(await refusal()).toContain('in use by another process. Stop the other thingstead');
    await store.close();
    const other = new Sqlite(database);
    other.pragma('journal_mode = WAL');
    other.prepare('SELECT * FROM thing').all();
    expect(await refusal()).toContain('is open in another program. Close it');
    other.close();
    await restored();
    expect(await isThere(`${database}${ASIDE}`, 'now@x')).toBe(true);
  });

  it('is refused for what is no backup, in words', async () => {
    await present('now@x');
    const tries: readonly (readonly [() => void, string])[] = [
      [() => writeFileSync(backup, ''), 'there is nothing in it'],
      [() => writeFileSync(backup, 'text, and no database at all. '.repeat(100)), 'is not a database'],
      [() => rmSync(backup), 'There is no file'],
      [() => mkdirSync(backup), 'is no file'],
      [() => rmSync(backup, { recursive: true }), 'There is no file'],
      [() => new Sqlite(backup).exec('CREATE TABLE theirs (x)').close(), 'not one of thingstead'],
    ];
    for (const [make, words] of tries) {
      make();
      expect(await refusal()).toContain(words);
    }
    backup = database;
    expect(await refusal()).toContain('is the database itself');
  });

  it.skipIf(process.getuid?.() !== 0)('by root leaves the database to whose it was', async () => {
    await present('now@x');
    chownSync(database, 65_534, 65_533);
    await restored();
    for (const part of ['', '.lock', ASIDE]) {
      const { uid, gid } = statSync(database + part);
      expect([part, uid, gid]).toEqual([part, 65_534, 65_533]);
    }
  });

  it('begins anew where it was killed, and breaks off when it is told to, leaving nothing behind', async () => {
    await present('now@x');
    const aborted = AbortSignal.abort();
    await expect(restoreFrom(backup, database, { now: NOW, signal: aborted })).rejects.toBeInstanceOf(DatabaseFault);
    expect(readdirSync(join(folder, 'data')).filter((name) => name.includes('restoring'))).toEqual([]);
    writeFileSync(`${database}.restoring`, 'left by one that was killed');
    await restored();
    expect(await isThere(database, 't1@x')).toBe(true);
  });
});

/** Some twenty processes, one after the other. */
const PATIENT = { timeout: 120_000 };

describe('what is killed, at whichever step', () => {
  it(
    'while it backs up has written nothing under the name but the whole, and leaves nothing to the next',
    PATIENT,
    async () => {
      const target = join(folder, 'copy.db');
      await atEachStep('back-up', target, () => {
        if (existsSync(target)) expect(readFileSync(target).length).toBe(good.length);
        rmSync(target, { force: true });
      });
      // The last was not killed.
      expect(readdirSync(folder).sort()).toEqual(['backup.db', 'copy.db', 'data']);
    },
  );

  it('while it restores has lost nothing: what was is there, or is kept aside', PATIENT, async () => {
    await present('now@x');
    const restoredAt: boolean[] = [];
    await atEachStep('restore', database, async () => {
      const isOld = await isThere(database, 'now@x');
      restoredAt.push(!isOld);
      expect(await isThere(database, 't1@x')).toBe(!isOld);
      const [kept] = readdirSync(join(folder, 'data')).filter((name) => name.endsWith('Z'));
      if (!isOld) expect(await isThere(join(folder, 'data', kept ?? ''), 'now@x')).toBe(true);
      rmSync(join(folder, 'data'), { recursive: true });
      mkdirSync(join(folder, 'data'));
      await present('now@x');
    });
    expect(new Set(restoredAt), 'some were killed before, and some after').toEqual(new Set([false, true]));
  });
});

/** Has it killed before its first step, its second, and so on, and looks at what is left of each. */
async function atEachStep(what: string, to: string, look: () => void | Promise<void>): Promise<void> {
  for (let step = 1; step < 100; step++) {
    const { code } = await ended(children.start('die-at-step', [what, backup, to, String(step)]));
    if (code === 0) {
      expect(step).toBeGreaterThan(3);
      return;
    }
    await look();
  }
}

describe('a backup that is not what it was', () => {
  it('is refused, whichever bit of it is another', async () => {
    await present('now@x');
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length * 8 - 1), async (bit) => {
        const bytes = Buffer.from(good);
        const at = Math.floor(bit / 8);
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << (bit % 8)), at);
        writeFileSync(backup, bytes);
        expect(await refusal()).toMatch(/checksum is wrong|is damaged|no database/);
      }),
      { numRuns: 150 },
    );
  });

  it('is refused, wherever it is cut short', async () => {
    await present('now@x');
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 4_096), async (length) => {
        writeFileSync(backup, good);
        truncateSync(backup, length);
        expect(await refusal()).toMatch(/checksum is wrong|cut short|nothing in it|is not whole/);
      }),
      { numRuns: 40 },
    );
  });

  it('is refused where something was added to it', async () => {
    appendFileSync(backup, good.subarray(-100));
    expect(await refusal()).toContain('checksum is wrong');
  });

  it('is taken without a checksum, which is said, unless its readings are damaged', async () => {
    const bare = good.subarray(0, Math.floor(good.length / 4096) * 4096);
    writeFileSync(backup, bare);
    expect(await restored()).toMatchObject({ isUnproven: true, things: 40, readings: 9_100 });
    for (const [table, byte] of [
      ['chunk', 500],
      ['open_chunk', 20],
    ] as const) {
      writeFileSync(backup, bare);
      damageBody(backup, table, byte);
      expect(await refusal()).toMatch(new RegExp(`${table} \\d+ \\(series 1, .*checksum is wrong`));
    }
  });

  it('but was damaged when it was made is taken, and what cannot be read is said', async () => {
    const source = join(folder, 'source.db');
    writeFileSync(source, good);
    damageBody(source, 'chunk', 500);
    rmSync(backup);
    await backUpToFile(source, backup, { force: false, signal });
    const { damage, isUnproven, things } = await restored();
    expect([damage.length, isUnproven, things]).toEqual([1, false, 40]);
    expect(damage[0]).toContain('checksum is wrong');
  });
});

/** Changes a byte of the first body of a table. */
function damageBody(file: string, table: 'chunk' | 'open_chunk', byte: number): void {
  const db = new Sqlite(file);
  const row = db.prepare<[], { body: Buffer }>(`SELECT body FROM ${table} LIMIT 1`).get() ?? expect.fail();
  row.body.writeUInt8(row.body.readUInt8(byte) ^ 4, byte);
  db.prepare(`UPDATE ${table} SET body = ? WHERE rowid = (SELECT rowid FROM ${table} LIMIT 1)`).run(row.body);
  db.close();
}
