import type { AnyJid } from './jid.js';
import { bareOf } from './jid.js';
import { noticeTo } from './notice.js';
import { beginOwnership, type Circumstances } from './ownership.js';
import { audited, type Change, type Match } from './ports.js';
import { type ClaimedThing, isClaimed, type Tag, type Thing, type ThingAddress } from './thing.js';

export interface Claim {
  readonly from: AnyJid;
  readonly tags: readonly Tag[];
  readonly isPublic: boolean;
  /** Those parts of the address that the claim names must be the Thing's. */
  readonly narrowed: Partial<Pick<ThingAddress, 'nodeId' | 'sourceId' | 'cacheType'>>;
}

export type ClaimDecision =
  | { readonly outcome: 'claimed'; readonly thing: ClaimedThing }
  /** The claimant owns it already; nothing changes, its visibility included. */
  | { readonly outcome: 'already-yours'; readonly thing: ClaimedThing }
  /** `why` is for the log: the claimant learns only that the claim failed. */
  | { readonly outcome: 'failed'; readonly why: string };

/**
 * A claim (XEP-0347 section 3.9), given the Things that registered exactly its tags. If two of them are free nobody gets
 * either: the tags do not say which one is meant.
 */
export function decideClaim(
  found: readonly Match[],
  claim: Claim,
  circumstances: Circumstances & { readonly noticeId: string },
): Change<ClaimDecision> {
  const candidates = found.filter(({ thing }) => isNarrowedTo(thing.address, claim.narrowed));
  const free = candidates.filter(({ thing }) => !isClaimed(thing));
  const [chosen] = free;
  if (chosen !== undefined && free.length === 1) return take(chosen, claim, circumstances);
  if (free.length > 1) return failed('several unclaimed Things have registered these very tags');

  const owner = bareOf(claim.from);
  const own = candidates.map(({ thing }) => thing).find((thing) => isOwnedBy(thing, owner));
  if (own !== undefined && isClaimed(own)) return { outcome: { outcome: 'already-yours', thing: own }, writes: [] };
  return failed(candidates.length === 0 ? 'no Thing has registered these tags' : 'the Thing has another owner');
}

function take(
  { thing: before, former }: Match,
  { from, isPublic }: Claim,
  circumstances: Circumstances & { readonly noticeId: string },
): Change<ClaimDecision> {
  const { now, noticeId } = circumstances;
  const owner = bareOf(from);
  const ownership = beginOwnership(former, { owner, isPublic, selfOwned: false }, circumstances);
  const thing: ClaimedThing = { ...before, ownership };
  return {
    outcome: { outcome: 'claimed', thing },
    writes: [
      { write: 'thing', thing, at: now },
      { write: 'notice', notice: noticeTo(thing, { kind: 'claimed', owner, isPublic }, noticeId, now) },
      audited(now, from, isPublic ? 'claim as public' : 'claim as private', thing, 'done'),
    ],
  };
}

function failed(why: string): Change<ClaimDecision> {
  return { outcome: { outcome: 'failed', why }, writes: [] };
}

function isNarrowedTo(address: ThingAddress, narrowed: Claim['narrowed']): boolean {
  const parts = ['nodeId', 'sourceId', 'cacheType'] as const;
  return parts.every((part) => narrowed[part] === undefined || narrowed[part] === address[part]);
}

function isOwnedBy(thing: Thing, owner: string): boolean {
  return thing.ownership?.owner === owner;
}
