import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { backUpToFile, checkDatabase, openSqliteStore, restoreFrom } from '../../src/store/sqlite/index.js';
import { MIGRATIONS } from '../../src/store/sqlite/migrations/index.js';
import { ownershipId } from './contract/samples.js';
import { expected, NOW, type Shown, shown } from './fixtures/contents.js';
import { type Children, compileChildren, ended } from './run-child.js';

const VERSIONS = MIGRATIONS.map((_, index) => index + 1);
const { signal } = new AbortController();

let children: Children;
beforeAll(() => {
  children = compileChildren();
});
afterAll(() => children.remove());

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-migrations-'));
  file = join(folder, 'thingstead.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function fixture(version: number): string {
  const path = new URL(`fixtures/schema-${version}.sql`, import.meta.url);
  return existsSync(path) ? readFileSync(path, 'utf8') : expect.fail(`${path} is missing: add one for each schema`);
}

function make(version: number): void {
  const db = new Sqlite(file);
  db.pragma('auto_vacuum = INCREMENTAL');
  db.exec(fixture(version));
  db.close();
}

function pragma(name: string): unknown {
  const db = new Sqlite(file, { readonly: true });
  try {
    return db.pragma(name, { simple: true });
  } finally {
    db.close();
  }
}

/** What a store shows when it has opened the file, and so has brought it to the present schema. */
async function migrated(path = file): Promise<Shown> {
  const store = openSqliteStore({ file: path, now: () => NOW });
  try {
    return await shown(store);
  } finally {
    await store.close();
  }
}

const faults = () => [...checkDatabase(file)].filter(({ level }) => level === 'fault');

describe.each(VERSIONS)('a database of schema %i', (version) => {
  it('is as its migrations make it, and nothing is wrong with it', () => {
    make(version);
    expect(pragma('user_version')).toBe(version);
    expect(faults()).toEqual([]);
  });

  it('has after it was migrated all that it had before', async () => {
    make(version);
    expect(await migrated()).toEqual(expected(version));
    expect(pragma('user_version')).toBe(MIGRATIONS.length);
    expect(faults()).toEqual([]);
    expect(await migrated(), 'again').toEqual(expected(version));
  });

  it('is backed up as it is, and restored, and migrated then', async () => {
    make(version);
    const backup = join(folder, 'backup.db');
    const made = await backUpToFile(file, backup, { force: false, signal });
    const [things, , , , , readings] = expected(version)['counts'] as number[];
    expect(made).toMatchObject({ schema: version, things, readings });
    rmSync(file);
    const restored = await restoreFrom(backup, file, { now: NOW, signal });
    expect(restored).toMatchObject({ schema: version, known: MIGRATIONS.length, things, readings, damage: [] });
    expect(pragma('user_version')).toBe(version);
    expect(await migrated()).toEqual(expected(version));
  });

  it.skipIf(version === 1)('is what the schema before it was, where the process that migrated was killed', async () => {
    make(version - 1);
    const child = children.start('die-migrating', [file, String(version)]);
    const { lines } = await ended(child);
    expect([child.signalCode, lines]).toEqual(['SIGKILL', []]);
    const left = join(folder, 'left.db');
    for (const part of ['', '-wal']) if (existsSync(file + part)) copyFileSync(file + part, left + part);
    expect(pragma('user_version')).toBe(version - 1);
    expect(faults()).toEqual([]);
    expect(await migrated(left), 'and the next start does it again').toEqual(expected(version - 1));
  });
});

describe('what was begun before a migration', () => {
  it('goes on after it: an erasure ends, and what waited for it takes its place', async () => {
    make(6);
    const store = openSqliteStore({ file, now: () => NOW });
    while (await store.purge(100));
    const { readings } = await store.readings.history({ ownership: ownershipId('bcdefghijk') }, 9);
    expect(readings.map(({ value }) => value)).toEqual(['true', 'true']);
    await store.close();
    expect(faults()).toEqual([]);
  });
});
