import type { Database } from 'better-sqlite3';

/** Rows that one step looks at: about three milliseconds' work. */
const STEP_ROWS = 2000;

/**
 * Goes through a whole table, however long, in steps between which others have their turn.
 *
 * @param rows `SELECT ... WHERE <key> > :after ORDER BY <key> LIMIT :rows`; further parameters are in `values`.
 * @param gather `SELECT max(<key>) AS last, ... FROM (rows)`, of the rows of one step.
 * @param from the key after which to begin: 0 for numbers, '' for texts.
 * @returns what `gather` says of each step, and after which key it began.
 */
export function inSteps<Row extends object, Key extends number | string>(
  db: Database,
  rows: string,
  gather: string,
  stepRows = STEP_ROWS,
): (from: Key, values?: object) => AsyncGenerator<Row & { readonly after: Key; readonly last: Key }> {
  const step = db.prepare<[object], Row & { readonly last: Key | null }>(`SELECT ${gather} FROM (${rows})`);
  return async function* (from, values = {}) {
    for (let after = from; ; ) {
      const row = step.get({ ...values, after, rows: stepRows });
      if (row === undefined || row.last === null) return;
      const { last } = row;
      yield { ...row, after, last };
      after = last;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
}
