import type { AuditEntry } from '../audit.js';
import type { BareJid } from '../jid.js';
import type { OwnershipId } from '../thing.js';
import type { SilentThing, Words } from './owner-words.js';

/** Words that are on disk, to be told in the order of their keys. */
export interface OwedWords {
  readonly key: number;
  readonly text: string;
}

/** What is owed to somebody. */
export interface Owed {
  /** The first, in order. */
  readonly words: readonly OwedWords[];
  /** How many there are. */
  readonly total: number;
  /** The key of the last of all. */
  readonly last: number;
}

/**
 * What is owed to people in words: rows, which survive a restart. Those of changes of ownership are written by the store
 * together with the change (wordsOfChange in owner-words.ts): no rule has to remember to.
 */
export interface WordsStore {
  /** Whether somebody wants to be told of events of the own Things. */
  isNotified(jid: BareJid): Promise<boolean>;
  /**
   * Who does not want to be told any more is not told of what is owed already, but for offers and the like.
   * @returns false, and nothing is written, the entry neither, where it is so already.
   */
  setNotified(jid: BareJid, isNotified: boolean, entry: AuditEntry): Promise<boolean>;
  owe(words: Words, at: number): Promise<void>;
  /**
   * Owes the owner the words about refused readings, if he wants to be told and was not told of that Thing since
   * `notSince`. All in ms since 1970.
   */
  oweRefusal(ownership: OwnershipId, words: Words, at: number, notSince: number): Promise<void>;
  /**
   * Owes the owners who want to be told the words about those of their Things of which nothing was heard since
   * `heardBefore`, once until they are heard again; at most `limit` of them.
   * @param wordsOf is a pure function.
   * @returns whether there may be more.
   */
  oweSilence(heardBefore: number, at: number, limit: number, wordsOf: (silent: SilentThing) => Words): Promise<boolean>;
  /** To whom something is owed. */
  receivers(): Promise<readonly BareJid[]>;
  /** What is owed to somebody, of the words the first `limit`. */
  owedTo(jid: BareJid, limit: number): Promise<Owed>;
  /** Forgets what was owed to somebody up to that key, that included. */
  settle(jid: BareJid, upTo: number): Promise<void>;
  /** Forgets what has been owed since before that time, in ms since 1970. */
  forgetBefore(at: number): Promise<void>;
}
