import type { AnyJid, BareJid } from './jid.js';
import { noticeTo } from './notice.js';
import { beginOwnership, type Circumstances } from './ownership.js';
import { audited, type Change, type Stored, type Write } from './ports.js';
import { canonicalTags, hasKey, storedTags } from './tags.js';
import { type ClaimedThing, isClaimed, type OwnershipId, type Tag, type Thing, type ThingAddress } from './thing.js';

/** An administrator says of a Thing what it would say itself and, where it is claimed too, whose it is. */
export interface Import {
  readonly address: ThingAddress;
  readonly from: AnyJid;
  /** With KEY, where there is one. */
  readonly tags: readonly Tag[];
  readonly claim?: { readonly owner: BareJid; readonly isPublic: boolean };
}

export type Imported =
  /** It waits for its owner, as if it had registered. */
  | { readonly outcome: 'registered' }
  | { readonly outcome: 'claimed'; readonly id: OwnershipId }
  /** Everything was so already. `id` where it has an owner. */
  | { readonly outcome: 'unchanged'; readonly id?: OwnershipId }
  /** It is somebody else's; nothing is changed. */
  | { readonly outcome: 'refused'; readonly id: OwnershipId };

/**
 * Import of a Thing. Without an owner it is registered as if it had spoken itself, so that it may come before or after
 * its owner claims it, and nothing changes when it registers with the same tags. With an owner it is claimed, too, and is
 * owed the notice. What is owned stays as it is: an import takes nothing away, and done twice it does nothing twice.
 *
 * @param claimDigest of the tags with KEY; undefined for a Thing without tags, which cannot be claimed.
 */
export function decideImport(
  stored: Stored,
  asked: Import,
  claimDigest: string | undefined,
  circumstances: Circumstances & { readonly noticeId: string },
): Change<Imported> {
  const { thing: before } = stored;
  if (isClaimed(before)) return keep(before, asked);
  const thing = registered(before, asked, claimDigest);
  if (asked.claim !== undefined) return claimFor(asked.claim, thing, stored, asked, circumstances);
  if (thing === before) return { outcome: { outcome: 'unchanged' }, writes: [] };
  const entry = audited(circumstances.now, asked.from, 'import', thing, 'registered');
  return { outcome: { outcome: 'registered' }, writes: [{ write: 'thing', thing, at: circumstances.now }, entry] };
}

function keep({ ownership }: ClaimedThing, { claim }: Import): Change<Imported> {
  const isAsked = claim === undefined || claim.owner === ownership.owner;
  return { outcome: { outcome: isAsked ? 'unchanged' : 'refused', id: ownership.id }, writes: [] };
}

/** The Thing as it would be had it registered; the very one before where that says nothing new. */
function registered(before: Thing | undefined, { address, tags }: Import, claimDigest: string | undefined): Thing {
  const kept = storedTags(tags);
  if (before !== undefined && saysNothingNew(before, tags, claimDigest)) return before;
  return {
    address,
    tags: kept,
    ...(before?.spokeFrom !== undefined && { spokeFrom: before.spokeFrom }),
    ...(claimDigest !== undefined && { claimDigest }),
  };
}

/** A list without KEYs does not take from a Thing the one that it registered: nobody could claim it then. */
function saysNothingNew(before: Thing, tags: readonly Tag[], claimDigest: string | undefined): boolean {
  const kept = storedTags(tags);
  if (!hasKey(tags) && kept.length === 0) return true;
  const isSame = canonicalTags(kept) === canonicalTags(before.tags);
  return isSame && (!hasKey(tags) || claimDigest === before.claimDigest);
}

function claimFor(
  { owner, isPublic }: NonNullable<Import['claim']>,
  before: Thing,
  { former }: Stored,
  { from }: Import,
  circumstances: Circumstances & { readonly noticeId: string },
): Change<Imported> {
  const { now, noticeId } = circumstances;
  const ownership = beginOwnership(former, { owner, isPublic, selfOwned: false }, circumstances);
  const thing: ClaimedThing = { ...before, ownership };
  const news = { kind: 'claimed', owner, isPublic } as const;
  const words = `claimed for ${owner} as ${isPublic ? 'public' : 'private'}`;
  const writes: readonly Write[] = [
    { write: 'thing', thing, at: now },
    { write: 'notice', notice: noticeTo(thing, news, noticeId, now) },
    audited(now, from, 'import', thing, words),
  ];
  return { outcome: { outcome: 'claimed', id: ownership.id }, writes };
}
