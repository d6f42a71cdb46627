import type { Database } from 'better-sqlite3';
import type { StoredReading } from './chunk-codec.js';
import type { Stretch } from './chunk-store.js';
import type { LoggedReading } from './log-row.js';

/** What arrives in a stretch that is being erased, and waits beside it until that is done. All inside transactions. */
export function lateReadings(db: Database) {
  const isErased = db.prepare<[number, number]>(
    'SELECT 1 FROM erasure WHERE series = ? AND ? BETWEEN from_ms AND until_ms LIMIT 1',
  );
  // More trust replaces less, and at equal trust the later arrival.
  const put = db.prepare<LoggedReading>(
    `INSERT INTO late_reading (series, ms, value, manner) VALUES (:series, :ms, :value, :manner)
     ON CONFLICT (series, ms) DO UPDATE SET value = excluded.value, manner = excluded.manner
       WHERE (SELECT trust FROM manner WHERE key = late_reading.manner) <=
             (SELECT trust FROM manner WHERE key = excluded.manner)`,
  );
  const free = `series = :series AND ms BETWEEN :from AND :until AND NOT EXISTS (
    SELECT 1 FROM erasure e WHERE e.series = late_reading.series AND late_reading.ms BETWEEN e.from_ms AND e.until_ms)`;
  const admitted = db.prepare<[Stretch], StoredReading>(
    `SELECT ms, value, manner FROM late_reading WHERE ${free} ORDER BY ms`,
  );
  const remove = db.prepare<[Stretch]>(`DELETE FROM late_reading WHERE ${free}`);
  return {
    /** @returns whether it has to wait: else it is to be stored like all others. */
    putAside(reading: LoggedReading): boolean {
      if (isErased.get(reading.series, reading.ms) === undefined) return false;
      put.run(reading);
      return true;
    },
    /** Takes out what has not to wait any more: unless another erasure is still to empty its place. */
    take(stretch: Stretch): readonly StoredReading[] {
      const readings = admitted.all(stretch);
      if (readings.length > 0) remove.run(stretch);
      return readings;
    },
  };
}
