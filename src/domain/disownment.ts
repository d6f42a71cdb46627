import { type AnyJid, bareOf } from './jid.js';
import { noticeTo } from './notice.js';
import { audited, type Change, type Stored } from './ports.js';
import { type ClaimedThing, isClaimed, type OwnershipId, type Thing } from './thing.js';

/** How long a Thing has to acknowledge, over all sessions that are tried, in ms (DESIGN section 3). */
export const ACKNOWLEDGE_MS = 4000;

/**
 * Disowning (XEP-0347 section 3.17) takes two steps, since a Thing that does not know of it could not be claimed again:
 * first the wish is noted, so that a registration which comes meanwhile counts as the Thing's answer; then, when the
 * Thing has acknowledged, the ownership ends.
 *
 * With the wish the Thing is owed the news whose it is, kept back while it is asked (`Notifier.hold`) and void once it is
 * disowned: else one that has acknowledged would go on believing it where its answer, or this process, is lost.
 */
export function decideWish(
  stored: Stored,
  owner: AnyJid,
  { now, noticeId }: { readonly now: number; readonly noticeId: string },
): Change<{ readonly thing: ClaimedThing } | 'not-found'> {
  const thing = stored.thing;
  if (!isClaimed(thing) || thing.ownership.owner !== bareOf(owner)) return { outcome: 'not-found', writes: [] };
  const wished: ClaimedThing = { ...thing, disowning: { until: now + ACKNOWLEDGE_MS } };
  const { owner: jid, isPublic } = thing.ownership;
  const notice = noticeTo(thing, { kind: 'claimed', owner: jid, isPublic }, noticeId, now);
  return {
    outcome: { thing },
    writes: [
      { write: 'thing', thing: wished, at: now },
      { write: 'notice', notice },
    ],
  };
}

/** The Thing has acknowledged. It is left without owner, without tags and unclaimable until it registers. */
export function decideDisownment(
  stored: Stored,
  ownership: OwnershipId,
  owner: AnyJid,
  now: number,
): Change<'disowned'> {
  const thing = stored.thing;
  // Its registration came first, and has ended the ownership already.
  if (!isClaimed(thing) || thing.ownership.id !== ownership) return { outcome: 'disowned', writes: [] };
  const { address, spokeFrom } = thing;
  const free: Thing = { address, tags: [], ...(spokeFrom !== undefined && { spokeFrom }) };
  return {
    outcome: 'disowned',
    writes: [
      { write: 'thing', thing: free, at: now },
      { write: 'no-notice', address },
      audited(now, owner, 'disown', thing, 'done'),
    ],
  };
}

/** The Thing has not acknowledged: everything stays as it was, unless its registration came at the last moment. */
export function decideGivingUp(
  stored: Stored,
  ownership: OwnershipId,
  owner: AnyJid,
  now: number,
): Change<'not-allowed' | 'disowned'> {
  const thing = stored.thing;
  if (!isClaimed(thing) || thing.ownership.id !== ownership) return { outcome: 'disowned', writes: [] };
  const { disowning: _, ...kept } = thing;
  return {
    outcome: 'not-allowed',
    writes: [
      { write: 'thing', thing: kept, at: now },
      audited(now, owner, 'disown', thing, 'refused: the Thing did not acknowledge'),
    ],
  };
}
