import type { Database } from 'better-sqlite3';
import type { BareJid } from '../../domain/jid.js';
import type { ThingStore } from '../../domain/ports.js';
import type { Viewer } from '../../domain/search.js';
import type { ClaimedThing } from '../../domain/thing.js';
import type { PublicThings } from './public-things.js';
import { claimedThingOf, THINGS, type ThingRow } from './thing-rows.js';

type Listing = Awaited<ReturnType<ThingStore['visibleTo']>>;
interface Page {
  readonly offset: number;
  readonly limit: number;
}

/** The Things that are near to a viewer: its own (rank 0) and those shared with it by JID (rank 1). */
const NEAR = `
  SELECT n.id, 0 AS rank FROM ownership no JOIN thing n ON n.ownership = no.key WHERE no.owner = :jid AND no.ended IS NULL
  UNION ALL
  SELECT n.id, 1 FROM share s JOIN ownership no ON no.key = s.ownership JOIN thing n ON n.ownership = no.key
   WHERE s.audience = :jid AND no.owner <> :jid`;

/** These and those offered to it (rank 2), which it may see and no more: whoever got an offer finds the Thing. */
const NEAR_OR_OFFERED = `${NEAR}
  UNION ALL
  SELECT n.id, 2 FROM ownership no JOIN thing n ON n.ownership = no.key
   WHERE no.offered_to = :jid AND no.owner <> :jid
     AND NOT EXISTS (SELECT 1 FROM share s WHERE s.ownership = no.key AND s.audience = :jid)`;

/** The ownerships of Things that all of a domain may read, as far as a list goes: each kind by its own index. */
const OPEN = `
  SELECT key FROM (SELECT ownership AS key FROM share WHERE audience = '@' || :domain ORDER BY ownership LIMIT :limit)
  UNION
  SELECT key FROM (SELECT ownership AS key FROM share WHERE audience = '*' ORDER BY ownership LIMIT :limit)
  UNION
  SELECT key FROM (SELECT key FROM ownership INDEXED BY ownership_self_owned
                    WHERE self_owned = 1 AND ended IS NULL ORDER BY key LIMIT :limit)`;

/** The first ownership of each kind beside those; see ThingStore.oneOfEach. */
const ONE_EACH = [
  'key FROM ownership INDEXED BY ownership_owner WHERE owner = :jid AND ended IS NULL',
  'key FROM ownership INDEXED BY ownership_offered_to WHERE offered_to = :jid',
  'ownership AS key FROM share WHERE audience = :jid',
  'ownership AS key FROM thing INDEXED BY thing_public WHERE visibility = 1',
]
  .map((first) => `SELECT key FROM (SELECT ${first} LIMIT 1)`)
  .join(' UNION ');

/** Lists what a viewer may see: see ThingStore.visibleTo in domain/ports.ts. */
export function visibleThings(db: Database, publics: PublicThings) {
  const ofJid = listOfJid(db);
  const everywhere = listEverywhere(db, publics);
  const ofViewer = db.prepare<[{ jid: string; limit: number }], ThingRow>(
    `${THINGS} WHERE t.id IN (SELECT id FROM (${NEAR})) ORDER BY t.id LIMIT :limit`,
  );
  const open = db.prepare<[{ domain: string; limit: number }], ThingRow>(
    `${THINGS} WHERE t.ownership IN (SELECT key FROM (${OPEN})) ORDER BY t.ownership`,
  );
  const oneOfEach = db.prepare<[{ jid: string; domain: string; limit: 1 }], ThingRow>(
    `${THINGS} WHERE t.ownership IN (SELECT key FROM (${OPEN} UNION ${ONE_EACH}))`,
  );
  const offered = db.prepare<[{ jid: string; limit: number }], ThingRow>(
    `${THINGS} WHERE o.offered_to = :jid ORDER BY t.id LIMIT :limit`,
  );
  return {
    visibleTo: (viewer: Viewer, page: Page & { readonly ofJid?: BareJid }): Listing =>
      page.ofJid === undefined ? everywhere(viewer, page) : ofJid(viewer, page.ofJid, page),
    ofViewer: (jid: BareJid, limit: number): readonly ClaimedThing[] =>
      ofViewer.all({ jid, limit }).map(claimedThingOf),
    openTo: ({ domain }: Viewer, limit: number): readonly ClaimedThing[] =>
      open.all({ domain, limit }).map(claimedThingOf),
    oneOfEach: ({ jid, domain }: Viewer): readonly ClaimedThing[] =>
      oneOfEach.all({ jid, domain, limit: 1 }).map(claimedThingOf),
    offeredTo: (jid: BareJid, limit: number): readonly ClaimedThing[] =>
      offered.all({ jid, limit }).map(claimedThingOf),
  };
}

