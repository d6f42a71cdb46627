import type { AuditEntry, Audited, AuditLog } from './audit.js';
import type { Backups } from './backup.js';
import type { BlockStore } from './block.js';
import type { ErasureStore, FormerStore } from './erasure.js';
import type { AnyJid, BareJid, FullJid } from './jid.js';
import type { Held, Joining } from './joining.js';
import type { News, Notice, StateNews } from './notice.js';
import type { Overview } from './overview.js';
import type { Plan } from './read-out/plan.js';
import type { HistoryCursor, HistoryPage, HistoryQuery, NodeName, OwnedReadings } from './reading.js';
import type { Recording } from './recording/recording.js';
import type { Retention } from './retention.js';
import type { Found, Search, Viewer } from './search.js';
import { type ClaimedThing, nameOf, type OwnershipId, type Thing, type ThingAddress } from './thing.js';
import type { WordsStore } from './words/words-store.js';

/**
 * What the rules need of the world. Every port returns a promise and none assumes that the store is in this process.
 * A promise of a writing port resolves when what it wrote is on disk, and not before (DESIGN section 5).
 */
export interface Store {
  readonly things: ThingStore;
  readonly notices: NoticeStore;
  readonly sessions: SessionStore;
  readonly contacts: ContactStore;
  readonly friends: FriendStore;
  readonly readings: ReadingStore;
  readonly queue: QueueStore;
  readonly recordings: RecordingStore;
  readonly retention: RetentionStore;
  readonly erasures: ErasureStore;
  readonly former: FormerStore;
  readonly words: WordsStore;
  readonly failedClaims: FailedClaimStore;
  readonly audit: AuditLog;
  readonly blocks: BlockStore;
  readonly overview: Overview;
  readonly backups: Backups;
  /** Whether a write would succeed now. */
  accepts(): Promise<boolean>;
  /**
   * Deletes a little of what is past keeping (ended ownerships with their readings, readings past the retention, old
   * failed claims), about `limit` rows at most, so that no request waits for it, and gives some of the room back to the
   * disk. To be called now and then, and again soon where it says so.
   * @returns whether there is more.
   */
  purge(limit: number): Promise<boolean>;
  /** Writes what is under way, and closes. */
  close(): Promise<void>;
}

/**
 * What a writing port rejects with when the store cannot write now (disk full, I/O error, closed): nothing of the
 * change was kept, and the same may succeed later. To a sender it is resource-constraint, type wait.
 */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable';
}

/** Why the data of a component cannot be used, in words that tell its operator what to do. */
export class UnusableData extends Error {}

/** What is stored at an address: the Thing, if there is one, and those of its ended ownerships that are still kept. */
export interface Stored {
  readonly thing: Thing | undefined;
  readonly former: readonly FormerOwnership[];
}

/** A Thing that a search by digest found. */
export interface Match extends Stored {
  readonly thing: Thing;
}

export interface FormerOwnership {
  readonly id: OwnershipId;
  readonly owner: BareJid;
  /** Milliseconds since 1970. */
  readonly ended: number;
}

export type { AuditEntry, AuditLog } from './audit.js';

/** One thing that a change writes. */
export type Write =
  /**
   * Creates or replaces the Thing at `thing.address`. Its place in the order of registration is kept while it exists.
   * An ownership that the row before had and this one has not, or has under another id, ends at `at`; one that
   * was ended and is here again is taken up again, with its readings but without its shares.
   *
   * Where this or `no-thing` changes who is entitled to the Thing, and its JID has asked `isFriend`, the JID is owed the
   * news of that, written together with it (changeOfRights in friendship.ts), and so are people owed words about it
   * (wordsOfChange in words/owner-words.ts): no rule has to remember to.
   */
  | { readonly write: 'thing'; readonly thing: Thing; readonly at: number }
  /** Forgets the Thing; its ownership ends at `at`. */
  | { readonly write: 'no-thing'; readonly address: ThingAddress; readonly at: number }
  /** The Thing itself has spoken. */
  | { readonly write: 'heard'; readonly address: ThingAddress; readonly at: number }
  /** Replaces the notice that the Thing is owed. */
  | { readonly write: 'notice'; readonly notice: Notice<StateNews> }
  | { readonly write: 'no-notice'; readonly address: ThingAddress }
  /** Joins histories; what is written before it has been done by then. */
  | { readonly write: 'history'; readonly joining: Joining }
  | { readonly write: 'audit'; readonly entry: AuditEntry };

