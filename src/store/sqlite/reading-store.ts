import type { Database } from 'better-sqlite3';
import type { ReadingStore } from '../../domain/ports.js';
import { type NodeName, type OwnedReadings, type Reading, trustOf } from '../../domain/reading.js';
import type { OwnershipId } from '../../domain/thing.js';
import type { GroupCommit } from './group-commit.js';
import { historyOf } from './history.js';
import { joinHistories } from './join-histories.js';
import { mannerToText } from './manner.js';

export function readingStore(db: Database, commit: GroupCommit): ReadingStore {
  const add = addReadings(db);
  const history = historyOf(db);
  const { rowsToJoin } = joinHistories(db);
  const nodes = db.prepare<[string], NodeName>(
    `SELECT n.node_id AS nodeId, n.source_id AS sourceId, n.cache_type AS cacheType
       FROM ownership o JOIN node n ON n.ownership = o.key WHERE o.id = ? AND o.ended IS NULL ORDER BY n.key`,
  );
  const fieldNames = db
    .prepare<[string, number], string>(
      `SELECT DISTINCT s.name FROM ownership o JOIN node n ON n.ownership = o.key JOIN series s ON s.node = n.key
        WHERE o.id = ? AND o.ended IS NULL ORDER BY s.name LIMIT ?`,
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
function addReadings(db: Database): (item: OwnedReadings) => boolean {
  const present = db.prepare<[string], number>('SELECT key FROM ownership WHERE id = ? AND ended IS NULL').pluck();
  const node = keyed(db, 'node', ['ownership', 'node_id', 'source_id', 'cache_type']);
  const series = keyed(db, 'series', ['node', 'name', 'type', 'unit']);
  const manner = keyed(db, 'manner', ['ownership', 'text'], ['trust']);
  const insert = db.prepare(
    'INSERT INTO reading (series, ms, value, manner) VALUES (?, ?, ?, ?) ON CONFLICT (series, ms) DO NOTHING',
  );
  // More trust replaces less, and at equal trust the later arrival; what is there already is not written again.
  const replace = db.prepare(
    `UPDATE reading SET value = @value, manner = @manner
      WHERE series = @series AND ms = @ms AND (value, manner) <> (@value, @manner)
        AND (SELECT trust FROM manner WHERE key = reading.manner) <= @trust`,
  );
  const count = db.prepare<[number, number]>('UPDATE series SET readings = readings + ? WHERE key = ?');

  function addOne(ownership: number, reading: Reading, added: Map<number, number>): void {
    const { nodeId, sourceId, cacheType } = reading.node;
    const nodeKey = node([ownership, nodeId, sourceId, cacheType]);
    const seriesKey = series([nodeKey, reading.name, reading.type, reading.unit]);
    const trust = trustOf(reading.qualities);
    const mannerKey = manner([ownership, mannerToText(reading)], [trust]);
    const { value, at } = reading;
    if (insert.run(seriesKey, at.ms, value, mannerKey).changes > 0) {
      added.set(seriesKey, (added.get(seriesKey) ?? 0) + 1);
    } else {
      replace.run({ series: seriesKey, ms: at.ms, value, manner: mannerKey, trust });
    }
  }

  return ({ ownership, readings }) => {
    const key = present.get(ownership);
    if (key === undefined) return false;
    const added = new Map<number, number>();
    for (const reading of readings) addOne(key, reading, added);
    for (const [each, more] of added) count.run(more, each);
    return true;
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
