import { momentText } from '../date-time.js';
import type { BareJid } from '../jid.js';
import { quoted } from '../quoted.js';
import { type ClaimedThing, nameOf, type Offer, type Ownership, type Tag, type Thing } from '../thing.js';

/** Something that somebody is to be told. */
export interface Words {
  readonly to: BareJid;
  readonly text: string;
  /** Whether it is told also to who does not want to be told of events. */
  readonly isUnasked: boolean;
}

/** A Thing of which nothing was heard. */
export interface SilentThing {
  readonly thing: ClaimedThing;
  /** When something was last heard of it, to the hour, or its ownership began; in ms since 1970. */
  readonly heard: number;
}

/** What of an ownership its owner is told of. */
export type Owned = Pick<Ownership, 'owner' | 'selfOwned' | 'offer'>;

/** A Thing before or after a change. */
export interface State {
  readonly tags: readonly Tag[];
  readonly ownership?: Owned | undefined;
}

/**
 * What people are told of a change of ownership: who has a Thing now, and who has it no more, whoever did it, themselves
 * included. To whom a Thing is offered is told in any case: he cannot know it otherwise.
 *
 * @param before undefined for a Thing that was not there.
 * @param after undefined for one that is no longer there.
 */
export function wordsOfChange(
  address: Thing['address'],
  before: State | undefined,
  after: State | undefined,
): readonly Words[] {
  const [was, is] = [before?.ownership, after?.ownership];
  const isSameOwner = was?.owner === is?.owner;
  if (isSameOwner && sameOffer(was?.offer, is?.offer)) return [];
  // One that was released has no tags any more.
  const name = called({ address, tags: [before, after].find((state) => state && state.tags.length > 0)?.tags ?? [] });
  const offered = is === undefined ? [] : offeredBy(is, name);
  if (isSameOwner) {
    const ended = was?.offer && `The offer of ${name} to ${was.offer.to} has ended; it is yours still.`;
    return [...(was && ended ? toOwner(was, ended) : []), ...offered];
  }
  return [
    ...(was ? toOwner(was, `${name} is not yours any more: ${fateOf(after)}.`) : []),
    ...(is ? toOwner(is, `${name} is yours now.`) : []),
    ...offered,
  ];
}

/** A Thing has not been heard for long. */
export function wordsOfSilence({ thing, heard }: SilentThing): Words {
  const text = `Nothing was heard of ${called(thing)} since ${momentText({ ms: heard })}.`;
  return { to: thing.ownership.owner, text, isUnasked: false };
}

/** @param reason of the first that was refused, as its sender was told it. */
export function wordsOfRefusal(thing: Thing & { readonly ownership: Owned }, reason: string): Words {
  const text = `Readings of ${called(thing)} were refused: ${reason} You are told that once a day.`;
  return { to: thing.ownership.owner, text, isUnasked: false };
}

/** @param minutes by which the times of a Thing are ahead of the clock. The owner alone can mend that, and is told in any case. */
export function wordsOfClock(thing: Thing & { readonly ownership: Owned }, minutes: number): Words {
  const off = `${Math.abs(minutes)} minutes ${minutes > 0 ? 'ahead' : 'late'}`;
  const text = `The times that ${called(thing)} reports are ${off}: its clock or its time zone is not what we take it for.`;
  return { to: thing.ownership.owner, text, isUnasked: true };
}

/** What stands for those that are too many to be told one by one. */
export function wordsOfMore(count: number): string {
  return count === 1 ? 'And 1 more event.' : `And ${count} more events.`;
}

/** What a Thing is called is its own and its owner's say: it is quoted, in one line. */
function called({ address, tags }: Pick<Thing, 'address' | 'tags'>): string {
  const tag = tags.find(({ name }) => name === 'NAME') ?? tags.find(({ name }) => name === 'SN');
  const full = nameOf(address);
  const name = full === address.jid ? full : `${address.jid} ${quoted(full.slice(address.jid.length + 1))}`;
  return tag === undefined ? name : `${quoted(tag.kind === 'num' ? tag.text : tag.value)} (${name})`;
}

/** A Thing that owns itself is told nothing in words. */
function toOwner({ owner, selfOwned }: Owned, text: string): Words[] {
  return selfOwned ? [] : [{ to: owner, text, isUnasked: false }];
}

function fateOf(after: State | undefined): string {
  if (after === undefined) return 'it was taken out of the registry';
  return after.ownership === undefined ? 'it has no owner now' : 'it has another owner';
}

function offeredBy({ owner, offer }: Owned, name: string): Words[] {
  if (offer === undefined) return [];
  const { to, withHistory, until } = offer;
  const readings = withHistory ? 'with its readings' : 'without its readings';
  const text = `${owner} offers you ${name}, ${readings}. Until ${momentText({ ms: until })} you can accept or decline it, with the commands of those names here.`;
  return [{ to, text, isUnasked: true }];
}

function sameOffer(a: Offer | undefined, b: Offer | undefined): boolean {
  return a?.to === b?.to && a?.until === b?.until && a?.withHistory === b?.withHistory;
}
