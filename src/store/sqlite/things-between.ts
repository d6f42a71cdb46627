import type { Database } from 'better-sqlite3';
import type { BareJid } from '../../domain/jid.js';
import type { ClaimedThing } from '../../domain/thing.js';
import { claimedThingOf, THINGS, type ThingRow } from './thing-rows.js';

/** What is walked is the asker's own, the joins made in the order in which they are written: see ThingStore.between. */
export function thingsBetween(db: Database): (asker: BareJid, other: BareJid) => readonly ClaimedThing[] {
  const between = db.prepare<[{ asker: string; other: string }], ThingRow>(
    `${THINGS} WHERE t.id IN (
       SELECT own.id FROM ownership o CROSS JOIN thing own ON own.ownership = o.key
        WHERE o.owner = :asker AND o.ended IS NULL AND o.jid = :other
       UNION ALL
       SELECT shared.id FROM share s CROSS JOIN ownership o ON o.key = s.ownership CROSS JOIN thing shared ON shared.ownership = o.key
        WHERE s.audience = :asker AND o.jid = :other
       UNION ALL
       SELECT itself.id FROM thing itself CROSS JOIN ownership o ON o.key = itself.ownership
        WHERE itself.jid = :asker
          AND (o.owner = :other OR EXISTS (SELECT 1 FROM share WHERE ownership = o.key AND audience = :other))
     ) ORDER BY t.id`,
  );
  return (asker, other) => between.all({ asker, other }).map(claimedThingOf);
}
