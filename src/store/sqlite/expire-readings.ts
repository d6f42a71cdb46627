import type { Database } from 'better-sqlite3';
import type { Limit, Retention } from '../../domain/retention.js';
import type { KeptReadings } from './readings/kept-readings.js';
import { ageOf } from './retention-store.js';

interface SeriesRow {
  readonly key: number;
  readonly ownership: number;
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
export function expireReadings(
  db: Database,
  kept: KeptReadings,
  generally: () => Retention,
  now: () => number,
): (most: number) => Step {
  const isLimited = db.prepare('SELECT 1 FROM retention LIMIT 1');
  const seriesAfter = db.prepare<[number, number], SeriesRow>(
    `SELECT s.key, n.ownership, s.readings, r.age, r.count
       FROM series s CROSS JOIN node n ON n.key = s.node LEFT JOIN retention r ON r.ownership = n.ownership
      WHERE s.key > ? ORDER BY s.key LIMIT ?`,
  );
  const readingsOf = db.prepare<[number], number>('SELECT readings FROM series WHERE key = ?').pluck();
  let swept = 0;

  /** Whether so much is past keeping that it is worth writing what stays with it again. */
  function isWorthwhile(series: number, surplus: number, before: number): boolean {
    const oldest = kept.chunks.oldest(series);
    if (oldest === undefined) return false;
    const { firstMs, endMs, count } = oldest;
    const past = Math.max(surplus, before <= firstMs ? 0 : count * Math.min(1, (before - firstMs) / (endMs - firstMs)));
    return past > 0 && past >= leewayOf(count);
  }

  /** Deletes at most so many. `isDone`: no more are past keeping, or few; `rows` is what it cost. */
  function expire(series: SeriesRow, most: number, general: Retention): { isDone: boolean; rows: number } {
    const { key, ownership, age, count } = series;
    const before = now() - limitOf(age, ageOf(general.days));
    const allowed = limitOf(count, general.count);
    const unsealed = kept.log.extentOf(ownership);
    const isExceeded = series.readings + unsealed.readings > allowed + leewayOf(allowed) || unsealed.oldestMs < before;
    const mustSeal = isExceeded && unsealed.readings > 0;
    if (mustSeal) kept.seal(ownership);
    const cost = mustSeal ? ROWS_TO_SEAL : 0;
    const surplus = (mustSeal ? (readingsOf.get(key) ?? 0) : series.readings) - allowed;
    if (!isWorthwhile(key, surplus, before)) return { isDone: true, rows: cost };
    const all = { series: key, from: Number.MIN_SAFE_INTEGER, until: before - 1 };
    const ofSurplus = kept.chunks.remove({ ...all, until: Number.MAX_SAFE_INTEGER }, Math.min(most, surplus));
    const deleted = ofSurplus + kept.chunks.remove(all, most - ofSurplus);
    return { isDone: deleted < most, rows: cost + deleted };
  }

  return (most) => {
    if (most <= 0) return { rows: 0, more: true };
    const general = generally();
    const hasGeneral = typeof general.days === 'number' || typeof general.count === 'number';
    const series = hasGeneral || isLimited.get() !== undefined ? seriesAfter.all(swept, most) : [];
    let rows = 0;
    for (const each of series) {
      const { isDone, rows: more } = expire(each, most - rows, general);
      rows += 1 + more;
      // It may have more: then the next step begins with it again.
      if (!isDone) return { rows, more: true };
      swept = each.key;
      if (rows >= most) return { rows, more: true };
    }
    swept = 0;
    return { rows, more: false };
  };
}

/** To seal an ownership takes about as long as to delete so many rows. */
const ROWS_TO_SEAL = 200;
/** Of a few, not one too many is kept; of many, a part may be until it is worth the work. */
const FEW = 64;

function leewayOf(count: number): number {
  return count <= FEW ? 0 : count / 16;
}

/** Of a Thing, or else of all; Infinity: none. */
function limitOf(own: number | null, general: Limit | undefined): number {
  if (own !== null) return own < 0 ? Number.POSITIVE_INFINITY : own;
  return typeof general === 'number' ? general : Number.POSITIVE_INFINITY;
}
