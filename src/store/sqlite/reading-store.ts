import type { Database } from 'better-sqlite3';
import type { ReadingStore } from '../../domain/ports.js';
import { type NodeName, type OwnedReadings, type Reading, trustOf } from '../../domain/reading.js';
import type { OwnershipId } from '../../domain/thing.js';
import type { GroupCommit } from './group-commit.js';
import { historyOf } from './history.js';
import { joinHistories } from './join-histories.js';
import { mannerToText } from './manner.js';
import { noteHeard } from './note-heard.js';

export function readingStore(db: Database, commit: GroupCommit, now: () => number): ReadingStore {
  const add = addReadings(db, now);
  const history = historyOf(db);
  const { rowsToJoin } = joinHistories(db);
  const nodes = db.prepare<[string], NodeName>(
    `SELECT n.node_id AS nodeId, n.source_id AS sourceId, n.cache_type AS cacheType
       FROM ownership o JOIN node n ON n.ownership = o.key WHERE o.id = ? AND o.ended IS NULL ORDER BY n.key`,
  );
  const fieldNames = db
    .prepare<[string, number], string>(
      `SELECT DISTINCT s.name FROM ownership o JOIN node n ON n.ownership = o.key JOIN series s ON s.node = n.key
        WHERE o.id = ? AND o.ended IS NULL AND s.readings > 0 ORDER BY s.name LIMIT ?`,
    )
    .pluck();
  return {
    add: (items) => commit.run(() => items.map(add)),
    async history(query, limit, after) {
      // Whoever goes through a long history lets others have their turn in between.
      if (after !== undefined) await new Promise((resolve) => setImmediate(resolve));
      return history(query, limit, after);
    },
    rowsToJoin: async (joining) => rowsToJoin(joining),
    nodes: async (ownership: OwnershipId) => nodes.all(ownership),
    fieldNames: async (ownership, limit) => fieldNames.all(ownership, limit),
  };
}

/** @returns whether there is such an ownership; to be called inside a transaction. */
function addReadings(db: Database, now: () => number): (item: OwnedReadings) => boolean {
  const present = db.prepare<[string], { readonly key: number; readonly heard: number; readonly erasing: number }>(
    `SELECT key, heard, EXISTS (SELECT 1 FROM erasure e WHERE e.ownership = ownership.key) AS erasing
       FROM ownership WHERE id = ? AND ended IS NULL`,
  );
  const node = keyed(db, 'node', ['ownership', 'node_id', 'source_id', 'cache_type']);
  const series = keyed(db, 'series', ['node', 'name', 'type', 'unit']);
  const manner = keyed(db, 'manner', ['ownership', 'text'], ['trust']);
  const put = putInto(db, 'reading');
  // What is to be erased there is what was there before: what comes now must not go with it.
  const putAside = putInto(db, 'late_reading');
  const isErased = db.prepare<[number, number]>(
    'SELECT 1 FROM erasure WHERE series = ? AND ? BETWEEN from_ms AND until_ms LIMIT 1',
  );
  const hear = noteHeard(db);
  const count = db.prepare<[number, number]>('UPDATE series SET readings = readings + ? WHERE key = ?');

  function addOne(ownership: number, isErasing: boolean, reading: Reading, added: Map<number, number>): void {
    const { nodeId, sourceId, cacheType } = reading.node;
    const nodeKey = node([ownership, nodeId, sourceId, cacheType]);
    const seriesKey = series([nodeKey, reading.name, reading.type, reading.unit]);
    const trust = trustOf(reading.qualities);
    const mannerKey = manner([ownership, mannerToText(reading)], [trust]);
    const { ms } = reading.at;
    const row = { series: seriesKey, ms, value: reading.value, manner: mannerKey, trust };
    if (isErasing && isErased.get(seriesKey, ms) !== undefined) putAside(row);
    else if (put(row)) added.set(seriesKey, (added.get(seriesKey) ?? 0) + 1);
  }

  return ({ ownership, readings }) => {
    const found = present.get(ownership);
    if (found === undefined) return false;
    const { key, heard, erasing } = found;
    const added = new Map<number, number>();
    for (const reading of readings) addOne(key, erasing === 1, reading, added);
    hear(key, heard, now());
    for (const [each, more] of added) count.run(more, each);
    return true;
  };
}

interface Row {
  readonly series: number;
  readonly ms: number;
  readonly value: string;
  readonly manner: number;
  /** That of the manner. */
  readonly trust: number;
}

/** @returns how to put a reading into a table: whether there was none with its key. */
function putInto(db: Database, table: 'reading' | 'late_reading'): (row: Row) => boolean {
  const insert = db.prepare(
    `INSERT INTO ${table} (series, ms, value, manner) VALUES (?, ?, ?, ?) ON CONFLICT (series, ms) DO NOTHING`,
  );
  // More trust replaces less, and at equal trust the later arrival; what is there already is not written again.
  const replace = db.prepare<[Row]>(
    `UPDATE ${table} SET value = @value, manner = @manner
      WHERE series = @series AND ms = @ms AND (value, manner) <> (@value, @manner)
        AND (SELECT trust FROM manner WHERE key = ${table}.manner) <= @trust`,
  );
  return (row) => {
    const isNew = insert.run(row.series, row.ms, row.value, row.manner).changes > 0;
    if (!isNew) replace.run(row);
    return isNew;
  };
}

/** Looks a row up by what makes it unique, and adds it where there is none. */
function keyed(db: Database, table: string, unique: readonly string[], others: readonly string[] = []) {
  type Values = readonly (string | number)[];
  const columns = [...unique, ...others];
  const condition = unique.map((column) => `${column} = ?`).join(' AND ');
  const find = db.prepare<unknown[], number>(`SELECT key FROM ${table} WHERE ${condition}`).pluck();
  const insert = db.prepare<unknown[]>(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
  );
  return (values: Values, rest: Values = []): number =>
    find.get(...values) ?? Number(insert.run(...values, ...rest).lastInsertRowid);
}
