import type { Database } from 'better-sqlite3';
import type { BareJid, FullJid } from '../../domain/jid.js';
import type { FormerOwnership } from '../../domain/ports.js';
import type { Audience, ClaimedThing, Ownership, OwnershipId, Thing, ThingAddress } from '../../domain/thing.js';
import { tagsFromText } from './tag-text.js';

/** A Thing as {@link THINGS} selects it. */
export interface ThingRow {
  readonly id: number;
  readonly jid: BareJid;
  readonly node_id: string;
  readonly source_id: string;
  readonly cache_type: string;
  readonly tags: string;
  readonly claim_digest: string | null;
  readonly visibility: number | null;
  readonly spoke_from: FullJid | null;
  readonly disowning_until: number | null;
  readonly ownership: OwnershipId | null;
  readonly owner: BareJid;
  readonly self_owned: number;
  readonly since: number;
  readonly zone: string | null;
  readonly offered_to: BareJid | null;
  readonly offered_history: number;
  readonly offered_until: number;
  readonly audiences: string | null;
}

/** To be followed by WHERE and ORDER BY; `t` is the Thing, `o` its ownership. */
export const THINGS = `
  SELECT t.id, t.jid, t.node_id, t.source_id, t.cache_type, t.tags, t.claim_digest, t.visibility, t.spoke_from,
         t.disowning_until, o.id AS ownership, o.owner, o.self_owned, o.since,
         o.zone, o.offered_to, o.offered_history, o.offered_until,
         CASE WHEN o.key IS NOT NULL THEN (
           SELECT json_group_array(audience ORDER BY position) FROM share WHERE share.ownership = o.key
         ) END AS audiences
    FROM thing t LEFT JOIN ownership o ON o.key = t.ownership`;

/** The condition on an address in any table that has one; bound by {@link quadruple}. */
export const AT_ADDRESS = 'jid = ? AND node_id = ? AND source_id = ? AND cache_type = ?';

export type Quadruple = [jid: string, nodeId: string, sourceId: string, cacheType: string];
export function quadruple(address: ThingAddress): Quadruple {
  return [address.jid, address.nodeId, address.sourceId, address.cacheType];
}

export function thingOf(row: ThingRow): Thing {
  const ownership = ownershipOf(row);
  return {
    address: addressOf(row),
    tags: tagsFromText(row.tags),
    ...(row.claim_digest !== null && { claimDigest: row.claim_digest }),
    ...(ownership && { ownership }),
    ...(row.spoke_from !== null && { spokeFrom: row.spoke_from }),
    ...(row.disowning_until !== null && { disowning: { until: row.disowning_until } }),
  };
}

/** For rows that were selected by their ownership, and have one. */
export function claimedThingOf(row: ThingRow): ClaimedThing {
  const ownership = ownershipOf(row);
  if (!ownership) throw new Error(`Thing ${row.id} was listed as claimed and has no ownership`);
  return { ...thingOf(row), ownership };
}

export function addressOf(row: Pick<ThingRow, 'jid' | 'node_id' | 'source_id' | 'cache_type'>): ThingAddress {
  return { jid: row.jid, nodeId: row.node_id, sourceId: row.source_id, cacheType: row.cache_type };
}

function ownershipOf(row: ThingRow): Ownership | undefined {
  if (row.ownership === null) return undefined;
  return {
    id: row.ownership,
    owner: row.owner,
    isPublic: row.visibility === 1,
    selfOwned: row.self_owned === 1,
    since: row.since,
    sharedWith: audiencesOf(row.audiences),
    ...(row.zone !== null && { zone: row.zone }),
    ...(row.offered_to !== null && {
      offer: { to: row.offered_to, withHistory: row.offered_history === 1, until: row.offered_until },
    }),
  };
}

function audiencesOf(json: string | null): readonly Audience[] {
  return json === null ? [] : JSON.parse(json);
}

/** How Things are looked up one by one or in small lists, all in order of registration. */
export function thingQueries(db: Database) {
  const select = <Params extends unknown[]>(condition: string) =>
    db.prepare<Params, ThingRow>(`${THINGS} WHERE ${condition} ORDER BY t.id`);
  const at = select<Quadruple>(`t.id = coalesce(
    (SELECT id FROM thing WHERE ${AT_ADDRESS}),
    (SELECT id FROM thing WHERE ownership IS NOT NULL LIMIT 1))`);
  const byOwnership = select<[string]>(`t.ownership = coalesce(
    (SELECT named.key FROM ownership named JOIN thing held ON held.ownership = named.key WHERE named.id = ?),
    (SELECT ownership FROM thing WHERE ownership IS NOT NULL LIMIT 1))`);
  const byDigest = select<[string]>('t.claim_digest = ?');
  const ofJid = select<[string]>('t.jid = ?');
  const ofNode = select<[string, string]>('t.jid = ? AND t.node_id = ?');
  const former = db.prepare<[...Quadruple, number], FormerOwnership>(
    `SELECT id, owner, ended FROM ownership WHERE ${AT_ADDRESS} AND ended > ? ORDER BY ended DESC, key DESC`,
  );
  return {
    /** Where there is no Thing, some claimed one, for the caller to drop. */
    at: (address: ThingAddress) => at.get(...quadruple(address)),
    /** Where no Thing has that ownership, some other claimed one, for the caller to drop. */
    byOwnership: (id: OwnershipId) => byOwnership.get(id),
    ofJid: (jid: BareJid) => ofJid.all(jid),
    ofNode: (jid: BareJid, nodeId: string) => ofNode.all(jid, nodeId),
    /** Those that ended after `since`, the last first. */
    former: (address: ThingAddress, since: number) => former.all(...quadruple(address), since),
    byDigest: (claimDigest: string): readonly ThingRow[] => byDigest.all(claimDigest),
  };
}
