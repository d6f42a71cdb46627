import type { FullJid } from './jid.js';
import { isClaimed, type Ownership, type Thing } from './thing.js';

/**
 * What administrators look at: all that there is, whoever's it is. However much that is, a store gathers it in steps of
 * a few milliseconds and gives others their turn in between; it may change meanwhile.
 */
export interface Overview {
  /** Exactly those that {@link isListed} says, in order of registration. */
  things(query: ThingsQuery): Promise<ListedThings>;
  /** The sessions of Things that are known to be on line, by their JIDs. */
  devices(query: DevicesQuery): Promise<ListedDevices>;
  counts(): Promise<Counts>;
  /** @param failuresSince failed claims before it, in ms since 1970, do not count. */
  uses(failuresSince: number): Promise<Uses>;
  /** What is still to be done; told at once. */
  backlog(): Backlog;
}

export interface Backlog {
  /** Changes that wait to be written. */
  readonly changes: number;
  /** Readings that are kept as they arrived; what is being sealed counts until all of it is. */
  readonly unsealedBytes: number;
  readonly sessions: number;
  readonly notices: number;
  readonly queued: number;
}

export const THING_STATES = ['all', 'claimed', 'unclaimed', 'public', 'self-owned', 'offered'] as const;
export type ThingState = (typeof THING_STATES)[number];

export interface ThingsQuery {
  readonly state: ThingState;
  /** See {@link isListed}; empty: all. */
  readonly part: string;
  /** In ms since 1970: an offer that has run out is none. */
  readonly now: number;
  /** The place in the order of registration after which to begin; 0: at the beginning. */
  readonly after: number;
  readonly limit: number;
}

export interface ListedThings {
  readonly things: readonly { readonly thing: Thing; readonly isOnline: boolean }[];
  /** Where there are more: after which place. */
  readonly next?: number;
}

export interface DevicesQuery {
  /** A bare JID or a domain; without it all. */
  readonly of?: string;
  /** The session after which to begin, as text is ordered; empty: at the beginning. */
  readonly after: string;
  readonly limit: number;
}

export interface Device {
  readonly session: FullJid;
  /** Registered under its JID; those beyond {@link MOST_COUNTED} are not counted. */
  readonly things: number;
  /** In ms since 1970; noted at most every ten minutes. */
  readonly heard: number;
}

/** A concentrator may have a million Things: so many are counted for a list. */
export const MOST_COUNTED = 10_000;

export interface ListedDevices {
  readonly devices: readonly Device[];
  /** How many there are in all, whatever was asked for. */
  readonly total: number;
  /** Whether there are more after the last one. */
  readonly more: boolean;
}

export interface Counts {
  readonly things: number;
  /** Things that have an owner, themselves included. */
  readonly claimed: number;
  readonly isPublic: number;
  readonly selfOwned: number;
  readonly owners: number;
  /** Ownerships that have ended, and whose history is kept for owners that come back. */
  readonly ended: number;
  readonly sessions: number;
  /** What Things have yet to be told, of themselves or of changed rights. */
  readonly notices: number;
  /** What people have yet to be told in words. */
  readonly words: number;
  readonly recordings: number;
  readonly queued: number;
  readonly series: number;
  readonly readings: number;
  readonly auditEntries: number;
  /** What it takes on the disk, in bytes; free is what of the database is not in use. */
  readonly bytes: { readonly database: number; readonly log: number; readonly free: number };
  /** The number of the schema. */
  readonly schema: number;
}

/** How much there is now of something that is limited, and who has most of it. */
export interface Use {
  readonly total?: number;
  readonly greatest?: { readonly who: string; readonly count: number };
}

/** @param holders what each has of it. */
export function useOf(holders: ReadonlyMap<string, ReadonlySet<unknown>>): Use {
  let total = 0;
  let greatest: Use['greatest'];
  for (const [who, { size }] of holders) {
    total += size;
    if (size > (greatest?.count ?? 0)) greatest = { who, count: size };
  }
  return { total, ...(greatest && { greatest }) };
}

/** The use of what the store holds. */
export interface Uses {
  /** Of one Thing. */
  readonly tags: Use;
  /** Of one Thing: its id. */
  readonly shares: Use;
  /** Requests that wait for their time, of one account. */
  readonly queued: Use;
  readonly failedClaims: { readonly byJid: Use; readonly byDomain: Use; readonly total: Use };
}

/** Whether a Thing is in a state, and has the text in its JID, nodeId, id, owner, SN or NAME; `A` to `Z` are as `a` to `z`. */
export function isListed(thing: Thing, { state, part, now }: Pick<ThingsQuery, 'state' | 'part' | 'now'>): boolean {
  return IS_IN_STATE[state](thing.ownership, now) && hasPart(thing, folded(part));
}

/** The letters of ASCII as small ones: what a store can be expected to do likewise. */
export function folded(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

const IS_IN_STATE: Readonly<Record<ThingState, (ownership: Ownership | undefined, now: number) => boolean>> = {
  all: () => true,
  claimed: (ownership) => ownership !== undefined,
  unclaimed: (ownership) => ownership === undefined,
  public: (ownership) => ownership?.isPublic === true,
  'self-owned': (ownership) => ownership?.selfOwned === true,
  offered: (ownership, now) => ownership?.offer !== undefined && ownership.offer.until > now,
};

function hasPart(thing: Thing, part: string): boolean {
  const { address, tags } = thing;
  const named = tags.filter(({ name }) => name === 'SN' || name === 'NAME');
  const texts = [
    address.jid,
    address.nodeId,
    ...(isClaimed(thing) ? [thing.ownership.id, thing.ownership.owner] : []),
    ...named.map((tag) => (tag.kind === 'num' ? tag.text : tag.value)),
  ];
  return texts.some((text) => folded(text).includes(part));
}
