import type { Database } from 'better-sqlite3';
import type { Held } from '../../domain/joining.js';
import type { OwnershipId } from '../../domain/thing.js';
import { addressOf, claimedThingOf, THINGS, type ThingRow } from './thing-rows.js';

type Row = Pick<ThingRow, 'jid' | 'node_id' | 'source_id' | 'cache_type' | 'owner'> & {
  readonly id: OwnershipId;
  readonly ended: number | null;
};

/** Looks up ownerships, whatever has become of their Things. */
export function heldOwnerships(db: Database) {
  const byId = db.prepare<[string], Row>(
    'SELECT id, jid, node_id, source_id, cache_type, owner, ended FROM ownership WHERE id = ?',
  );
  const thingOf = db.prepare<[string], ThingRow>(`${THINGS} WHERE o.id = ?`);
  return {
    /** @param since one that ended before is not kept any more. */
    byId(id: OwnershipId, since: number): Held | undefined {
      const row = byId.get(id);
      if (row === undefined || (row.ended !== null && row.ended <= since)) return undefined;
      const thing = thingOf.get(id);
      return { id: row.id, owner: row.owner, address: addressOf(row), ...(thing && { thing: claimedThingOf(thing) }) };
    },
  };
}
