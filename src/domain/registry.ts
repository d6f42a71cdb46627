import { type Claim, type ClaimDecision, decideClaim } from './claim.js';
import { ACKNOWLEDGE_MS, decideDisownment, decideGivingUp, decideWish } from './disownment.js';
import type { FailedClaims } from './failed-claims.js';
import { type AnyJid, bareOf } from './jid.js';
import { noticeTo } from './notice.js';
import { type Notifier, preferred } from './notifier.js';
import {
  audited,
  type ClaimDigest,
  type Clock,
  type Ids,
  type Messenger,
  type ThingStore,
  type Told,
} from './ports.js';
import type { Refusals } from './refusals.js';
import { decideRegistration, type Registered, type Registration } from './registration.js';
import { decideRemoval, decideUnregistration } from './removal.js';
import type { Room } from './room.js';
import type { Found, Search } from './search.js';
import type { Sessions } from './sessions.js';
import { canonicalTags, hasKey, storedTags } from './tags.js';
import { type ClaimedThing, nameOf, type OwnershipId, type ThingAddress } from './thing.js';
import { decideUpdateByOwner, decideUpdateByThing, type Update, type Updated } from './update.js';

export interface RegistryDeps {
  readonly things: ThingStore;
  readonly sessions: Sessions;
  readonly digest: ClaimDigest;
  readonly notifier: Pick<Notifier, 'hold' | 'wake'>;
  readonly messenger: Messenger;
  readonly failedClaims: FailedClaims;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Whether claims without KEY are accepted. */
  readonly keylessClaims: boolean;
  /** Whether a JID may register one Thing more; without it any number. */
  readonly room?: Room;
  readonly refusals: Pick<Refusals, 'note'>;
  readonly log: { info(details: object, message: string): void };
  /** Told of what failed after an answer was given. */
  readonly onFault: (error: unknown) => void;
}

export type Claimed =
  | { readonly outcome: 'claimed'; readonly thing: ClaimedThing }
  | { readonly outcome: 'failed' }
  /** Too many claims have failed; try again later. */
  | { readonly outcome: 'wait' };

const TOO_LATE = 'the Thing acknowledged too late, and is told its owner again';

/**
 * The Thing Registry of XEP-0347: what each request comes to. Every promise resolves when what it did is on disk. What a
 * Thing is owed after that is a row by then; whoever answers the request wakes the notifier after the answer.
 */
export interface Registry {
  register(registration: Registration): Promise<Registered>;
  claim(claim: Claim): Promise<Claimed>;
  /** By the Thing itself. */
  update(update: Update): Promise<Updated>;
  updateByOwner(update: Update): Promise<Updated>;
  remove(address: ThingAddress, owner: AnyJid): Promise<'removed' | 'not-found'>;
  unregister(address: ThingAddress, from: AnyJid): Promise<void>;
  /** Resolves when the Thing has acknowledged, or after {@link ACKNOWLEDGE_MS}. */
  disown(address: ThingAddress, owner: AnyJid): Promise<'disowned' | 'not-found' | 'not-allowed'>;
  search(search: Search): Promise<Found>;
}

