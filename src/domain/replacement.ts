import { type AnyJid, bareOf } from './jid.js';
import type { Held } from './joining.js';
import { noticeTo } from './notice.js';
import { type AuditEntry, audited, type Change, type Stored, type Write } from './ports.js';
import { isClaimed, nameOf, type OwnershipId, type ThingAddress } from './thing.js';

export interface Replacement {
  /** Of the new Thing. */
  readonly ownership: OwnershipId;
  /** The owner of both. */
  readonly from: AnyJid;
  /** Names the notice that the Thing replaced is then owed. */
  readonly noticeId: string;
}

export type Replaced =
  | {
      readonly outcome: 'replaced';
      readonly address: ThingAddress;
      /** Whether the one replaced was there until now. */
      readonly wasThere: boolean;
    }
  /**
   * `nothing-to-replace`: there is no such ownership, or it is somebody else's, which is the same; or it has ended and
   * nothing is kept of it, as after it was replaced.
   */
  | { readonly outcome: 'not-found' | 'nothing-to-replace' | 'itself' };

/**
 * A Thing takes the place of another of the same owner, present or past: the history of that one becomes the beginning of
 * its own, for good, and that one leaves the registry.
 */
export function decideReplacement(
  { thing }: Stored,
  replaced: Held | undefined,
  { ownership, from, noticeId }: Replacement,
  now: number,
): Change<Replaced> {
  const owner = bareOf(from);
  const isOwn = isClaimed(thing) && thing.ownership.id === ownership && thing.ownership.owner === owner;
  if (!isOwn) return { outcome: { outcome: 'not-found' }, writes: [] };
  if (replaced?.owner !== owner) return { outcome: { outcome: 'nothing-to-replace' }, writes: [] };
  const isGone = replaced.thing === undefined && !replaced.hasReadings;
  if (isGone) return { outcome: { outcome: 'nothing-to-replace' }, writes: [] };
  if (replaced.id === ownership) return { outcome: { outcome: 'itself' }, writes: [] };
  const { address } = replaced;
  return {
    outcome: { outcome: 'replaced', address, wasThere: replaced.thing !== undefined },
    writes: [
      { write: 'history', joining: { from: replaced.id, to: ownership, devices: 'replaced' } },
      ...removal(replaced, noticeId, now),
      audited(now, from, 'replace', thing, `in place of ${nameOf(address)}, ${replaced.id}`),
      { write: 'audit', entry: entryOf(replaced, from, `by ${nameOf(thing.address)}, ${ownership}`, now) },
    ],
  };
}

/** Of the one replaced, whether it is there or not. */
function entryOf({ id, address }: Held, actor: AnyJid, outcome: string, at: number): AuditEntry {
  return { at, actor, action: 'replace', subject: nameOf(address), outcome, ownership: id };
}

function removal({ thing, address }: Held, noticeId: string, now: number): readonly Write[] {
  if (thing === undefined) return [];
  return [
    { write: 'no-thing', address, at: now },
    { write: 'notice', notice: noticeTo(thing, { kind: 'removed' }, noticeId, now) },
  ];
}