export interface Change<Outcome> {
  readonly outcome: Outcome;
  readonly writes: readonly Write[];
}

export interface ThingStore {
  at(address: ThingAddress): Promise<Thing | undefined>;
  byOwnership(id: OwnershipId): Promise<Thing | undefined>;
  /** All Things of a JID, in order of registration: for the JID itself, as the time tells how many there are. */
  ofJid(jid: BareJid): Promise<readonly Thing[]>;
  /** Those of them that have one of these node ids, and the one that stands alone; in order of registration. */
  ofNodes(jid: BareJid, nodeIds: readonly string[]): Promise<readonly Thing[]>;
  /**
   * Things that are owned by or shared by JID with one of the two, and are the other's. What is looked at is the
   * asker's, so that the time tells it nothing of the other.
   */
  between(asker: BareJid, other: BareJid): Promise<readonly ClaimedThing[]>;
  /**
   * Loads what is stored at an address, lets `decide` say what comes of it, and writes that: all in one transaction. `decide` is a pure function, so that a store which finds that it lost a race may call it again.
   * The promise resolves to the outcome once the writes are on disk; a decision without writes waits for nothing.
   */
  changeAt<Outcome>(address: ThingAddress, decide: (stored: Stored) => Change<Outcome>): Promise<Outcome>;
  /** The same for all Things that registered with this digest, in order of registration. */
  changeMatching<Outcome>(claimDigest: string, decide: (found: readonly Match[]) => Change<Outcome>): Promise<Outcome>;
  /** The same for what is stored at an address and an ownership wherever it is or was; undefined if it is not kept. */
  changeWith<Outcome>(
    address: ThingAddress,
    other: OwnershipId,
    decide: (stored: Stored, other: Held | undefined) => Change<Outcome>,
  ): Promise<Outcome>;
  /** Exactly those that `matches` in search.ts says. */
  search(search: Search): Promise<Found>;
  /**
   * The Things that a viewer may see, its own first, then those shared with it by JID, then those offered to it,
   * then public ones, each in order of registration; of one JID only where `ofJid` is given. `total` counts all.
   */
  visibleTo(
    viewer: Viewer,
    page: { readonly ofJid?: BareJid; readonly offset: number; readonly limit: number },
  ): Promise<{ readonly things: readonly ClaimedThing[]; readonly total: number }>;
  /** The viewer's own Things and those shared with it by JID, at most `limit`, in order of registration. */
  ofViewer(viewer: BareJid, limit: number): Promise<readonly ClaimedThing[]>;
  /**
   * Those that a viewer may read because they are shared with its domain or with everyone, or are their own, whatever
   * else it is to them: of each of these kinds at most `limit`, in the order in which the ownerships began. Others are
   * not looked at, so that the time tells nothing of them.
   */
  openTo(viewer: Viewer, limit: number): Promise<readonly ClaimedThing[]>;
  /**
   * One Thing, where there is one, for each way in which the viewer can have a right on one: its own, shared with it,
   * with its domain or with everyone, offered to it, a Thing of its own, a public one. Enough to find out whether it has
   * a right on any, and a few look-ups however many there are.
   */
  oneOfEach(viewer: Viewer): Promise<readonly ClaimedThing[]>;
  /** Those offered to a JID, in order of registration; the offer may be void by now, and is soon forgotten then. */
  offeredTo(jid: BareJid, limit: number): Promise<readonly ClaimedThing[]>;
  /** Who owns Things, those left out that own themselves: by code point, after this one (all come after ''), at most `limit`. */
  owners(after: string, limit: number): Promise<readonly BareJid[]>;
  /** Whether any Thing, claimed or not, is registered under the JID. */
  isThing(jid: BareJid): Promise<boolean>;
  /** How many Things a JID has, counted up to `most`. */
  countOf(jid: BareJid, most: number): Promise<number>;
}

