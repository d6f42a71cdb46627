import type { Database } from 'better-sqlite3';

/** Readings of one series. */
export interface Stretch {
  readonly series: number;
  /** Both included, in ms since 1970. */
  readonly from: number;
  readonly until: number;
}

/**
 * Deletes readings of a series, the oldest first, and counts them off; those of one series are neighbours in the table, so
 * that it costs what it deletes, however much there is. To be called inside a transaction.
 *
 * @returns how many were deleted, which is less than `most` only if no more are left there.
 */
export function deleteReadings(db: Database): (stretch: Stretch, most: number) => number {
  const remove = db.prepare<[Stretch & { most: number }]>(
    `DELETE FROM reading WHERE series = :series AND ms IN (
       SELECT ms FROM reading WHERE series = :series AND ms BETWEEN :from AND :until ORDER BY ms LIMIT :most)`,
  );
  const deduct = db.prepare<[number, number]>('UPDATE series SET readings = readings - ? WHERE key = ?');
  return (stretch, most) => {
    if (most <= 0) return 0;
    const { changes } = remove.run({ ...stretch, most });
    if (changes > 0) deduct.run(changes, stretch.series);
    return changes;
  };
}
