import type { Database } from 'better-sqlite3';

/** It is noted to the hour (ms): a Thing that reports every second does not cost a write each time. */
const OFTEN_ENOUGH_MS = 60 * 60 * 1000;

/**
 * Notes of an ownership that its Thing was heard, unless that is known well enough; to be called inside a transaction.
 *
 * @returns `before` is the time that is noted already; whether another was noted. All in ms since 1970.
 */
export function noteHeard(db: Database): (ownership: number, before: number, at: number) => boolean {
  const note = db.prepare<[number, number]>('UPDATE ownership SET heard = ?, told_silent = 0 WHERE key = ?');
  return (ownership, before, at) => {
    // A clock that was put back shows a time before the one noted.
    const isNews = Math.abs(at - before) >= OFTEN_ENOUGH_MS;
    if (isNews) note.run(at, ownership);
    return isNews;
  };
}
