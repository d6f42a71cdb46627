import type { Element } from './element.js';
import type { Jid } from './jid.js';
import type { Log } from './log.js';
import type { Presence, Protocol } from './protocol.js';
import type { Rarely } from './rarely.js';
import { type StanzaError, stanzaError } from './stanza-error.js';

/** What the routing of IQs, messages and presence has in common. */
export interface RouterOptions<Target> {
  readonly domain: string;
  /** THE TABLE: what is answered, and by whom. */
  readonly protocols: readonly Protocol<Target>[];
  /** Who may use the component at all. */
  readonly mayUse: (from: Jid) => boolean;
  /** What a local part of our domain is to the asker; undefined where that is nothing, or nothing that it may see. */
  readonly resolve: (local: string, from: Jid) => Promise<Target | undefined>;
  /** Told after the answer to a stanza for an address that is nothing to the sender. */
  readonly onUnresolved: (from: Jid, to: Jid, asked: string) => void;
  /** Told after the answer to an IQ of who may not use the component. */
  readonly onBarred?: (from: Jid, to: Jid, asked: string) => void;
  readonly onPresence: (presence: Presence<Target>) => Promise<void>;
  /** Takes an IQ of type result or error. */
  readonly onReply: (stanza: Element) => void;
  /** Why nothing but the open routes is served to somebody now, where that is so. */
  readonly closed: (from: Jid) => StanzaError | undefined;
  /** Counts a stanza that is no answer. @returns what to tell its sender, if there were too many. */
  readonly over?: (kind: 'iqs' | 'messages' | 'presence', from: Jid) => StanzaError | undefined;
  /** What to tell the sender of a failure that is no bug of ours, such as a full disk. */
  readonly explain: (error: unknown) => StanzaError | undefined;
  readonly send: (stanza: Element) => boolean;
  /**
   * Told once of each stanza, when its answer has been handed over or nothing more is done about it.
   * @param outcome `result`, the condition of an error, `none` where no answer is due, `dropped`: not to us, or from nobody.
   * @param since when it came, by performance.now().
   */
  readonly onHandled?: (stanza: Element, outcome: string, since: number) => void;
  readonly log: Log;
  /** For what a peer can have written into the log as often as it likes. */
  readonly rarely: Rarely;
}

/** The two ends of a stanza, in stringprep form. */
export interface Parties {
  readonly from: Jid;
  readonly to: Jid;
}

/** The one answer for what is not there and what one may not see. */
export const NOTHING_HERE = stanzaError('item-not-found', 'There is nothing at this address.');

/** What the address of a stanza is to its sender: the domain, a target, or (undefined) nothing. */
export async function locate<Target>(
  { resolve }: RouterOptions<Target>,
  { from, to }: Parties,
): Promise<{ readonly target?: Target } | undefined> {
  if (to.local === '') return {};
  const target = await resolve(to.local, from);
  return target === undefined ? undefined : { target };
}
