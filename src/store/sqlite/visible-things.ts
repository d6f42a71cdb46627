import type { Database } from 'better-sqlite3';
import type { BareJid } from '../../domain/jid.js';
import type { ThingStore } from '../../domain/ports.js';
import type { Viewer } from '../../domain/search.js';
import type { ClaimedThing } from '../../domain/thing.js';
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

/** Lists what a viewer may see: see ThingStore.visibleTo in domain/ports.ts. */
export function visibleThings(db: Database) {
  const ofJid = listOfJid(db);
  const everywhere = listEverywhere(db);
  const ofViewer = db.prepare<[{ jid: string; limit: number }], ThingRow>(
    `${THINGS} WHERE t.id IN (SELECT id FROM (${NEAR})) ORDER BY t.id LIMIT :limit`,
  );
  const offered = db.prepare<[{ jid: string; limit: number }], ThingRow>(
    `${THINGS} WHERE o.offered_to = :jid ORDER BY t.id LIMIT :limit`,
  );
  return {
    visibleTo: (viewer: Viewer, page: Page & { readonly ofJid?: BareJid }): Listing =>
      page.ofJid === undefined ? everywhere(viewer, page) : ofJid(viewer, page.ofJid, page),
    ofViewer: (jid: BareJid, limit: number): readonly ClaimedThing[] =>
      ofViewer.all({ jid, limit }).map(claimedThingOf),
    offeredTo: (jid: BareJid, limit: number): readonly ClaimedThing[] =>
      offered.all({ jid, limit }).map(claimedThingOf),
  };
}

/**
 * Of one JID: all that the viewer may see, those shared with its domain or with everyone included, which come with the
 * public ones. A JID's Things are few, so they are all ranked.
 */
function listOfJid(db: Database): (viewer: Viewer, jid: BareJid, page: Page) => Listing {
  const isSharedWith = (audience: string) =>
    `EXISTS (SELECT 1 FROM share WHERE share.ownership = o.key AND audience = ${audience})`;
  const rank = `CASE WHEN o.owner = :jid THEN 0 WHEN ${isSharedWith(':jid')} THEN 1 WHEN o.offered_to = :jid THEN 2
                     WHEN t.visibility = 1 OR o.self_owned OR ${isSharedWith("'@' || :domain")} OR ${isSharedWith("'*'")} OR :all THEN 3 END`;
  const page = db.prepare<unknown[], ThingRow>(
    `${THINGS} WHERE t.jid = :of AND o.key IS NOT NULL AND ${rank} IS NOT NULL ORDER BY ${rank}, t.id LIMIT :limit OFFSET :offset`,
  );
  const count = db
    .prepare<unknown[], number>(
      `SELECT count(*) FROM thing t JOIN ownership o ON o.key = t.ownership WHERE t.jid = :of AND ${rank} IS NOT NULL`,
    )
    .pluck();
  return ({ jid, domain, seesAll = false }, of, { offset, limit }) => {
    const whose = { jid, domain, of, all: Number(seesAll) };
    return { things: page.all({ ...whose, limit, offset }).map(claimedThingOf), total: count.get(whose) ?? 0 };
  };
}

/** Everywhere: the near ones, then the public ones that are not among them, which are only walked as far as the page goes. */
function listEverywhere(db: Database): (viewer: Viewer, page: Page) => Listing {
  const near = db.prepare<unknown[], ThingRow>(
    `WITH near AS (${NEAR_OR_OFFERED}) SELECT r.*, near.rank FROM near JOIN (${THINGS}) r ON r.id = near.id
      ORDER BY near.rank, near.id LIMIT :limit OFFSET :offset`,
  );
  const open = db.prepare<unknown[], ThingRow>(
    `WITH near AS (${NEAR_OR_OFFERED}) ${THINGS} WHERE t.id IN (
       SELECT p.id FROM thing p WHERE p.visibility = 1 AND p.id NOT IN (SELECT id FROM near) ORDER BY p.id LIMIT :limit OFFSET :offset
     ) ORDER BY t.id`,
  );
  const counts = db.prepare<unknown[], { near: number; open: number }>(
    `WITH near AS (${NEAR_OR_OFFERED})
     SELECT (SELECT count(*) FROM near) AS near,
            (SELECT count(*) FROM thing WHERE visibility = 1) -
            (SELECT count(*) FROM near JOIN thing t ON t.id = near.id WHERE t.visibility = 1) AS open`,
  );
  return ({ jid }, { offset, limit }) => {
    const total = counts.get({ jid }) ?? { near: 0, open: 0 };
    const first = near.all({ jid, limit, offset });
    const then = open.all({ jid, limit: limit - first.length, offset: Math.max(0, offset - total.near) });
    return { things: [...first, ...then].map(claimedThingOf), total: total.near + total.open };
  };
}
