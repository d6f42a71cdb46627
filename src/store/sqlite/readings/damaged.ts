import type { Database } from 'better-sqlite3';

/** What cannot be read any more. */
export interface Damaged {
  /** The table that it was in. */
  readonly origin: 'chunk' | 'open_chunk' | 'log_a' | 'log_b';
  /** A series, or of the log an ownership. */
  readonly owner: number;
  /** How many readings it had, where that is known. */
  readonly count?: number;
  readonly body: Buffer;
  readonly why: string;
}

/** Keeps what is damaged, and says so: the rest is served. To be called inside a transaction. */
export type SetAside = (damaged: Damaged) => void;

/** @param onDamage is told in words for the log of the component. */
export function setAside(db: Database, now: () => number, onDamage: (words: string) => void): SetAside {
  const insert = db.prepare<Omit<Damaged, 'count'> & { count: number | null; found: number }>(
    'INSERT INTO damaged (origin, owner, count, body, found, why) VALUES (:origin, :owner, :count, :body, :found, :why)',
  );
  return (damaged) => {
    const { origin, owner, count = null, why } = damaged;
    insert.run({ ...damaged, count, found: now() });
    const [what, whose] = origin.startsWith('log') ? ['a row', 'ownership'] : ['a chunk', 'series'];
    const lost = count === null ? 'its readings' : `its ${count} readings`;
    onDamage(
      `${what} of the table ${origin} (${whose} ${owner}) cannot be read: ${why}. It was set aside in the table damaged, ` +
        `and ${lost} are not served. Check the disk, and restore a backup if you need them.`,
    );
  };
}
