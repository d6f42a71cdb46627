import type { Database } from 'better-sqlite3';
import type { ThingStore } from '../../domain/ports.js';
import { applyWrites } from './apply-writes.js';
import { findThings } from './find-things.js';
import type { GroupCommit } from './group-commit.js';
import { addressOf, thingOf, thingQueries } from './thing-rows.js';
import { visibleThings } from './visible-things.js';

/** @param keptSince ended ownerships that ended before this (ms since 1970) are not to be taken up again. */
export function thingStore(db: Database, commit: GroupCommit, keptSince: () => number): ThingStore {
  const queries = thingQueries(db);
  const apply = applyWrites(db);
  const find = findThings(db);
  const visible = visibleThings(db);
  const isThing = db.prepare<[string], number>('SELECT EXISTS (SELECT 1 FROM thing WHERE jid = ?)').pluck();
  return {
    at: async (address) => {
      const row = queries.at(address);
      return row && thingOf(row);
    },
    byOwnership: async (id) => {
      const row = queries.byOwnership(id);
      return row && thingOf(row);
    },
    ofJid: async (jid) => queries.ofJid(jid).map(thingOf),
    change: (which, decide) =>
      commit.run(() => {
        const since = keptSince();
        const found = queries.selected(which);
        const { outcome, writes } = decide(
          found.map((row) => ({ thing: thingOf(row), former: queries.former(addressOf(row), since) })),
        );
        apply(writes);
        return outcome;
      }),
    search: async (search) => find(search),
    visibleTo: async (viewer, page) => visible.visibleTo(viewer, page),
    ofViewer: async (viewer, limit) => visible.ofViewer(viewer, limit),
    isThing: async (jid) => isThing.get(jid) === 1,
  };
}
