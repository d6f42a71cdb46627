import { type AnyJid, bareOf } from './jid.js';
import { audited, type Change, type Stored } from './ports.js';
import { type Audience, type ClaimedThing, isClaimed, type OwnershipId } from './thing.js';

/** With how many one Thing may be shared. */
export const MOST_SHARES = 100;

export interface Sharing {
  readonly ownership: OwnershipId;
  /** Who shares: the owner. */
  readonly from: AnyJid;
  readonly audience: Audience;
}

export type Shared = 'done' | 'as-before' | 'not-found' | 'too-many' | 'owner';

/** An owner lets others read a Thing. What the Thing is owed of that the store works out from the change. */
export function decideSharing(stored: Stored, sharing: Sharing, now: number): Change<Shared> {
  const thing = ownedBy(stored, sharing);
  const { audience } = sharing;
  if (thing === undefined) return unchanged('not-found');
  const { owner, sharedWith } = thing.ownership;
  if (audience === owner) return unchanged('owner');
  if (sharedWith.includes(audience)) return unchanged('as-before');
  if (sharedWith.length >= MOST_SHARES) return unchanged('too-many');
  return changed(thing, [...sharedWith, audience], sharing, 'share', now);
}

/** An owner no longer lets them. Read-outs under way end with the next message, before which rights are judged. */
export function decideUnsharing(stored: Stored, sharing: Sharing, now: number): Change<Shared> {
  const thing = ownedBy(stored, sharing);
  if (thing === undefined) return unchanged('not-found');
  const { sharedWith } = thing.ownership;
  const left = sharedWith.filter((audience) => audience !== sharing.audience);
  if (left.length === sharedWith.length) return unchanged('as-before');
  return changed(thing, left, sharing, 'unshare', now);
}

function ownedBy({ thing }: Stored, { ownership, from }: Sharing): ClaimedThing | undefined {
  const isOwn = isClaimed(thing) && thing.ownership.id === ownership && thing.ownership.owner === bareOf(from);
  return isOwn ? thing : undefined;
}

function changed(
  before: ClaimedThing,
  sharedWith: readonly Audience[],
  { from, audience }: Sharing,
  action: 'share' | 'unshare',
  now: number,
): Change<Shared> {
  const thing = { ...before, ownership: { ...before.ownership, sharedWith } };
  return {
    outcome: 'done',
    writes: [{ write: 'thing', thing, at: now }, audited(now, from, action, thing, `with ${audience}`)],
  };
}

function unchanged(outcome: Shared): Change<Shared> {
  return { outcome, writes: [] };
}
