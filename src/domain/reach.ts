import { type AnyJid, type BareJid, bareOf, type FullJid, reachable } from './jid.js';
import type { Notifier } from './notifier.js';
import type { ContactStore, Subscriptions, ThingStore } from './ports.js';
import type { Sessions } from './sessions.js';

export interface ReachDeps {
  readonly things: ThingStore;
  readonly sessions: Sessions;
  readonly contacts: ContactStore;
  readonly notifier: Notifier;
  /** Sends presence of the given type from the domain. False: there is no connection. */
  readonly sendPresence: (type: 'subscribe' | 'unsubscribe' | 'probe', to: BareJid) => boolean;
}

/** Where Things can be reached: learnt from what they send and from presence (DESIGN section 2). */
export interface Reach {
  /** A Thing has spoken from here; whoever is none is forgotten at once. */
  heard(from: AnyJid): Promise<void>;
  /** Presence says that this session is on line; that of JIDs that are no Things is dropped unread. */
  available(session: AnyJid): Promise<void>;
  unavailable(session: AnyJid): Promise<void>;
  /** Asks for a subscription to a JID that registered: once, again where nobody answers, not after a refusal. */
  befriend(jid: BareJid): Promise<void>;
  /**
   * When the last Thing of the JID is gone: ends the subscription, and forgets the sessions once the JID is owed nothing.
   */
  forgetIfLast(jid: BareJid): Promise<void>;
  /** After a start or a reconnect: asks the contacts whose presence we may know for it, and those that never answered again. */
  probeAll(): Promise<void>;
}

export function createReach({ things, sessions, contacts, notifier, sendPresence }: ReachDeps): Reach {
  /** @returns whether it was one of `from`, and is `to` now. */
  function changeOurs(jid: BareJid, from: readonly Subscriptions['ours'][], to: Subscriptions['ours']) {
    return contacts.change(jid, '', (before) => (from.includes(before.ours) ? { ...before, ours: to } : before));
  }

  /** Notes the session and tells it what is owed, if its JID is a Thing, or was one and still has to learn of its end. */
  async function seen(from: AnyJid, tell: (session: FullJid) => Promise<void>): Promise<void> {
    const session = reachable(from);
    if (session === undefined) return;
    const jid = bareOf(session);
    const isThing = await things.isThing(jid);
    if (!isThing && !(await notifier.owes(jid))) return;
    await sessions.seen(session);
    await tell(session);
    if (!isThing) await forgetIfLast(jid);
  }

  async function forgetIfLast(jid: BareJid): Promise<void> {
    if (await things.isThing(jid)) return;
    // A refusal is remembered: should the JID register again, it is not asked again.
    if (await changeOurs(jid, ['asked', 'subscribed'], 'none')) sendPresence('unsubscribe', jid);
    if (await notifier.owes(jid)) return;
    for (const session of await sessions.of(jid)) await sessions.gone(session);
  }

  return {
    heard: (from) => seen(from, (session) => notifier.wake(bareOf(session))),
    available: (from) => seen(from, (session) => notifier.arrived(session)),

    async unavailable(from) {
      const session = reachable(from);
      if (session !== undefined) await sessions.gone(session);
    },

    async befriend(jid) {
      // The row first: the answer may come before this goes on, and counts only where something was asked.
      const isFirst = await changeOurs(jid, ['none'], 'asked');
      if (isFirst && !sendPresence('subscribe', jid)) await changeOurs(jid, ['asked'], 'none');
    },

    forgetIfLast,

    async probeAll() {
      for (const { jid, local, ours } of await contacts.all()) {
        if (local !== '' || (ours !== 'asked' && ours !== 'subscribed')) continue;
        // The component may have died between the end of the last Thing and that of the subscription.
        if (!(await things.isThing(jid))) await forgetIfLast(jid);
        else sendPresence(ours === 'subscribed' ? 'probe' : 'subscribe', jid);
      }
    },
  };
}
