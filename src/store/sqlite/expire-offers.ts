import type { Database } from 'better-sqlite3';
import { decideExpiry } from '../../domain/transfer.js';
import type { ApplyWrites } from './apply-writes.js';
import type { Step } from './expire-readings.js';
import { claimedThingOf, THINGS, type ThingRow } from './thing-rows.js';

/**
 * Forgets offers of Things that nobody has answered in time, and with them that those may see the Things to whom they were
 * made. To be called inside a transaction.
 */
export function expireOffers(db: Database, apply: ApplyWrites, now: () => number): (most: number) => Step {
  const left = db.prepare<[number, number], ThingRow>(
    `${THINGS} WHERE o.offered_until <= ? ORDER BY o.offered_until LIMIT ?`,
  );
  return (most) => {
    const things = left.all(now(), Math.max(0, most)).map(claimedThingOf);
    for (const thing of things) apply(decideExpiry(thing, now()).writes);
    return { rows: things.length, more: things.length === most };
  };
}
