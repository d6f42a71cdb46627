import type { Database } from 'better-sqlite3';
import { DatabaseFault } from '../database-fault.js';
import type { StoredReading } from './chunk-codec.js';
import type { KeptReadings } from './kept-readings.js';

/** Rows that are moved in one transaction. */
const STEP_ROWS = 10_000;
/** It is said after each so many how far it is. */
const SAY_ROWS = 1_000_000;

/**
 * Moves readings that an older program left in the table `reading`, a row each, into chunks, and drops the table. Each step
 * is a transaction: what is cut short goes on at the next start. What was written is read again and compared before its rows go.
 *
 * @throws DatabaseFault where it differs: then the rows of that step are as they were.
 */
export function moveRows(db: Database, kept: KeptReadings, say: (words: string) => void): void {
  const isThere = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'reading'");
  if (isThere.get() === undefined) return;
  const nextSeries = db.prepare<[], number>('SELECT series FROM reading LIMIT 1').pluck();
  const rowsOf = db.prepare<[number, number], StoredReading>(
    'SELECT ms, value, manner FROM reading WHERE series = ? ORDER BY ms LIMIT ?',
  );
  const remove = db.prepare<[number, number]>('DELETE FROM reading WHERE series = ? AND ms <= ?');
  const deduct = db.prepare<[number, number]>('UPDATE series SET readings = readings - ? WHERE key = ?');

  const step = db.transaction((): number => {
    const series = nextSeries.get();
    if (series === undefined) return 0;
    const rows = rowsOf.all(series, STEP_ROWS);
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return 0;
    kept.chunks.merge(series, rows, kept.replaces);
    const written = [...kept.chunks.read({ series, from: first.ms, until: last.ms }, false)];
    if (!isSame(rows, written)) {
      throw new DatabaseFault(
        `The readings of series ${series} could not be moved: they would differ afterwards. The database is as it was ` +
          'before that step; go on with the older version, and report this.',
      );
    }
    remove.run(series, last.ms);
    deduct.run(rows.length, series); // they were counted already
    return rows.length;
  });

  let moved = 0;
  for (let rows = step.immediate(); rows > 0; rows = step.immediate()) {
    if (moved === 0) say('readings of an older version are being moved, which may take a while and can be interrupted');
    if (Math.floor((moved + rows) / SAY_ROWS) > Math.floor(moved / SAY_ROWS)) say(`${moved + rows} readings moved`);
    moved += rows;
  }
  db.exec('DROP TABLE reading');
  if (moved > 0) say(`all ${moved} readings are moved`);
}

function isSame(one: readonly StoredReading[], other: readonly StoredReading[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ ms, value, manner }, n) => {
      const same = other[n];
      return same?.ms === ms && same.value === value && same.manner === manner;
    })
  );
}
