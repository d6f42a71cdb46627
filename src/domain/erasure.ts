import type { AuditEntry } from './audit.js';
import type { BareJid } from './jid.js';
import type { OwnershipId, ThingAddress } from './thing.js';

/** Which readings of an ownership are to go for good. */
export interface Erasure {
  readonly ownership: OwnershipId;
  /** The name of a field, in all nodes of the Thing; all fields, unless given. */
  readonly field?: string;
  /** Both included, in ms since 1970; without bound, unless given. */
  readonly from?: number;
  readonly until?: number;
}

/** Names an erasure that was asked for. */
export type ErasureId = string & { readonly __erasure: true };

/** What a step of an erasure came to. */
export interface Erased {
  /** How many readings went in this step. */
  readonly readings: number;
  /** Whether none are left. */
  readonly isDone: boolean;
}

/**
 * Deletes readings for good. What is to go is written down with the asking, and goes in steps, so that no request waits
 * for it and a crash loses none of it: whoever asked takes the steps, and what is not done a little later is taken up
 * by {@link Store.purge}.
 *
 * From the asking on, what is to go is not served any more. It is what is stored at that time, readings that lie in the
 * future included: what arrives later stays, also within the same times, but is served only once the erasure is done.
 * The nodes of the Thing and the order in which it reported them are kept.
 */
export interface ErasureStore {
  /** @returns undefined, and nothing is written, if there is no such ownership any more. */
  ask(erasure: Erasure, entry: AuditEntry): Promise<ErasureId | undefined>;
  /** Takes a step of about `limit` rows at most. */
  carryOut(erasure: ErasureId, limit: number): Promise<Erased>;
}

/** Of a Thing that one owned once, and may take up again with its readings as long as they are kept. */
export interface FormerThing {
  readonly id: OwnershipId;
  readonly address: ThingAddress;
  /** Milliseconds since 1970. */
  readonly ended: number;
  /** How many there are. */
  readonly readings: number;
}

/** What is kept of ended ownerships for who may come back. */
export interface FormerStore {
  /** The one that ended last first, at most `limit`. */
  of(owner: BareJid, limit: number): Promise<readonly FormerThing[]>;
  /** The one of that id, if it is a former one of the owner's. */
  byId(id: OwnershipId, owner: BareJid): Promise<FormerThing | undefined>;
  /**
   * Gives what is kept of one to {@link Store.purge}, before all others; it cannot be taken up again from now on.
   * @returns false, and nothing is written, if the owner has no such former ownership.
   */
  forget(id: OwnershipId, owner: BareJid, entry: AuditEntry): Promise<boolean>;
}
