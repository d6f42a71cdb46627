import { momentText } from './date-time.js';
import { type AnyJid, type BareJid, bareOf } from './jid.js';
import { audited, type Change, type Stored } from './ports.js';
import { type ClaimedThing, isClaimed, type Offer, type OwnershipId, type Thing } from './thing.js';

/** How long an offer is open, in ms. */
export const OFFER_MS = 7 * 24 * 60 * 60 * 1000;

/** An owner offers a Thing to somebody, in place of whomever it was offered to. Whether that one may use us is not judged here. */
export interface Offering {
  readonly ownership: OwnershipId;
  /** Who offers: the owner. */
  readonly from: AnyJid;
  readonly to: BareJid;
  readonly withHistory: boolean;
}

export type Offered =
  | { readonly outcome: 'offered'; readonly offer: Offer }
  | { readonly outcome: Unfit | 'not-found' };

/** Why a Thing cannot pass to somebody: it is its own owner, or he owns it already, or is the Thing. */
export type Unfit = 'its-own' | 'owner' | 'thing-itself';

export function decideOffer({ thing }: Stored, offering: Offering, now: number): Change<Offered> {
  const { from, to, withHistory } = offering;
  if (!isOwnedBy(thing, offering)) return { outcome: { outcome: 'not-found' }, writes: [] };
  const unfit = unfitness(thing, to);
  if (unfit !== undefined) return { outcome: { outcome: unfit }, writes: [] };
  const offer: Offer = { to, withHistory, until: now + OFFER_MS };
  const words = `offered to ${to} ${historyWords(offer)}, until ${momentText({ ms: offer.until })}`;
  return {
    outcome: { outcome: 'offered', offer },
    writes: [
      { write: 'thing', thing: { ...thing, ownership: { ...thing.ownership, offer } }, at: now },
      audited(now, from, 'transfer', thing, words),
    ],
  };
}

/** An owner takes an offer back. */
export function decideWithdrawal(
  { thing }: Stored,
  offering: Pick<Offering, 'ownership' | 'from'>,
  now: number,
): Change<'withdrawn' | 'none' | 'not-found'> {
  if (!isOwnedBy(thing, offering)) return { outcome: 'not-found', writes: [] };
  const { offer } = thing.ownership;
  if (offer === undefined) return { outcome: 'none', writes: [] };
  return withoutOffer('withdrawn', thing, offering.from, `withdrawn; it was offered to ${offer.to}`, now);
}

/** Somebody does not want what is offered to him: everything else stays as it was. */
export function decideDecline(
  { thing }: Stored,
  { ownership, from }: { readonly ownership: OwnershipId; readonly from: AnyJid },
  now: number,
): Change<'declined' | 'no-offer'> {
  const offer = offerTo(thing, ownership, from);
  if (offer === undefined) return { outcome: 'no-offer', writes: [] };
  return withoutOffer('declined', offer.thing, from, `declined by ${offer.offer.to}`, now);
}

/** Forgets an offer that nobody has answered; who offered it has it on record. */
export function decideExpiry(thing: ClaimedThing, now: number): Change<'expired' | 'open' | 'none'> {
  const { offer, owner } = thing.ownership;
  if (offer === undefined || !isVoid(offer, now)) return { outcome: offer ? 'open' : 'none', writes: [] };
  return withoutOffer('expired', thing, owner, `expired: ${offer.to} did not answer`, now);
}

/** The offer of a Thing to somebody, void or not. */
export function offerTo(
  thing: Thing | undefined,
  ownership: OwnershipId,
  who: AnyJid,
): { readonly thing: ClaimedThing; readonly offer: Offer } | undefined {
  const offer = thing?.ownership?.offer;
  const isHis = isClaimed(thing) && thing.ownership.id === ownership && offer?.to === bareOf(who);
  return isHis && offer !== undefined ? { thing, offer } : undefined;
}

export function isVoid({ until }: Offer, now: number): boolean {
  return now >= until;
}

/** Why a Thing cannot pass to somebody, if it cannot. */
export function unfitness({ address, ownership }: ClaimedThing, to: BareJid): Unfit | undefined {
  if (ownership.selfOwned) return 'its-own';
  if (to === ownership.owner) return 'owner';
  return to === address.jid ? 'thing-itself' : undefined;
}

/** For the audit trail. */
export function historyWords({ withHistory }: Pick<Offer, 'withHistory'>): string {
  return withHistory ? 'with its readings' : 'without its readings';
}

function isOwnedBy(
  thing: Thing | undefined,
  { ownership, from }: Pick<Offering, 'ownership' | 'from'>,
): thing is ClaimedThing {
  return isClaimed(thing) && thing.ownership.id === ownership && thing.ownership.owner === bareOf(from);
}

function withoutOffer<Outcome>(
  outcome: Outcome,
  before: ClaimedThing,
  from: AnyJid,
  words: string,
  now: number,
): Change<Outcome> {
  const { offer: _, ...ownership } = before.ownership;
  return {
    outcome,
    writes: [
      { write: 'thing', thing: { ...before, ownership }, at: now },
      audited(now, from, 'transfer', before, words),
    ],
  };
}
