import type { Database } from 'better-sqlite3';
import type { Limit, Retention } from '../../domain/retention.js';
import { deleteReadings } from './delete-readings.js';
import { ageOf } from './retention-store.js';

interface SeriesRow {
  readonly key: number;
  readonly readings: number;
  /** Of the Thing, as in the table `retention`. */
  readonly age: number | null;
  readonly count: number | null;
}

/** What a step did. */
export interface Step {
  /** Series looked at and readings deleted. */
  readonly rows: number;
  /** Whether there are series that have not been looked at since the sweep began. */
  readonly more: boolean;
}

/**
 * Deletes readings that are past keeping (Retention in the domain), series by series in a sweep that goes on where the step
 * before it ended: the oldest of one series are neighbours, so that a step costs what it deletes, however much there is.
 *
 * @param generally what holds now for Things that have no limits of their own.
 * @returns a step of at most so many rows; to be called inside a transaction.
 */
export function expireReadings(db: Database, generally: () => Retention, now: () => number): (most: number) => Step {
  const isLimited = db.prepare('SELECT 1 FROM retention LIMIT 1');
  const seriesAfter = db.prepare<[number, number], SeriesRow>(
    `SELECT s.key, s.readings, r.age, r.count
       FROM series s CROSS JOIN node n ON n.key = s.node LEFT JOIN retention r ON r.ownership = n.ownership
      WHERE s.key > ? ORDER BY s.key LIMIT ?`,
  );
  const remove = deleteReadings(db);
  let swept = 0;

  /** @returns how many were deleted, which is less than `most` only if no more are past keeping. */
  function expire({ key, readings, age, count }: SeriesRow, most: number, general: Retention): number {
    const oldest = now() - limitOf(age, ageOf(general.days));
    const surplus = readings - limitOf(count, general.count);
    const all = { series: key, from: Number.MIN_SAFE_INTEGER, until: Number.MAX_SAFE_INTEGER };
    const deleted = remove(all, Math.min(most, surplus));
    if (oldest === Number.NEGATIVE_INFINITY) return deleted;
    return deleted + remove({ ...all, until: oldest - 1 }, most - deleted);
  }

  return (most) => {
    if (most <= 0) return { rows: 0, more: true };
    const general = generally();
    const hasGeneral = typeof general.days === 'number' || typeof general.count === 'number';
    const series = hasGeneral || isLimited.get() !== undefined ? seriesAfter.all(swept, most) : [];
    let rows = 0;
    for (const each of series) {
      rows += 1 + expire(each, most - rows, general);
      // It may have more: the next step begins with it again.
      if (rows > most) return { rows, more: true };
      swept = each.key;
      if (rows === most) return { rows, more: true };
    }
    swept = 0;
    return { rows, more: false };
  };
}

/** Of a Thing, or else of all; Infinity: none. */
function limitOf(own: number | null, general: Limit | undefined): number {
  if (own !== null) return own < 0 ? Number.POSITIVE_INFINITY : own;
  return typeof general === 'number' ? general : Number.POSITIVE_INFINITY;
}
