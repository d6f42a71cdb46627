import type { Database } from 'better-sqlite3';
import type { Fault } from './fault.js';

/** So many are enough to see how bad it is. */
const MOST = 20;

/** What SQLite finds of pages, rows that are out of order, and indexes that do not have what their tables have. */
export function* pageFaults(db: Database): Generator<Fault> {
  const found = db.prepare<[], string>(`PRAGMA integrity_check(${MOST})`).pluck().all();
  for (const words of found) if (words !== 'ok') yield { words };
}

/** Rows that refer to others which are not there. */
export function* referenceFaults(db: Database): Generator<Fault> {
  const counted = db.prepare<[], { table: string; parent: string; rows: number }>(
    'SELECT "table", parent, count(*) AS rows FROM pragma_foreign_key_check GROUP BY 1, 2',
  );
  for (const { table, parent, rows } of counted.all()) {
    yield { words: `${rows} rows of the table ${table} refer to rows of ${parent} that are not there` };
  }
}
