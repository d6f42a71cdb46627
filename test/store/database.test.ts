import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DatabaseFault, openSqliteStore } from '../../src/store/sqlite/index.js';
import { migrate } from '../../src/store/sqlite/migrate.js';
import { MIGRATIONS } from '../../src/store/sqlite/migrations/index.js';
import { address, bare, ownedBy, ownershipId, put, reading, thing } from './contract/samples.js';
import { compileChildren, ended } from './run-child.js';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'thingstead-'));
  file = join(directory, 'thingstead.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** What opening it throws. */
function faultOf(path: string): string {
  try {
    openSqliteStore({ file: path });
  } catch (error) {
    expect(error).toBeInstanceOf(DatabaseFault);
    return String(error);
  }
  return 'none';
}

describe('the database file', () => {
  it('keeps everything from one process to the next, readable by its owner alone', async () => {
    const first = openSqliteStore({ file });
    const owned = thing('t@x', { ownership: ownedBy('ann@x', 'id1', { sharedWith: ['*'] }) });
    await put(first, owned);
    await first.readings.add([{ ownership: ownershipId('id1'), readings: [reading(1, '10.00')] }]);
    await first.close();
    const second = openSqliteStore({ file });
    expect(await second.things.at(address('t@x'))).toEqual(owned);
    expect(await second.readings.history({ ownership: ownershipId('id1') }, 9)).toEqual({
      readings: [reading(1, '10.00')],
    });
    await second.close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is one process: a second is refused by name, and taken when the first has closed', async () => {
    const first = openSqliteStore({ file });
    expect(faultOf(file)).toContain('in use by another process');
    await first.close();
    await openSqliteStore({ file }).close();
  });

  it('may be looked into by others meanwhile', async () => {
    const store = openSqliteStore({ file });
    await put(store, thing('t@x'));
    const other = new Sqlite(file, { readonly: true });
    expect(other.prepare('SELECT jid FROM thing').pluck().all()).toEqual(['t@x']);
    other.close();
    await store.close();
  });

  it('shrinks when readings are past keeping, in small steps', async () => {
    const store = openSqliteStore({ file, retention: { count: 10 }, now: () => 1e9 });
    await put(store, thing('t@x', { ownership: ownedBy('ann@x', 'id1') }));
    const text = { type: 'string', unit: '' } as const;
    const readings = Array.from({ length: 5_000 }, (_, ms) => reading(ms, `${ms}`.repeat(300), text));
    await store.readings.add([{ ownership: ownershipId('id1'), readings }]);
    const pages = () => {
      const db = new Sqlite(file, { readonly: true });
      const [count, free] = ['page_count', 'freelist_count'].map((name) => Number(db.pragma(name, { simple: true })));
      db.close();
      return { count: count ?? 0, free: free ?? 0 };
    };
    const before = pages();
    let least = before.count;
    while (await store.purge(1_000)) {
      const { count } = pages();
      expect(least - count).toBeLessThanOrEqual(110);
      least = count;
    }
    const after = pages();
    expect(after.free).toBe(0);
    expect(after.count).toBeLessThan(before.count / 4);
    await store.close();
    expect(statSync(file).size).toBeLessThan((before.count * 4096) / 4);
  });

  it('is refused in words where it cannot be used', () => {
    expect(faultOf(join(directory, 'nowhere', 'a.db'))).toContain('does not exist. Create it');
    mkdirSync(join(directory, 'folder'));
    expect(faultOf(join(directory, 'folder'))).toContain('it is a directory');
    writeFileSync(join(directory, 'text.db'), 'no database, but long enough to be read as one. '.repeat(50));
    expect(faultOf(join(directory, 'text.db'))).toContain('it is no SQLite database');
    const other = new Sqlite(join(directory, 'other.db'));
    other.exec('CREATE TABLE theirs (id INTEGER)');
    other.close();
    expect(faultOf(join(directory, 'other.db'))).toContain('not one of thingstead');
  });

  it.skipIf(process.getuid?.() === 0)('is refused in words where it may not be written', () => {
    writeFileSync(file, '');
    chmodSync(file, 0o400);
    expect(faultOf(file)).toContain('this user may not write it');
    chmodSync(file, 0o600);
    chmodSync(directory, 0o500);
    expect(faultOf(file)).toContain('this user may not write it');
    chmodSync(directory, 0o700);
  });

  it.skipIf(!hasPrlimit())(
    'that has no more room refuses writes, says so, and takes them again when there is',
    async () => {
      const children = compileChildren();
      try {
        const { lines, code } = await ended(children.start('full-disk', [file]));
        expect(lines).toEqual([
          'before: written',
          'full: StoreUnavailable StoreUnavailable',
          'accepts: false',
          'reads: true false',
          'accepts: true',
          'room: written',
        ]);
        expect(code).toBe(0);
      } finally {
        children.remove();
      }
      const store = openSqliteStore({ file });
      const there = await Promise.all(['a@x', 'b@x', 'c@x', 'd@x'].map((jid) => store.things.isThing(bare(jid))));
      expect(there).toEqual([true, false, false, true]);
      await store.close();
    },
  );
});

describe('migrations', () => {
  it('refuse a database of a newer program by name, and leave it as it was', async () => {
    await openSqliteStore({ file }).close();
    const db = new Sqlite(file);
    db.pragma('user_version = 1000');
    db.close();
    expect(faultOf(file)).toContain(
      `thingstead.db was written by a newer thingstead (schema 1000, this program knows ${MIGRATIONS.length})`,
    );
    const after = new Sqlite(file);
    expect(after.pragma('user_version', { simple: true })).toBe(1000);
    after.close();
  });

  it('that fail half-way leave the database as it was before that step', () => {
    const db = new Sqlite(file);
    migrate(db, ['CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)']);
    const broken = ['', 'UPDATE a SET x = 2; CREATE TABLE b (x INTEGER); CREATE TABLE b (x INTEGER)'];
    expect(() => migrate(db, broken)).toThrow(
      /could not be brought to schema 2: table b already exists.*It is as it was before/,
    );
    expect(db.prepare('SELECT x FROM a').pluck().all()).toEqual([1]);
    expect(db.prepare("SELECT count(*) FROM sqlite_schema WHERE name = 'b'").pluck().get()).toBe(0);
    expect(db.pragma('user_version', { simple: true })).toBe(1);
    migrate(db, ['', 'UPDATE a SET x = 3']);
    expect(db.prepare('SELECT x FROM a').pluck().all()).toEqual([3]);
    expect(db.pragma('user_version', { simple: true })).toBe(2);
    db.close();
  });
});

function hasPrlimit(): boolean {
  return spawnSync('prlimit', ['--version']).status === 0;
}
