import { type AnyJid, type BareJid, reachable } from './jid.js';
import { beginOwnership, type Circumstances } from './ownership.js';
import { audited, type Change, type Stored, type Write } from './ports.js';
import { LIMITS, storedTags } from './tags.js';
import { isClaimed, type OwnershipId, type Tag, type Thing, type ThingAddress } from './thing.js';

export interface Registration {
  readonly address: ThingAddress;
  readonly from: AnyJid;
  readonly selfOwned: boolean;
  readonly tags: readonly Tag[];
}

export type Registered =
  /** `disowned` names the ownership that this registration ended, as the answer to the owner's wish to disown. */
  | { readonly outcome: 'registered'; readonly disowned?: OwnershipId }
  | { readonly outcome: 'claimed'; readonly owner: BareJid; readonly isPublic: boolean }
  | { readonly outcome: 'too-many-tags' }
  /** Its JID has as many Things as one may have. */
  | { readonly outcome: 'too-many-things' };

/**
 * Registration (XEP-0347 sections 3.6 to 3.8). It replaces all tags; a Thing with an owner keeps everything and is told
 * the owner, unless its owner is just disowning it: then this is its acknowledgement, and both happen together.
 *
 * @param claimDigest of the tags with KEY; undefined for a Thing without tags, which cannot be claimed.
 */
export function decideRegistration(
  stored: Stored,
  registration: Registration,
  claimDigest: string | undefined,
  circumstances: Circumstances,
): Change<Registered> {
  const { address, from } = registration;
  const { now } = circumstances;
  const tags = storedTags(registration.tags);
  if (tags.length > LIMITS.tagsPerThing) return { outcome: { outcome: 'too-many-tags' }, writes: [] };

  const before = stored.thing;
  const owned = isClaimed(before) && !before.ownership.selfOwned ? before : undefined;
  const disowned = owned?.disowning !== undefined && now <= owned.disowning.until ? owned.ownership.id : undefined;
  if (owned !== undefined && disowned === undefined) return alreadyClaimed(owned, registration, now);

  const thing: Thing = {
    address,
    tags,
    ...speaking(from),
    ...(registration.selfOwned
      ? { ownership: ownershipOfItself(stored, registration, circumstances) }
      : claimDigest !== undefined && { claimDigest }),
  };
  const writes: Write[] = [
    { write: 'thing', thing, at: now },
    { write: 'no-notice', address },
    audited(now, from, registration.selfOwned ? 'register self-owned' : 'register', thing, 'done'),
  ];
  if (disowned !== undefined && owned !== undefined) {
    writes.push(audited(now, owned.ownership.owner, 'disown', owned, 'done: the Thing registered anew'));
  }
  return { outcome: { outcome: 'registered', ...(disowned !== undefined && { disowned }) }, writes };
}

function alreadyClaimed(
  thing: Thing & { readonly ownership: { readonly owner: BareJid; readonly isPublic: boolean } },
  { from, address }: Registration,
  now: number,
): Change<Registered> {
  const { owner, isPublic } = thing.ownership;
  return {
    outcome: { outcome: 'claimed', owner, isPublic },
    // The answer says what a notice would say.
    writes: [
      { write: 'thing', thing: { ...thing, ...speaking(from) }, at: now },
      { write: 'heard', address, at: now },
      { write: 'no-notice', address },
    ],
  };
}

function ownershipOfItself(stored: Stored, { address }: Registration, circumstances: Circumstances) {
  const current = stored.thing?.ownership;
  if (current?.selfOwned === true) return current;
  return beginOwnership(stored.former, { owner: address.jid, isPublic: true, selfOwned: true }, circumstances);
}

/** Notes where the Thing spoke from, if an answer would reach it there. */
export function speaking(from: AnyJid): Pick<Thing, 'spokeFrom'> {
  const spokeFrom = reachable(from);
  return spokeFrom === undefined ? {} : { spokeFrom };
}
