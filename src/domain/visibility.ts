import { type AnyJid, bareOf } from './jid.js';
import { noticeTo } from './notice.js';
import { audited, type Change, type Stored } from './ports.js';
import { isClaimed, type OwnershipId } from './thing.js';

export interface VisibilityChange {
  readonly ownership: OwnershipId;
  readonly from: AnyJid;
  readonly isPublic: boolean;
  /** Names the notice that the Thing is then owed. */
  readonly noticeId: string;
}

export type VisibilityChanged = 'done' | 'as-before' | 'not-found' | 'its-own';

/** An owner makes a Thing findable, or not. The Thing is owed its new state (DESIGN section 3, "Notices"). */
export function decideVisibility(
  { thing }: Stored,
  { ownership: id, from, isPublic, noticeId }: VisibilityChange,
  now: number,
): Change<VisibilityChanged> {
  const owner = bareOf(from);
  if (!isClaimed(thing) || thing.ownership.id !== id || thing.ownership.owner !== owner) return unchanged('not-found');
  if (thing.ownership.isPublic === isPublic) return unchanged('as-before');
  if (thing.ownership.selfOwned) return unchanged('its-own');
  const after = { ...thing, ownership: { ...thing.ownership, isPublic } };
  return {
    outcome: 'done',
    writes: [
      { write: 'thing', thing: after, at: now },
      { write: 'notice', notice: noticeTo(thing, { kind: 'claimed', owner, isPublic }, noticeId, now) },
      audited(now, from, 'visibility', thing, isPublic ? 'public' : 'private'),
    ],
  };
}

function unchanged(outcome: VisibilityChanged): Change<VisibilityChanged> {
  return { outcome, writes: [] };
}
