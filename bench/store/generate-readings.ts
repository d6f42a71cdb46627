import { openDatabase } from '../../src/store/sqlite/open-database.js';
import type { StoredReading } from '../../src/store/sqlite/readings/chunk-codec.js';
import { chunkStore } from '../../src/store/sqlite/readings/chunk-store.js';
import { presentOwnerships } from '../../src/store/sqlite/readings/present-ownerships.js';
import { createWalk, readingOf, timeOf } from './minute-series.js';
import { createChance, ownershipOf } from './things.js';

/** A Thing has so many. */
const SERIES_EACH = 10;

/**
 * Writes sealed minute series of the first Things of a store that {@link generateThings} has written: so that it is there in
 * minutes what devices would take years to report. Each is encoded by itself, as sealing would have it; what is left out is
 * the log, and waiting for the disk.
 */
export async function generateReadings(file: string, series: number, readingsPerSeries: number): Promise<void> {
  const { db, close } = openDatabase(file);
  db.pragma('synchronous = OFF'); // nobody is promised anything
  const chance = createChance(2);
  const ownerships = presentOwnerships(db);
  const chunks = chunkStore(db, refuse, refuse);
  const addThing = db.transaction((thing: number) => {
    const ownership = ownerships.get(ownershipOf(thing));
    if (ownership === undefined) throw new Error(`there is no Thing ${thing} that could have readings`);
    const times = Array.from({ length: readingsPerSeries }, (_, minute) => timeOf(minute, chance));
    for (let field = 0; field < Math.min(SERIES_EACH, series - thing * SERIES_EACH); field++) {
      const example = readingOf(0, field, '');
      const [key, manner, next] = [ownership.seriesOf(example), ownership.mannerOf(example), createWalk(chance)];
      const readings = times.map((ms): StoredReading => ({ ms, value: next(), manner }));
      chunks.merge(key, readings, refuse);
    }
  });
  for (let thing = 0; thing * SERIES_EACH < series; thing++) addThing(thing);
  db.pragma('wal_checkpoint(TRUNCATE)');
  close();
}

/** What has just been written is neither damaged nor there twice. */
function refuse(): never {
  throw new Error('the store that was generated is not what it should be');
}
