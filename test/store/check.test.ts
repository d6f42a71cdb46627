import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/domain/finding.js';
import { checkDatabase, openSqliteStore } from '../../src/store/sqlite/index.js';
import { migrate } from '../../src/store/sqlite/migrate.js';
import { MIGRATIONS } from '../../src/store/sqlite/migrations/index.js';
import { full, num, ownedBy, ownershipId, put, reading, str, thing } from './contract/samples.js';
import { compileChildren, ended } from './run-child.js';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-check-'));
  file = join(folder, 'thingstead.db');
  const store = openSqliteStore({ file });
  for (let n = 1; n <= 20; n++) {
    const tags = [str('SN', `${n}`), num('LAT', `59.${n}`), num('LON', '18.07')];
    await put(store, thing(`t${n}@x`, { tags, ownership: ownedBy('ann@x', `id${n}`, { isPublic: n > 1 }) }));
  }
  const readings = (from: number, count: number) =>
    Array.from({ length: count }, (_, n) => reading((from + n) * 60_000 + (n % 7), `${(n * 37) % 101}.5`));
  await store.readings.add([{ ownership: ownershipId('id1'), readings: readings(0, 9_000) }]);
  await store.overview.counts();
  await store.readings.add([{ ownership: ownershipId('id1'), readings: readings(9_000, 50) }]);
  await store.audit.append({ at: 1, actor: full('a@b/c'), action: 'x', subject: 's', outcome: 'o' });
  await store.close();
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const found = (): readonly Finding[] => [...checkDatabase(file)];
const faults = (): readonly Finding[] => found().filter(({ level }) => level === 'fault');

function change(sql: string): void {
  const db = new Sqlite(file);
  db.pragma('foreign_keys = OFF');
  db.unsafeMode(true);
  db.pragma('writable_schema = ON');
  db.exec(sql);
  db.close();
}

/** SQL that changes one byte of a body, the given share of it from its beginning. */
const flipped = (table: string, key: string, share: number) => `
  UPDATE ${table} SET body = cast(substr(body, 1, length(body) * ${share}) || x'fe' ||
    substr(body, cast(length(body) * ${share} AS INTEGER) + 2) AS BLOB) WHERE ${key}`;