export interface NoticeStore {
  /** What the Things of a JID are owed, and the JID itself. */
  owedTo(jid: BareJid): Promise<readonly Notice[]>;
  /** JIDs to whose Things something is owed. */
  debtors(): Promise<readonly BareJid[]>;
  /** Forgets the notice, unless newer news has taken its place. */
  settle(id: string): Promise<void>;
  /** Counts a delivery of the notice. */
  delivered(id: string): Promise<void>;
}

/** Things that have asked `isFriend` (XEP-0324), by their JIDs: they may rely on the answer, and are told when it changes. */
export interface FriendStore {
  /**
   * Remembers that this JID has asked; writes nothing where that is known. It is forgotten when no Thing of the JID is
   * left and nothing is owed to it.
   */
  asked(jid: BareJid): Promise<void>;
}

/** So many sessions of one JID are known; of more, those that were seen last. */
export const MOST_SESSIONS = 100;

/** Where Things can be reached: sessions known to be on line, learnt from what they send and from presence. */
export interface SessionStore {
  /** @returns whether its JID had none before. */
  seen(session: FullJid, at: number): Promise<boolean>;
  /** @returns whether it was known, and its JID has none left. */
  gone(session: FullJid): Promise<boolean>;
  /** The one last seen first. */
  of(jid: BareJid): Promise<readonly FullJid[]>;
}

/**
 * Subscriptions to presence between a contact and one of our addresses. `ours`: what we asked of the contact; `theirs`:
 * whether the contact is subscribed to us.
 */
export interface Subscriptions {
  readonly ours: 'none' | 'asked' | 'subscribed' | 'refused';
  readonly theirs: boolean;
}
/** `local` names our address; it is empty for the domain itself. */
export interface Contact extends Subscriptions {
  readonly jid: BareJid;
  readonly local: string;
}
export interface ContactStore {
  /**
   * Loads what is between the two ({@link STRANGERS} unless anything was written), lets `decide`, a pure function, say
   * what it is to be, and writes that: all in one transaction, as answers to subscriptions come several at once.
   * @returns whether that was a change.
   */
  change(jid: BareJid, local: string, decide: (before: Subscriptions) => Subscriptions): Promise<boolean>;
  /** Those subscribed to one of our addresses. */
  subscribersOf(local: string): Promise<readonly BareJid[]>;
  /** All but strangers. Page by page is not needed: one row a JID that registered. */
  all(): Promise<readonly Contact[]>;
}
/** Between them is nothing, and nothing is kept. */
export const STRANGERS: Subscriptions = { ours: 'none', theirs: false };

export interface ReadingStore {
  /**
   * Stores readings of one or more ownerships in one transaction; resolves when they are on disk. A reading replaces
   * the one with its key unless that one has more trust (trustOf in reading.ts); one that is there already counts as
   * stored. A node that an ownership has not reported before is remembered, in order.
   * @returns for each item, false if there is no such ownership any more and nothing of it was stored.
   */
  add(items: readonly OwnedReadings[]): Promise<readonly boolean[]>;
  /** At most `limit` readings a page. A cursor goes on with the query that it came of. */
  history(query: HistoryQuery, limit: number, after?: HistoryCursor): Promise<HistoryPage>;
  /**
   * About how many rows it would write to join histories; `erasing` while readings are being erased of a series that
   * both have. The ownership `to` may be one that is still to begin.
   */
  rowsToJoin(joining: Joining): Promise<number | 'erasing'>;
  /** The nodes that the ownership has reported, the first ever reported first. */
  nodes(ownership: OwnershipId): Promise<readonly NodeName[]>;
  /** The names of the fields that it has reported, each once, by code point; at most `limit`. */
  fieldNames(ownership: OwnershipId, limit: number): Promise<readonly string[]>;
}

/** A request for a read-out that is to begin later (XEP-0323 section 3.3). */
export interface QueuedReadOut {
  readonly plan: Plan;
  /** When to begin, in ms since 1970. */
  readonly due: number;
  /** Whether the asker has to answer a ping when the time has come: it was seen to answer, or to go. */
  readonly answersPings: boolean;
}