/**
 * The Things of one JID that a viewer may see, with the best of their ranks: its own, those shared with it by JID, those
 * offered to it, all others. Each is found by what the viewer has to do with it, and none that it may not see is walked:
 * hence the order of the joins, and the indexes. `:all` alone walks whatever there is.
 */
const SEEN_OF_JID = `
  SELECT id, min(rank) AS rank FROM (
    SELECT n.id, 0 AS rank FROM ownership no INDEXED BY ownership_owner CROSS JOIN thing n ON n.ownership = no.key
     WHERE no.owner = :jid AND no.ended IS NULL AND no.jid = :of
    UNION ALL
    SELECT n.id, CASE s.audience WHEN :jid THEN 1 ELSE 3 END FROM share s INDEXED BY share_of_jid
      CROSS JOIN thing n ON n.ownership = s.ownership WHERE s.jid = :of AND s.audience IN (:jid, '@' || :domain, '*')
    UNION ALL
    SELECT n.id, 2 FROM ownership no INDEXED BY ownership_offered_to CROSS JOIN thing n ON n.ownership = no.key
     WHERE no.offered_to = :jid AND no.jid = :of
    UNION ALL
    SELECT n.id, 3 FROM thing n INDEXED BY thing_public_of_jid WHERE n.visibility = 1 AND n.jid = :of
    UNION ALL
    SELECT n.id, 3 FROM thing n WHERE :all AND n.jid = :of AND n.ownership IS NOT NULL
  ) GROUP BY id`;

function listOfJid(db: Database): (viewer: Viewer, jid: BareJid, page: Page) => Listing {
  const page = db.prepare<unknown[], ThingRow>(
    `WITH seen AS (${SEEN_OF_JID}) SELECT r.*, seen.rank FROM seen JOIN (${THINGS}) r ON r.id = seen.id
      ORDER BY seen.rank, seen.id LIMIT :limit OFFSET :offset`,
  );
  const count = db.prepare<unknown[], number>(`SELECT count(*) FROM (${SEEN_OF_JID})`).pluck();
  return ({ jid, domain, seesAll = false }, of, { offset, limit }) => {
    const whose = { jid, domain, of, all: Number(seesAll) };
    return { things: page.all({ ...whose, limit, offset }).map(claimedThingOf), total: count.get(whose) ?? 0 };
  };
}

/** Everywhere: the near ones, then the public ones that are not among them, which are only walked as far as the page goes. */
function listEverywhere(db: Database, publics: PublicThings): (viewer: Viewer, page: Page) => Listing {
  const near = db.prepare<unknown[], ThingRow>(
    `WITH near AS (${NEAR_OR_OFFERED}) SELECT r.*, near.rank FROM near JOIN (${THINGS}) r ON r.id = near.id
      ORDER BY near.rank, near.id LIMIT :limit OFFSET :offset`,
  );
  const open = db.prepare<unknown[], ThingRow>(
    `WITH near AS (${NEAR_OR_OFFERED}) ${THINGS} WHERE t.id IN (
       SELECT p.id FROM thing p WHERE p.visibility = 1 AND p.id NOT IN (SELECT id FROM near) ORDER BY p.id LIMIT :limit OFFSET :offset
     ) ORDER BY t.id`,
  );
  const counts = db.prepare<unknown[], { near: number; nearAndPublic: number }>(
    `WITH near AS (${NEAR_OR_OFFERED})
     SELECT count(*) AS near, count(*) FILTER (WHERE t.visibility = 1) AS nearAndPublic
       FROM near JOIN thing t ON t.id = near.id`,
  );
  return ({ jid }, { offset, limit }) => {
    const total = counts.get({ jid }) ?? { near: 0, nearAndPublic: 0 };
    const first = near.all({ jid, limit, offset });
    const then = open.all({ jid, limit: limit - first.length, offset: Math.max(0, offset - total.near) });
    return {
      things: [...first, ...then].map(claimedThingOf),
      total: total.near + publics.count() - total.nearAndPublic,
    };
  };
}
