import type { Database } from 'better-sqlite3';
import type { ReadingStore } from '../../domain/ports.js';
import type { NodeName, OwnedReadings } from '../../domain/reading.js';
import type { OwnershipId } from '../../domain/thing.js';
import type { GroupCommit } from './group-commit.js';
import { historyOf } from './history.js';
import { joinHistories } from './join-histories.js';
import { noteHeard } from './note-heard.js';
import type { KeptReadings } from './readings/kept-readings.js';
import { lateReadings } from './readings/late-readings.js';
import type { LoggedReading } from './readings/log-row.js';
import { presentOwnerships } from './readings/present-ownerships.js';
import type { Sealer } from './readings/sealer.js';

export function readingStore(
  db: Database,
  commit: GroupCommit,
  kept: KeptReadings,
  sealing: Sealer,
  now: () => number,
  onStored: (readings: number) => void,
): ReadingStore {
  const add = addReadings(db, kept, now);
  const history = historyOf(db, kept);
  const { rowsToJoin } = joinHistories(db, kept);
  const nodes = db.prepare<[string], NodeName>(
    `SELECT n.node_id AS nodeId, n.source_id AS sourceId, n.cache_type AS cacheType
       FROM ownership o JOIN node n ON n.ownership = o.key WHERE o.id = ? AND o.ended IS NULL ORDER BY n.key`,
  );
  const fields = db.prepare<
    [string],
    { readonly ownership: number; readonly key: number; readonly name: string; readonly readings: number }
  >(
    `SELECT o.key AS ownership, s.key, s.name, s.readings
       FROM ownership o JOIN node n ON n.ownership = o.key JOIN series s ON s.node = n.key
      WHERE o.id = ? AND o.ended IS NULL ORDER BY s.name`,
  );
  return {
    async add(items) {
      const stored = await commit.run(() => items.map(add));
      sealing.wake();
      onStored(items.reduce((sum, { readings }, at) => sum + (stored[at] === true ? readings.length : 0), 0));
      return stored;
    },
    async history(query, limit, after) {
      // Whoever goes through a long history lets others have their turn in between.
      if (after !== undefined) await new Promise((resolve) => setImmediate(resolve));
      return history(query, limit, after);
    },
    rowsToJoin: (joining) => commit.run(() => rowsToJoin(joining)),
    nodes: async (ownership: OwnershipId) => nodes.all(ownership),
    async fieldNames(ownership, limit) {
      const all = fields.all(ownership);
      const unsealed = kept.unsealedSeries(all[0]?.ownership ?? 0);
      const names = new Set(
        all.filter(({ key, readings }) => readings > 0 || unsealed.has(key)).map(({ name }) => name),
      );
      return [...names].slice(0, limit);
    },
  };
}

/** @returns whether there is such an ownership; to be called inside a transaction. */
function addReadings(db: Database, kept: KeptReadings, now: () => number): (item: OwnedReadings) => boolean {
  const present = presentOwnerships(db);
  kept.onKeysChanged(present.forget);
  const late = lateReadings(db);
  const hear = noteHeard(db);

  return ({ ownership: id, readings }) => {
    const ownership = present.get(id);
    if (ownership === undefined) return false;
    const arrived: LoggedReading[] = readings.map((reading) => ({
      series: ownership.seriesOf(reading),
      ms: reading.at.ms,
      value: reading.value,
      manner: ownership.mannerOf(reading),
    }));
    // What is to be erased there is what was there before: what comes now must not go with it.
    const staying = ownership.isErasing ? arrived.filter((reading) => !late.putAside(reading)) : arrived;
    kept.log.append(ownership.key, staying);
    const at = now();
    if (hear(ownership.key, ownership.heard, at)) ownership.heard = at;
    return true;
  };
}