/** Requests that wait for their time, by the asker's session and sequence number. */
export interface QueueStore {
  /** @returns false, and nothing is changed, if there is one of this asker and number already. */
  add(queued: QueuedReadOut): Promise<boolean>;
  has(asker: AnyJid, seqnr: number): Promise<boolean>;
  /** Notes that the asker has to answer a ping before its requests begin: of this number, or all. */
  answersPings(asker: AnyJid, seqnr?: number): Promise<void>;
  /** @returns whether there was one. */
  remove(asker: AnyJid, seqnr: number): Promise<boolean>;
  /** How many all sessions of the asker have. */
  countOf(asker: BareJid): Promise<number>;
  /** Those of all sessions of the asker, the one due first at first, at most `limit`. */
  ofAccount(asker: BareJid, limit: number): Promise<readonly QueuedReadOut[]>;
  /** Those due by then, the longest due first, at most `limit`. */
  due(by: number, limit: number): Promise<readonly QueuedReadOut[]>;
  /** When the next is due. */
  nextDue(): Promise<number | undefined>;
}

/** Recordings: rows, which survive a restart and end with the ownership, of which there is one each at most. */
export interface RecordingStore {
  of(ownership: OwnershipId): Promise<Recording | undefined>;
  /**
   * Begins or changes a recording; what is known of the last run stays.
   * @returns false, and nothing is written, if there is no such ownership any more.
   */
  put(recording: Omit<Recording, 'last'>, entry: AuditEntry): Promise<boolean>;
  /** Ends a recording. @returns whether there was one. */
  remove(ownership: OwnershipId, entry: AuditEntry): Promise<boolean>;
  /** Those due by then, the longest due first, at most `limit`. */
  due(by: number, limit: number): Promise<readonly Recording[]>;
  /** When the next is due. */
  nextDue(): Promise<number | undefined>;
  /** Says when those are due next that are dealt with now. */
  postpone(recordings: readonly Pick<Recording, 'ownership' | 'due'>[]): Promise<void>;
  /** Notes what came of a run. */
  ran(ownership: OwnershipId, last: { readonly at: number; readonly outcome: string }): Promise<void>;
}

/** What is kept of the readings of single Things. It ends with the ownership. */
export interface RetentionStore {
  /** What is set for it; what is not is as for all. */
  of(ownership: OwnershipId): Promise<Retention>;
  /**
   * Sets it, in place of what was set before; set-retention.ts checks what it is given.
   * @returns false, and nothing is written, if there is no such ownership any more.
   */
  put(ownership: OwnershipId, retention: Retention, entry: AuditEntry): Promise<boolean>;
}

/** Failed claims by subject (a bare JID, `@` and a foreign domain, `*` for all), in fixed windows. */
export interface FailedClaimStore {
  count(subjects: readonly string[], since: number): Promise<readonly number[]>;
  add(subjects: readonly string[], at: number): Promise<void>;
}

/**
 * The entry of an action on a Thing, as a part of the change that it made.
 *
 * @param thing as its owner at the time of the action had it: that owner is to see the entry.
 */
export function audited(
  at: number,
  actor: AnyJid,
  action: Audited,
  { address, ownership }: Pick<Thing, 'address' | 'ownership'>,
  outcome: string,
): Write {
  const about = ownership && { ownership: ownership.id };
  return { write: 'audit', entry: { at, actor, action, subject: nameOf(address), outcome, ...about } };
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Ids {
  /** A new name for an ownership: 10 characters of lower-case base32. */
  ownership(): OwnershipId;
  /** A new name for a notice. */
  notice(): string;
}

/** HMAC-SHA-256 under the pepper that is kept apart from the database. */
export interface ClaimDigest {
  of(canonicalTags: string): Promise<string>;
}

/** Tells a Thing its news. */
export interface Messenger {
  /**
   * One attempt at one session.
   * - `acknowledged`: a result came.
   * - `gone`: there is no such session.
   * - `refused`: an error that says nothing about the session being gone.
   * - `silent`: no answer in `deadlineMs`; should a result come after that, `acknowledgedLate` is called.
   * - `unsent`: there is no connection to tell it over.
   */
  tell(
    session: FullJid,
    address: ThingAddress,
    news: News,
    deadlineMs: number,
    acknowledgedLate: () => void,
  ): Promise<Told>;
}
export type Told = 'acknowledged' | 'gone' | 'refused' | 'silent' | 'unsent';
