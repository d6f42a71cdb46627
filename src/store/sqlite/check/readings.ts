import type { Database } from 'better-sqlite3';
import { decodeChunk, type StoredReading } from '../readings/chunk-codec.js';
import { decodeOpen } from '../readings/chunk-store.js';
import { decodeRow } from '../readings/log-row.js';
import { LOG_TABLES } from '../readings/log-table.js';
import { type Fault, wordsOf } from './fault.js';

interface Row {
  readonly key: number;
  readonly body: Buffer;
}

interface ChunkRow extends Row {
  readonly series: number;
  readonly firstMs: number;
  /** Of a full chunk nothing says it but its readings. */
  readonly lastMs: number | null;
  readonly count: number;
}

const CHUNKS = {
  chunk: {
    rows: 'SELECT key, series, first_ms AS firstMs, NULL AS lastMs, count, body FROM chunk ORDER BY series, first_ms',
    decode: decodeChunk,
  },
  open_chunk: {
    rows: 'SELECT series AS key, series, first_ms AS firstMs, last_ms AS lastMs, count, body FROM open_chunk ORDER BY series',
    decode: decodeOpen,
  },
} as const;

/** What a series has by its chunks. */
interface Sealed {
  readings: number;
  lastMs: number;
}

/** Chunks that cannot be decoded, have other readings than they should, or more or fewer than their series knows of. */
export function* chunkFaults(db: Database): Generator<Fault> {
  const sealed = new Map<number, Sealed>();
  const manners = mannersOf(db);
  for (const [table, { rows, decode }] of Object.entries(CHUNKS)) {
    for (const row of db.prepare<[], ChunkRow>(rows).iterate()) {
      const of = sealed.get(row.series) ?? { readings: 0, lastMs: Number.NEGATIVE_INFINITY };
      sealed.set(row.series, of);
      const words = faultOf(row, of, decode, manners);
      of.readings += row.count;
      if (words !== undefined)
        yield { words: `${table} ${row.key} (series ${row.series}, ${row.count} readings): ${words}` };
    }
  }
  yield* miscounted(db, sealed);
}

function faultOf(
  { body, firstMs, lastMs, count }: ChunkRow,
  before: Sealed,
  decode: (body: Buffer) => readonly StoredReading[],
  manners: ReadonlySet<number>,
): string | undefined {
  try {
    const readings = decode(body);
    const [first, last] = [readings[0]?.ms, readings.at(-1)?.ms];
    if (readings.length !== count) return `it has ${readings.length} readings`;
    if (first !== firstMs || (lastMs !== null && last !== lastMs)) return 'its readings are of another time';
    if (first <= before.lastMs || readings.some(({ ms }, n) => n > 0 && ms <= (readings[n - 1]?.ms ?? ms)))
      return 'its readings are out of order';
    if (readings.some(({ manner }) => !manners.has(manner))) return 'how its readings were reported is not known';
    before.lastMs = last ?? firstMs;
    return undefined;
  } catch (error) {
    return wordsOf(error);
  }
}

function mannersOf(db: Database): ReadonlySet<number> {
  return new Set(db.prepare<[], number>('SELECT key FROM manner').pluck().all());
}

/** Rows that an older program left are counted already, and are moved at the next start. */
function* miscounted(db: Database, sealed: ReadonlyMap<number, Sealed>): Generator<Fault> {
  const hasRows = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'reading'").get() !== undefined;
  const rows = hasRows ? '(SELECT count(*) FROM reading WHERE reading.series = series.key)' : '0';
  const all = db.prepare<[], { key: number; readings: number; rows: number }>(
    `SELECT key, readings, ${rows} AS rows FROM series`,
  );
  for (const { key, readings, rows } of all.iterate()) {
    const found = (sealed.get(key)?.readings ?? 0) + rows;
    if (found !== readings) yield { words: `series ${key} should have ${readings} readings and has ${found}` };
  }
}

/** Rows of the log that cannot be decoded, or are of series that are not there. */
export function* logFaults(db: Database): Generator<Fault> {
  const series = db.prepare<[number], number>('SELECT 1 FROM series WHERE key = ?').pluck();
  const known = new Set<number>();
  const isThere = (key: number): boolean => {
    if (!known.has(key) && series.get(key) !== undefined) known.add(key);
    return known.has(key);
  };
  for (const name of LOG_TABLES) {
    for (const { key, body } of db.prepare<[], Row>(`SELECT key, body FROM log_${name} ORDER BY key`).iterate()) {
      const words = rowFault(body, isThere);
      if (words !== undefined) yield { words: `log_${name} ${key}: ${words}` };
    }
  }
  const state = db.prepare<[], { active: string }>('SELECT active FROM log_state').all();
  if (state.length !== 1 || !LOG_TABLES.some((name) => name === state[0]?.active)) {
    yield { words: 'the table log_state does not say which part of the log is written' };
  }
}

function rowFault(body: Buffer, isThere: (series: number) => boolean): string | undefined {
  try {
    const lost = decodeRow(body).find(({ series }) => !isThere(series));
    return lost && `it is of series ${lost.series}, which is not there`;
  } catch (error) {
    return wordsOf(error);
  }
}
