import type { AnyJid, FullJid } from '../jid.js';
import type { FieldType, Moment, NodeName } from '../reading.js';
import type { Fault, Sample } from './report.js';
import type { SequenceNumber, Tokens } from './request.js';

/** A question to a device. */
export interface Question {
  readonly seqnr: number;
  readonly types: ReadonlySet<FieldType>;
  /** Absent for a Thing that stands alone: some devices cope with no child. */
  readonly node?: NodeName;
  readonly tokens: Tokens;
  /** They bound historical values; both inclusive. */
  readonly from?: Moment;
  readonly to?: Moment;
}

/**
 * What became of a question.
 * - `accepted`: the device will answer.
 * - `refused`: it will not; `reason` is in its own words, where it had any.
 * - `gone`: there is no such session.
 * - `unserved`: there is one, but it does not answer questions of this kind.
 * - `silent`: no answer in time.
 */
export type Answer =
  | { readonly kind: 'accepted' | 'gone' | 'unserved' | 'silent' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Asks devices. What they report comes in by another way: see {@link Broker}. */
export interface Devices {
  ask(session: FullJid, question: Question, timeoutMs: number): Promise<Answer>;
  /**
   * Wakes a device that is silent: some hold back what they have to say until something reaches them.
   * `unclear` is an answer that may be the server's, of a session that is gone, or the device's, which knows no pings.
   */
  ping(session: FullJid, timeoutMs: number): Promise<'there' | 'gone' | 'unclear' | 'silent'>;
}

/** The two ends of a read-out: who asked, and which address of ours was asked. */
export interface Ends {
  readonly asker: AnyJid;
  readonly self: AnyJid;
}

export type ReaderMessage =
  | { readonly kind: 'started' | 'done'; readonly seqnr: SequenceNumber }
  | { readonly kind: 'fields'; readonly seqnr: SequenceNumber; readonly samples: readonly Sample[] }
  | { readonly kind: 'failure'; readonly seqnr: SequenceNumber; readonly errors: readonly Fault[] };

/** Tells those who asked. */
export interface Readers {
  /**
   * Sends at once, in the order of the calls; resolves when the connection can take more.
   * @returns false where there was no connection, and the message is lost.
   */
  send(ends: Ends, message: ReaderMessage): Promise<boolean>;
  /** Whether a reader answers a ping with a result. */
  ping(ends: Ends, timeoutMs: number): Promise<boolean>;
}

/** Alarms. */
export interface Timers {
  /** Calls `run` after so many ms, unless the returned function is called first. */
  after(ms: number, run: () => void): () => void;
}
