import type { Database } from 'better-sqlite3';
import type { SetAside } from './damaged.js';
import { DamagedRow, decodeRow, type LoggedReading } from './log-row.js';

export const LOG_TABLES = ['a', 'b'] as const;
export type LogName = (typeof LOG_TABLES)[number];

/** A row, but for its body. */
export interface LogRow {
  readonly key: number;
  readonly ownership: number;
  /** Bytes of the body. */
  readonly length: number;
}

/** So many rows that cannot be read are remembered as told of. */
const MOST_TOLD = 1_000;

/**
 * One of the two tables of the log. What cannot be read has no readings, which is said once; whoever takes it sets it
 * aside.
 *
 * @param onDamage is told in words for the log of the component.
 */
export function logTable(db: Database, name: LogName, setAside: SetAside, onDamage: (words: string) => void) {
  const table = `log_${name}` as const;
  const add = db.prepare<[number, Buffer]>(`INSERT INTO ${table} (ownership, body) VALUES (?, ?)`);
  const get = db.prepare<[number], Buffer>(`SELECT body FROM ${table} WHERE key = ?`).pluck();
  const remove = db.prepare<[number]>(`DELETE FROM ${table} WHERE key = ?`);
  const empty = db.prepare(`DELETE FROM ${table}`);
  const all = db.prepare<[], LogRow>(`SELECT key, ownership, length(body) AS length FROM ${table} ORDER BY key`);

  const told = new Set<number>();

  function tellOnce(owner: number, key: number, why: string): void {
    if (told.has(key) || told.size >= MOST_TOLD) return;
    told.add(key);
    onDamage(
      `a row of the table ${table} (ownership ${owner}) cannot be read: ${why}. Its readings are not served, and it will ` +
        'be set aside. Check the disk, and restore a backup if you need them.',
    );
  }

  function readOne(owner: number, key: number, isTaken: boolean): readonly LoggedReading[] {
    const body = get.get(key);
    if (body === undefined) return [];
    try {
      return decodeRow(body);
    } catch (error) {
      if (!(error instanceof DamagedRow)) throw error;
      if (isTaken) setAside({ origin: table, owner, body, why: error.message });
      else tellOnce(owner, key, error.message);
      return [];
    }
  }

  return {
    all: (): Iterable<LogRow> => all.iterate(),
    add: (ownership: number, body: Buffer): number => Number(add.run(ownership, body).lastInsertRowid),
    read: (ownership: number, keys: readonly number[]): readonly LoggedReading[] =>
      keys.flatMap((key) => readOne(ownership, key, false)),
    /** @returns what is in the first rows, with about so many readings; `rows` is how many rows these are. */
    take(ownership: number, keys: readonly number[], most: number) {
      const readings: LoggedReading[] = [];
      let rows = 0;
      for (const key of keys) {
        if (readings.length >= most) break;
        for (const reading of readOne(ownership, key, true)) readings.push(reading);
        rows += 1;
      }
      return { readings, rows };
    },
    remove(keys: readonly number[]): void {
      for (const key of keys) remove.run(key);
    },
    empty(): void {
      empty.run();
      told.clear(); // its keys are given out again
    },
  };
}
