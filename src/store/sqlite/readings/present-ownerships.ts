import type { Database } from 'better-sqlite3';
import { type Reading, trustOf } from '../../../domain/reading.js';
import { mannerKey, mannerToText } from '../manner.js';

/** So many ownerships that have reported lately are remembered. */
const MOST = 5_000;

/** A present ownership, and the keys of what it has reported before. */
export interface PresentOwnership {
  readonly key: number;
  /** When it was last noted that something was heard of it, in ms since 1970. */
  heard: number;
  /** Whether readings of it are being erased. */
  readonly isErasing: boolean;
  /** Of the series and the manner of a reading; they are added where they are new. To be called inside a transaction. */
  seriesOf(reading: Reading): number;
  mannerOf(reading: Reading): number;
}

interface Row {
  readonly key: number;
  readonly heard: number;
  readonly erasing: number;
}

/** Looks ownerships up by their ids, and remembers them: a device that reports every minute reports the same every time. */
export function presentOwnerships(db: Database) {
  const find = db.prepare<[string], Row>(
    `SELECT key, heard, EXISTS (SELECT 1 FROM erasure e WHERE e.ownership = ownership.key) AS erasing
       FROM ownership WHERE id = ? AND ended IS NULL`,
  );
  const node = keyed(db, 'node', ['ownership', 'node_id', 'source_id', 'cache_type']);
  const series = keyed(db, 'series', ['node', 'name', 'type', 'unit']);
  const manner = keyed(db, 'manner', ['ownership', 'text'], ['trust']);
  const known = new Map<string, PresentOwnership>();

  function load(id: string): PresentOwnership | undefined {
    const row = find.get(id);
    if (row === undefined) return undefined;
    const { key, heard, erasing } = row;
    const ownership: PresentOwnership = {
      key,
      heard,
      isErasing: erasing === 1,
      seriesOf: remembered(seriesName, ({ node: { nodeId, sourceId, cacheType }, name, type, unit }) =>
        series([node([key, nodeId, sourceId, cacheType]), name, type, unit]),
      ),
      mannerOf: remembered(mannerKey, (reading) => manner([key, mannerToText(reading)], [trustOf(reading.qualities)])),
    };
    const [oldest] = known.keys();
    if (known.size >= MOST && oldest !== undefined) known.delete(oldest);
    known.set(id, ownership);
    return ownership;
  }

  return {
    get: (id: string): PresentOwnership | undefined => known.get(id) ?? load(id),
    forget: (): void => known.clear(),
  };
}

function seriesName({ node: { nodeId, sourceId, cacheType }, name, type, unit }: Reading): string {
  return `${name}\0${unit}\0${type}\0${nodeId}\0${sourceId}\0${cacheType}`;
}

/** So many series, or manners, of one ownership are remembered. */
const MOST_OF_ONE = 1_000;

function remembered(nameOf: (reading: Reading) => string, find: (reading: Reading) => number) {
  const keys = new Map<string, number>();
  return (reading: Reading): number => {
    const name = nameOf(reading);
    const known = keys.get(name);
    if (known !== undefined) return known;
    const key = find(reading);
    if (keys.size >= MOST_OF_ONE) keys.clear();
    keys.set(name, key);
    return key;
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
