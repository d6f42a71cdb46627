import type { Database } from 'better-sqlite3';
import type { Held } from '../../domain/joining.js';
import type { OwnershipId } from '../../domain/thing.js';
import type { KeptReadings } from './readings/kept-readings.js';
import { addressOf, claimedThingOf, THINGS, type ThingRow } from './thing-rows.js';

type Row = Pick<ThingRow, 'jid' | 'node_id' | 'source_id' | 'cache_type' | 'owner'> & {
  readonly id: OwnershipId;
  readonly key: number;
  readonly ended: number | null;
  readonly has_readings: number;
};

/** Looks up ownerships, whatever has become of their Things. */
export function heldOwnerships(db: Database, kept: KeptReadings) {
  const byId = db.prepare<[string], Row>(
    `SELECT id, key, jid, node_id, source_id, cache_type, owner, ended,
            EXISTS (SELECT 1 FROM node n JOIN series s ON s.node = n.key
                     WHERE n.ownership = o.key AND s.readings > 0) AS has_readings
       FROM ownership o WHERE id = ?`,
  );
  const thingOf = db.prepare<[string], ThingRow>(`${THINGS} WHERE o.id = ?`);
  return {
    /** @param since one that ended before is not kept any more. */
    byId(id: OwnershipId, since: number): Held | undefined {
      const row = byId.get(id);
      if (row === undefined || (row.ended !== null && row.ended <= since)) return undefined;
      const hasReadings = row.has_readings === 1 || kept.unsealedSeries(row.key).size > 0;
      const thing = thingOf.get(id);
      const held = { id: row.id, owner: row.owner, address: addressOf(row), hasReadings };
      return { ...held, ...(thing && { thing: claimedThingOf(thing) }) };
    },
  };
}
