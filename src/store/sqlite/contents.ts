import type { Database } from 'better-sqlite3';
import type { Contents } from '../../domain/backup.js';
import { schemaVersion } from './migrate.js';
import { MIGRATIONS } from './migrations/index.js';
import { type KeptReadings, keptReadings } from './readings/kept-readings.js';
import { type Arrivals, bySeries } from './readings/reading-log.js';

/** The schema from which on series know how many readings they have. */
const COUNTED = 5;
/** And that from which on some are not counted until they are sealed. */
const SEALED = 7;

/**
 * What is in a database, which may be of an older schema and is only read.
 *
 * @throws DatabaseFault for one of a newer program or of another one.
 */
export function contentsOf(db: Database): Contents {
  const schema = schemaVersion(db, MIGRATIONS.length);
  if (schema === 0) return { schema, things: 0, readings: 0 };
  const count = (sql: string) => Number(db.prepare(sql).pluck().get());
  const things = count('SELECT count(*) FROM thing');
  const counted = count(schema < COUNTED ? 'SELECT count(*) FROM reading' : 'SELECT total(readings) FROM series');
  return { schema, things, readings: counted + (schema < SEALED ? 0 : countUnsealed(db)) };
}

/** The readings of a database that is only read: what is damaged is passed over. */
export function readingsIn(db: Database): KeptReadings {
  return keptReadings(db, { now: () => 0, later: () => undefined, onDamage: () => undefined, sealFrom: 1 });
}

function countUnsealed(db: Database): number {
  const kept = readingsIn(db);
  const ownerships = db.prepare<[], number>('SELECT ownership FROM log_a UNION SELECT ownership FROM log_b').pluck();
  let more = 0;
  for (const ownership of ownerships.all()) {
    for (const arrivals of bySeries(kept.log.of(ownership))) more += countNew(kept, arrivals);
  }
  return more;
}

/** What arrives at a time that has a reading takes its place, or is dropped. */
function countNew({ chunks }: KeptReadings, { series, readings }: Arrivals): number {
  const times = new Set(readings.map(({ ms }) => ms));
  const inOrder = [...times].sort((a, b) => a - b);
  const [from = 0, until = 0] = [inOrder[0], inOrder.at(-1)];
  for (const { ms } of chunks.read({ series, from, until }, false)) times.delete(ms);
  return times.size;
}