describe('the check of a database', () => {
  it('finds nothing where nothing is wrong, and changes nothing', () => {
    const before = state();
    expect(found()).toEqual([
      { level: 'ok', about: 'database', words: `schema ${MIGRATIONS.length}, that of this program` },
      ...['pages', 'references', 'schema', 'texts', 'search', 'chunks', 'log'].map((about) => ({
        level: 'ok',
        about,
        words: expect.any(String),
      })),
      { level: 'ok', about: 'contents', words: '20 Things and 9050 readings' },
      { level: 'ok', about: 'set aside', words: 'nothing' },
    ]);
    expect(state()).toEqual(before);
  });

  it('sees what was at one moment of a database in use', async () => {
    const store = openSqliteStore({ file });
    const going = checkDatabase(file);
    expect(going.next().value).toMatchObject({ level: 'ok', about: 'database' });
    for (let n = 0; n < 50; n++) await put(store, thing(`new${n}@x`, { ownership: ownedBy('ann@x', `new${n}`) }));
    const rest = [...going];
    expect(rest.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(rest.find(({ about }) => about === 'contents')?.words).toBe('20 Things and 9050 readings');
    await store.close();
  });

  it.each<[string, string, string, RegExp, RegExp?]>([
    ['a chunk byte', flipped('chunk', 'key = 2', 0.5), 'chunks', /^chunk 2 \(series 1, \d+ readings\): .*checksum/],
    ['a byte of the open chunk', flipped('open_chunk', '1', 0.5), 'chunks', /^open_chunk 1 .*checksum/],
    ['an open chunk cut short', "UPDATE open_chunk SET body = x'0000'", 'chunks', /parts are not as long/],
    [
      'a chunk that is gone',
      'DELETE FROM chunk WHERE key = 2',
      'chunks',
      /^series 1 should have 9000 readings and has/,
    ],
    [
      'a chunk in the place of another',
      'UPDATE chunk SET body = (SELECT body FROM chunk WHERE key = 1), count = (SELECT count FROM chunk WHERE key = 1) WHERE key = 2',
      'chunks',
      /another time/,
    ],
    ['a wrong count', 'UPDATE chunk SET count = count - 1 WHERE key = 2', 'chunks', /it has \d+ readings/],
    ['a manner that is gone', 'DELETE FROM manner', 'chunks', /reported is not known/],
    [
      'a row of the log',
      "UPDATE log_a SET body = x'01ffffff'; UPDATE log_b SET body = x'01ffffff'",
      'log',
      /^log_[ab] \d+: a row that ends in the middle/,
    ],
    [
      'a row of the log of another version',
      "UPDATE log_a SET body = x'63'; UPDATE log_b SET body = x'63'",
      'log',
      /a row of version 99/,
    ],
    ['the state of the log', 'DELETE FROM log_state', 'log', /log_state/],
    [
      'a missing index',
      'DROP INDEX thing_public',
      'schema',
      /^the index thing_public is missing/,
      /run in sqlite3: CREATE INDEX thing_public ON thing \(id\) WHERE visibility = 1;$/,
    ],
    ['a missing trigger', 'DROP TRIGGER audit_kept', 'schema', /^the trigger audit_kept is missing/, /CREATE TRIGGER/],
    [
      'another trigger',
      'DROP TRIGGER audit_kept; CREATE TRIGGER audit_kept BEFORE DELETE ON audit BEGIN SELECT 1; END',
      'schema',
      /^the trigger audit_kept is not what it should be/,
    ],
    ['a missing table', 'DROP TABLE blocked', 'schema', /^the table blocked is missing/],
    ['a table of others', 'CREATE TABLE theirs (x)', 'schema', /^the table theirs is none of thingstead/],
    [
      'a row that is referred to',
      'DELETE FROM ownership WHERE key = 2',
      'references',
      /1 rows of the table thing refer to rows of ownership/,
    ],
    [
      'tags that are no JSON',
      "UPDATE thing SET tags = '[[' WHERE id = 1",
      'texts',
      /^the tags of Thing 1 cannot be read$/,
    ],
    ['a manner that is no JSON', "UPDATE manner SET text = '?'", 'texts', /^the manner 1 cannot be read$/],
    [
      'a tag that is not searched',
      "DELETE FROM tag_str WHERE thing = 2 AND name = 'SN'",
      'search',
      /^Thing 2 is searched by other tags/,
    ],
    ['a tag of a private Thing', "INSERT INTO tag_str VALUES (1, 'SN', '1')", 'search', /1 rows of the table tag_str/],
    [
      'a place that is another',
      'UPDATE place SET lat_min = 1, lat_max = 2 WHERE thing = 2',
      'search',
      /^Thing 2 is searched/,
    ],
  ])('finds %s, and says what to do', (_name, sql, about, words, todo = /[A-Z].*\./) => {
    change(sql);
    const all = faults();
    expect(all).toContainEqual({
      level: 'fault',
      about,
      words: expect.stringMatching(words),
      todo: expect.stringMatching(todo),
    });
  });

  it('finds an index that does not have what its table has', () => {
    change(`UPDATE sqlite_schema SET sql = 'CREATE INDEX ownership_owner ON ownership (id) WHERE ended IS NULL'
             WHERE name = 'ownership_owner'`);
    expect(faults().map(({ about }) => about)).toEqual(expect.arrayContaining(['pages', 'schema']));
  });

  it('finds a page that is overwritten, wherever it is, or says that the file cannot be read', () => {
    const good = readFileSync(file);
    const db = new Sqlite(file, { readonly: true });
    const rootOf = (name: string) =>
      Number(db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').pluck().get(name));
    const pages = [1, ...['thing', 'ownership', 'chunk_place', 'tag_str', 'chunk', 'audit'].map(rootOf)];
    db.close();
    for (const page of pages) {
      const handle = openSync(file, 'r+');
      writeSync(handle, Buffer.alloc(4096, 0xab), 0, 4096, (page - 1) * 4096);
      closeSync(handle);
      const [first] = faults();
      expect(first, `page ${page}`).toBeDefined();
      expect(`${first?.words} ${first?.todo ?? ''}`).toMatch(/[Rr]estore a backup|no SQLite database/);
      writeFileSync(file, good);
    }
    expect(faults()).toEqual([]);
  });

  it('says five of a kind, and how many more', () => {
    change('UPDATE tag_str SET value = value || 1');
    const said = faults().map(({ words }) => words);
    expect([said.length, said.at(-1)]).toEqual([6, 'and 14 more of this kind']);
  });

  it('warns of what was set aside', () => {
    change(`INSERT INTO damaged (origin, owner, count, body, found, why) VALUES ('chunk', 1, 7, x'00', 0, 'x')`);
    expect(found().filter(({ level }) => level !== 'ok')).toEqual([
      {
        level: 'warning',
        about: 'set aside',
        words: '1 of the table chunk with 7 readings at least, the last found damaged at 1970-01-01T00:00:00.000Z',
        todo: expect.stringContaining('Check the disk'),
      },
    ]);
  });

  it('warns of a schema that the next start changes, and has nothing against it', () => {
    for (const version of [1, 2, 3, 4, 5, 6, 7]) {
      file = join(folder, `${version}.db`);
      const db = new Sqlite(file);
      migrate(db, MIGRATIONS.slice(0, version));
      db.close();
      expect(found().filter(({ level }) => level !== 'ok')).toEqual([
        {
          level: 'warning',
          about: 'database',
          words: `schema ${version}; this program brings it to ${MIGRATIONS.length} at the next start`,
          todo: expect.stringContaining('Make a backup before'),
        },
      ]);
    }
  });

  it('refuses what is no database of ours, or of a newer program', () => {
    change('PRAGMA user_version = 1000');
    expect(found()).toEqual([
      {
        level: 'fault',
        about: 'database',
        words: expect.stringContaining('written by a newer thingstead (schema 1000'),
      },
    ]);
    writeFileSync(file, 'no database, but long enough to be read as one. '.repeat(50));
    expect(found()).toEqual([
      { level: 'fault', about: 'database', words: expect.stringContaining('it is no SQLite database') },
    ]);
    file = join(folder, 'none.db');
    expect(found()).toEqual([{ level: 'fault', about: 'database', words: expect.stringContaining('does not exist') }]);
  });

  it.skipIf(process.getuid?.() !== 0)('works for who may only read it, also what is in its log', async () => {
    const store = openSqliteStore({ file });
    await put(store, thing('late@x'));
    const dead = join(folder, 'dead.db');
    for (const part of ['', '-wal']) copyFileSync(file + part, dead + part);
    await store.close();
    chmodSync(folder, 0o555);
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o444);
    const before = readdirSync(folder);
    const children = compileChildren();
    try {
      const { lines } = await ended(children.start('check-as-nobody', [file, dead]));
      expect(lines).toEqual(['may not write', '21 Things and 9050 readings', '21 Things and 9050 readings']);
    } finally {
      children.remove();
    }
    expect(readdirSync(folder)).toEqual(before);
  });
});

/** The names and a digest of all that is beside the database. */
function state(): readonly string[] {
  return readdirSync(folder).map((name) => {
    const digest = createHash('sha256').update(readFileSync(join(folder, name)));
    return `${name} ${statSync(join(folder, name)).mtimeMs} ${digest.digest('hex')}`;
  });
}
