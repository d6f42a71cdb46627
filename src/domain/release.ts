import type { AnyJid } from './jid.js';
import { noticeTo } from './notice.js';
import { audited, type Change, type Stored } from './ports.js';
import { isClaimed, type OwnershipId, type Thing } from './thing.js';

/** What an administrator does to the ownership of a Thing. */
export interface Intervention {
  readonly ownership: OwnershipId;
  readonly from: AnyJid;
  /** For the audit trail; empty where none is given. */
  readonly reason: string;
  /** Names the notice that the Thing is then owed. */
  readonly noticeId: string;
}

/**
 * An administrator ends an ownership. It leaves the Thing as disowning does (decideDisownment in disownment.ts): without
 * tags, and unclaimable until it registers, so that only who has it in hands can claim it. The Thing is told so, but
 * nobody waits for its agreement: it may be broken, or gone.
 */
export function decideRelease(
  { thing }: Stored,
  { ownership, from, reason, noticeId }: Intervention,
  now: number,
): Change<'released' | 'its-own' | 'changed'> {
  if (!isClaimed(thing) || thing.ownership.id !== ownership) return { outcome: 'changed', writes: [] };
  if (thing.ownership.selfOwned) return { outcome: 'its-own', writes: [] };
  const { address, spokeFrom } = thing;
  const free: Thing = { address, tags: [], ...(spokeFrom !== undefined && { spokeFrom }) };
  return {
    outcome: 'released',
    writes: [
      { write: 'thing', thing: free, at: now },
      { write: 'notice', notice: noticeTo(free, { kind: 'disowned' }, noticeId, now) },
      audited(now, from, 'release', thing, reason),
    ],
  };
}
