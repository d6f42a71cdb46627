import type { Database } from 'better-sqlite3';
import type { Change, Stored, ThingStore } from '../../domain/ports.js';
import { sameAddress, type Thing, type ThingAddress } from '../../domain/thing.js';
import type { ApplyWrites } from './apply-writes.js';
import type { GroupCommit } from './group-commit.js';
import { heldOwnerships } from './held-ownerships.js';
import { owners } from './owners.js';
import type { PublicThings } from './public-things.js';
import type { KeptReadings } from './readings/kept-readings.js';
import { type RecentThing, recentThings } from './recent-things.js';
import { findThings } from './search/find-things.js';
import { addressOf, thingOf, thingQueries } from './thing-rows.js';
import { thingsBetween } from './things-between.js';
import { visibleThings } from './visible-things.js';

/** @param keptSince ended ownerships that ended before this (ms since 1970) are not to be taken up again. */
export function thingStore(
  db: Database,
  commit: GroupCommit,
  apply: ApplyWrites,
  publics: PublicThings,
  kept: KeptReadings,
  keptSince: () => number,
): ThingStore {
  const queries = thingQueries(db);
  const find = findThings(db);
  const visible = visibleThings(db, publics);
  const held = heldOwnerships(db, kept);
  const between = thingsBetween(db);
  const ownersAfter = owners(db);
  const isThing = db.prepare<[string], number>('SELECT EXISTS (SELECT 1 FROM thing WHERE jid = ?)').pluck();

  const countOf = db
    .prepare<[string, number], number>('SELECT count(*) FROM (SELECT 1 FROM thing WHERE jid = ? LIMIT ?)')
    .pluck();
  const recent = recentThings({ ofNode: queries.ofNode, isThing: (jid) => isThing.get(jid) === 1 });
  commit.onUndone(recent.forget);

  const formerOf = (address: ThingAddress) => queries.former(address, keptSince());

  // Addresses and ids are asked for by those who may not see what there is: for one that is nothing another Thing is
  // read as well, and dropped, so that the time tells nothing (DESIGN section 2).
  function thingAt(address: ThingAddress): Thing | undefined {
    const row = queries.at(address);
    const thing = row && thingOf(row);
    return thing && sameAddress(thing.address, address) ? thing : undefined;
  }

  function storedAt(address: ThingAddress): Stored {
    return { thing: thingAt(address), former: formerOf(address) };
  }

  function carryOut<Outcome>({ outcome, writes }: Change<Outcome>): Outcome {
    apply(writes);
    recent.written(writes);
    return outcome;
  }

  return {
    at: async (address) => thingAt(address),
    byOwnership: async (id) => {
      const row = queries.byOwnership(id);
      const thing = row && thingOf(row);
      return thing?.ownership?.id === id ? thing : undefined;
    },
    ofJid: async (jid) => queries.ofJid(jid).map(thingOf),
    ofNodes: async (jid, nodeIds) => {
      const found = [...new Set(nodeIds)].flatMap((nodeId) => recent.ofNode(jid, nodeId));
      if (!nodeIds.includes('')) found.push(...recent.ofNode(jid, '').filter(isAlone));
      return found.sort((a, b) => a.id - b.id).map(({ thing }) => thing);
    },
    between: async (asker, other) => between(asker, other),
    owners: async (after, limit) => ownersAfter(after, limit),
    changeAt: (address, decide) => commit.run(() => carryOut(decide(storedAt(address)))),
    changeMatching: (claimDigest, decide) =>
      commit.run(() => {
        const found = queries
          .byDigest(claimDigest)
          .map((row) => ({ thing: thingOf(row), former: formerOf(addressOf(row)) }));
        return carryOut(decide(found));
      }),
    changeWith: (address, other, decide) =>
      commit.run(() => carryOut(decide(storedAt(address), held.byId(other, keptSince())))),
    search: find,
    visibleTo: async (viewer, page) => visible.visibleTo(viewer, page),
    ofViewer: async (viewer, limit) => visible.ofViewer(viewer, limit),
    openTo: async (viewer, limit) => visible.openTo(viewer, limit),
    oneOfEach: async (viewer) => visible.oneOfEach(viewer),
    offeredTo: async (jid, limit) => visible.offeredTo(jid, limit),
    isThing: async (jid) => recent.isThing(jid),
    countOf: async (jid, most) => countOf.get(jid, most) ?? 0,
  };
}

/** Whether the Thing is the device as a whole, and not a node of it. */
function isAlone({ thing: { address } }: RecentThing): boolean {
  return address.nodeId === '' && address.sourceId === '' && address.cacheType === '';
}
