import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { backUpToFile, checkDatabase, DatabaseFault, openSqliteStore } from '../../src/store/sqlite/index.js';
import { MIGRATIONS } from '../../src/store/sqlite/migrations/index.js';
import { ownedBy, ownershipId, put, reading, thing } from './contract/samples.js';

let folder: string;
let database: string;
let target: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-backup-'));
  [database, target] = [join(folder, 'thingstead.db'), join(folder, 'copies', 'copy.db')];
  mkdirSync(join(folder, 'copies'));
  const store = openSqliteStore({ file: database });
  for (let n = 1; n <= 200; n++) await put(store, thing(`t${n}@x`, { ownership: ownedBy('ann@x', `id${n}`) }));
  await store.readings.add([{ ownership: ownershipId('id1'), readings: [reading(1, '1'), reading(2, '2')] }]);
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { signal } = new AbortController();
const backUp = (file = target, force = false) => backUpToFile(database, file, { force, signal });

/** What it is refused with; nothing may be left of it. */
async function refusal(file = target, force = false): Promise<string> {
  const before = readdirSync(folder, { recursive: true });
  const words = await backUp(file, force).then(
    () => 'it was made',
    (error: unknown) => {
      expect(error).toBeInstanceOf(DatabaseFault);
      return String(error);
    },
  );
  expect(readdirSync(folder, { recursive: true })).toEqual(before);
  return words;
}

describe('a backup in a file of one’s choice', () => {
  it('is one file with nothing beside it, for its owner alone, and nothing is left beside the database', async () => {
    const before = readdirSync(folder).sort();
    expect(await backUp()).toEqual({
      file: target,
      bytes: statSync(target).size,
      schema: MIGRATIONS.length,
      things: 200,
      readings: 2,
    });
    expect([readdirSync(join(folder, 'copies')), statSync(target).mode & 0o777]).toEqual([['copy.db'], 0o600]);
    expect(readdirSync(folder).sort()).toEqual(before);
    expect([...checkDatabase(target)].filter(({ level }) => level !== 'ok')).toEqual([]);
  });

  it('has nothing of what was deleted', async () => {
    const store = openSqliteStore({ file: database });
    await put(store, thing('gone@x', { ownership: ownedBy('ann@x', 'gone') }));
    const texts = Array.from({ length: 500 }, (_, n) => reading(n, `MARKER-${n}`, { type: 'string', unit: '' }));
    await store.readings.add([{ ownership: ownershipId('gone'), readings: texts }]);
    await store.close();
    const db = new Sqlite(database);
    db.exec('DELETE FROM log_a WHERE ownership = 201; DELETE FROM log_b WHERE ownership = 201');
    db.close();
    expect(readFileSync(database).includes('MARKER-499'), 'the database has it still').toBe(true);
    await backUp();
    expect(readFileSync(target).includes('MARKER-')).toBe(false);
  });

  it('is of the database as it is while it is written, again and again', async () => {
    const store = openSqliteStore({ file: database });
    let n = 0;
    let isStopped = false;
    const writing = (async () => {
      while (!isStopped) {
        n += 1;
        await store.readings.add([{ ownership: ownershipId('id2'), readings: [reading(n, `${n}`)] }]);
      }
    })();
    for (let round = 0; round < 5; round++) {
      const acknowledged = n - 1;
      const { readings } = await backUp(target, true);
      expect(readings).toBeGreaterThanOrEqual(2 + acknowledged);
      expect(readings).toBeLessThanOrEqual(2 + n);
    }
    isStopped = true;
    await writing;
    await store.close();
  });

  it('is refused where it would take the place of something', async () => {
    expect(await refusal(database, true)).toContain('belongs to the database itself');
    expect(await refusal(`${database}.lock`, true)).toContain('belongs to the database itself');
    symlinkSync(database, join(folder, 'link.db'));
    expect(await refusal(join(folder, 'link.db'), true)).toContain('belongs to the database itself');
    expect(await refusal(join(folder, 'copies'), true)).toContain('is no file');
    writeFileSync(target, 'something else');
    expect(await refusal()).toContain('replace it with --force');
    await backUp(target, true);
  });

  it('is refused where it cannot be written', async () => {
    expect(await refusal(join(folder, 'nowhere', 'copy.db'))).toContain('its directory does not exist. Create it');
    expect(await refusal(join(database, 'copy.db'))).toContain('what should be its directory is none');
  });

  it('is refused of a database that is not there, or is damaged', async () => {
    const db = new Sqlite(database, { readonly: true });
    const page = Number(db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'thing'").pluck().get());
    db.close();
    const handle = openSync(database, 'r+');
    writeSync(handle, Buffer.alloc(4096, 0xab), 0, 4096, (page - 1) * 4096);
    closeSync(handle);
    expect(await refusal()).toContain('the database is damaged. Run thingstead check');
    rmSync(database);
    expect(await refusal()).toContain('does not exist');
  });

  it('that was broken off leaves nothing', async () => {
    const breaking = new AbortController();
    const before = readdirSync(folder, { recursive: true });
    const making = backUpToFile(database, target, { force: false, signal: breaking.signal });
    setImmediate(() => breaking.abort());
    await expect(making).rejects.toBeInstanceOf(DatabaseFault);
    expect(readdirSync(folder, { recursive: true })).toEqual(before);
  });
});
