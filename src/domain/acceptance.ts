import { type AnyJid, type BareJid, bareOf } from './jid.js';
import type { Circumstances } from './ownership.js';
import { passOn } from './pass-on.js';
import { audited, type Change, type Stored } from './ports.js';
import type { ClaimedThing, Offer, OwnershipId } from './thing.js';
import { historyWords, isVoid, offerTo } from './transfer.js';

export interface Acceptance {
  readonly ownership: OwnershipId;
  /** Who accepts: to whom it was offered. */
  readonly from: AnyJid;
}

export type Accepted =
  | { readonly outcome: 'accepted'; readonly thing: ClaimedThing; readonly before: BareJid }
  /** It was withdrawn, made to somebody else, or has ended with the ownership. */
  | { readonly outcome: 'no-offer' }
  | { readonly outcome: 'void'; readonly offer: Offer }
  /** Whose Thing it is may not use the component now, and so cannot give it away either. */
  | { readonly outcome: 'owner-denied' };

/** Somebody takes over a Thing that was offered to him. */
export function decideAcceptance(
  { thing, former }: Stored,
  { ownership, from }: Acceptance,
  circumstances: Circumstances & { readonly noticeId: string; readonly mayUse: (owner: BareJid) => boolean },
): Change<Accepted> {
  const { now, mayUse } = circumstances;
  const offered = offerTo(thing, ownership, from);
  if (offered === undefined) return { outcome: { outcome: 'no-offer' }, writes: [] };
  const { thing: before, offer } = offered;
  if (isVoid(offer, now)) return { outcome: { outcome: 'void', offer }, writes: [] };
  if (!mayUse(before.ownership.owner)) return { outcome: { outcome: 'owner-denied' }, writes: [] };
  const { after, writes } = passOn(before, former, { ...offer, to: bareOf(from) }, circumstances);
  const { owner } = before.ownership;
  return {
    outcome: { outcome: 'accepted', thing: after, before: owner },
    // Either owner is to see what became of the own ownership.
    writes: [
      ...writes,
      audited(now, from, 'transfer', before, `accepted by ${offer.to}, ${historyWords(offer)}`),
      audited(now, from, 'transfer', after, `taken over from ${owner}, ${historyWords(offer)}`),
    ],
  };
}