export function createRegistry(deps: RegistryDeps): Registry {
  const { things, sessions, digest, notifier, messenger, failedClaims, clock, ids } = deps;
  /** Disownings that wait for the Thing, to be told if it registers anew meanwhile. */
  const waiting = new Map<OwnershipId, () => void>();

  async function register(registration: Registration): Promise<Registered> {
    const { address, tags, selfOwned } = registration;
    const hasRoom = (await deps.room?.(address.jid)) ?? true;
    if (!hasRoom && (await things.at(address)) === undefined) return { outcome: 'too-many-things' };
    const claimable = !selfOwned && storedTags(tags).length > 0;
    const claimDigest = claimable ? await digest.of(canonicalTags(tags)) : undefined;
    const freshId = ids.ownership();
    const registered = await things.changeAt(address, (stored) =>
      decideRegistration(stored, registration, claimDigest, { now: clock.now(), freshId }),
    );
    if (registered.outcome === 'registered' && registered.disowned !== undefined) waiting.get(registered.disowned)?.();
    return registered;
  }

  async function claim(asked: Claim): Promise<Claimed> {
    const hasFailed = (decision: ClaimDecision) => decision.outcome === 'failed';
    const decision = await failedClaims.attempt(asked.from, () => decide(asked), hasFailed);
    if (decision !== 'wait' && decision.outcome !== 'failed') return { outcome: 'claimed', thing: decision.thing };
    // What was claimed is not said: its tags are half of what one has to know of it, and KEY is the other.
    void deps.refusals.note({ actor: asked.from, action: 'claim', subject: '', outcome: 'failed' });
    if (decision === 'wait') return { outcome: 'wait' };
    deps.log.info({ claimant: bareOf(asked.from), why: decision.why }, 'a claim failed');
    return { outcome: 'failed' };
  }

  async function decide(asked: Claim): Promise<ClaimDecision> {
    if (!deps.keylessClaims && !hasKey(asked.tags)) return { outcome: 'failed', why: 'it has no KEY' };
    const claimDigest = await digest.of(canonicalTags(asked.tags));
    const [freshId, noticeId] = [ids.ownership(), ids.notice()];
    return things.changeMatching(claimDigest, (found) =>
      decideClaim(found, asked, { now: clock.now(), freshId, noticeId }),
    );
  }

  async function disown(address: ThingAddress, owner: AnyJid) {
    const release = notifier.hold(address);
    let outcome: 'disowned' | 'not-found' | 'not-allowed' = 'not-allowed';
    try {
      outcome = await disownHeld(address, owner);
    } finally {
      release();
      // It is still owned, and is told so: it may believe that it is not.
      if (outcome === 'not-allowed') void notifier.wake(address.jid);
    }
    return outcome;
  }

  async function disownHeld(address: ThingAddress, owner: AnyJid) {
    const noticeId = ids.notice();
    const wish = await things.changeAt(address, (stored) => decideWish(stored, owner, { now: clock.now(), noticeId }));
    if (wish === 'not-found') return refused(owner, 'disown', address);
    const { id } = wish.thing.ownership;
    const answer = await askToAgree(wish.thing, owner);
    // The ownership has ended with the registration. By now the same owner may have the Thing again, under the same id.
    if (answer === 'registered') return 'disowned';
    const decideEnd = answer === 'acknowledged' ? decideDisownment : decideGivingUp;
    return things.changeAt(address, (stored) => decideEnd(stored, id, owner, clock.now()));
  }

  /** What the Thing says to it: it answers, or it registers anew, which is an answer as well. */
  async function askToAgree(thing: ClaimedThing, owner: AnyJid): Promise<Told | 'registered'> {
    const { id } = thing.ownership;
    const registersAnew = new Promise<'registered'>((resolve) => waiting.set(id, () => resolve('registered')));
    try {
      return await Promise.race([registersAnew, tellDisowned(thing, owner)]);
    } finally {
      waiting.delete(id);
    }
  }

  async function tellDisowned(thing: ClaimedThing, owner: AnyJid): Promise<Told> {
    const { address, spokeFrom } = thing;
    const until = clock.now() + ACKNOWLEDGE_MS;
    for (const session of preferred(spokeFrom, await sessions.of(address.jid))) {
      const left = until - clock.now();
      if (left <= 0) return 'silent';
      const tooLate = () => void claimedAgain(thing, owner).catch(deps.onFault);
      const told = await messenger.tell(session, address, { kind: 'disowned' }, left, tooLate);
      if (told !== 'gone') return told;
      await sessions.gone(session);
    }
    return 'gone';
  }

  /** The Thing believes that it was disowned, and it was not: it is owed the truth. */
  async function claimedAgain({ address, ownership }: ClaimedThing, owner: AnyJid): Promise<void> {
    const id = ids.notice();
    await things.changeAt(address, (stored) => {
      const { thing } = stored;
      if (thing?.ownership?.id !== ownership.id) return { outcome: undefined, writes: [] };
      const { owner: jid, isPublic } = thing.ownership;
      const now = clock.now();
      const notice = noticeTo(thing, { kind: 'claimed', owner: jid, isPublic }, id, now);
      const entry = audited(now, owner, 'disown', thing, TOO_LATE);
      return { outcome: undefined, writes: [{ write: 'notice', notice }, entry] };
    });
    await notifier.wake(address.jid);
  }

  /** To whom a Thing does not belong it is not there; the trail says what was asked, whether it is there or not. */
  function refused(actor: AnyJid, action: string, address: ThingAddress): 'not-found' {
    void deps.refusals.note({ actor, action, subject: nameOf(address), outcome: 'item-not-found' });
    return 'not-found';
  }

  return {
    register,
    claim,
    update: (asked) => things.changeAt(asked.address, (stored) => decideUpdateByThing(stored, asked, clock.now())),
    updateByOwner: async (asked) => {
      const { address, from } = asked;
      const updated = await things.changeAt(address, (stored) =>
        decideUpdateByOwner(stored, asked, bareOf(from), clock.now()),
      );
      return updated === 'not-found' ? refused(from, 'update', address) : updated;
    },
    remove: async (address, owner) => {
      const noticeId = ids.notice();
      const removed = await things.changeAt(address, (stored) =>
        decideRemoval(stored, owner, { now: clock.now(), noticeId }),
      );
      return removed === 'not-found' ? refused(owner, 'remove', address) : removed;
    },
    unregister: async (address, from) => {
      await things.changeAt(address, (stored) => decideUnregistration(stored, address, from, clock.now()));
    },
    disown,
    search: (search) => things.search(search),
  };
}
