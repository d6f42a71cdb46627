import { type AnyJid, type BareJid, bareOf, type FullJid, reachable } from './jid.js';
import type { Notifier } from './notifier.js';
import type { Contact, ContactStore, ThingStore } from './ports.js';
import type { Sessions } from './sessions.js';

export interface ReachDeps {
  readonly things: ThingStore;
  readonly sessions: Sessions;
  readonly contacts: ContactStore;
  readonly notifier: Notifier;
  /** Sends presence of the given type from the domain. */
  readonly sendPresence: (type: 'subscribe' | 'unsubscribe' | 'probe', to: BareJid) => void;
}

/** Where Things can be reached: learnt from what they send and from presence (DESIGN section 2). */
export interface Reach {
  /** A Thing has spoken from here; whoever is none is forgotten at once. */
  heard(from: AnyJid): Promise<void>;
  /** Presence says that this session is on line; that of JIDs that are no Things is dropped unread. */
  available(session: AnyJid): Promise<void>;
  unavailable(session: AnyJid): Promise<void>;
  /** Asks for a subscription to a JID that registered: once, and not again after a refusal. */
  befriend(jid: BareJid): Promise<void>;
  /** Ends the subscription when the last Thing of the JID is gone. */
  unfriendIfLast(jid: BareJid): Promise<void>;
  /** Asks the contacts whose presence we may know for it: after a start or a reconnect. */
  probeAll(): Promise<void>;
}

export function createReach({ things, sessions, contacts, notifier, sendPresence }: ReachDeps): Reach {
  async function changeOurs(jid: BareJid, ours: Contact['ours']): Promise<void> {
    const contact = await contacts.find(jid, '');
    await contacts.save({ jid, local: '', theirs: contact?.theirs ?? false, ours });
  }

  /** Notes the session, if it is of a JID that is a Thing, or was one and is still owed the news of its removal. */
  async function seen(from: AnyJid): Promise<FullJid | undefined> {
    const session = reachable(from);
    if (session === undefined) return undefined;
    const jid = bareOf(session);
    if (!(await things.isThing(jid)) && !(await notifier.owes(jid))) return undefined;
    await sessions.seen(session);
    return session;
  }

  return {
    async heard(from) {
      const session = await seen(from);
      if (session !== undefined) await notifier.wake(bareOf(session));
    },

    async available(from) {
      const session = await seen(from);
      if (session !== undefined) await notifier.arrived(session);
    },

    async unavailable(from) {
      const session = reachable(from);
      if (session !== undefined) await sessions.gone(session);
    },

    async befriend(jid) {
      const contact = await contacts.find(jid, '');
      if (contact !== undefined && contact.ours !== 'none') return;
      await changeOurs(jid, 'asked');
      sendPresence('subscribe', jid);
    },

    async unfriendIfLast(jid) {
      if (await things.isThing(jid)) return;
      const contact = await contacts.find(jid, '');
      // A refusal is remembered: should the JID register again, it is not asked again.
      if (contact === undefined || contact.ours === 'none' || contact.ours === 'refused') return;
      await changeOurs(jid, 'none');
      sendPresence('unsubscribe', jid);
    },

    async probeAll() {
      for (const { jid, local, ours } of await contacts.all()) {
        if (local === '' && ours === 'subscribed') sendPresence('probe', jid);
      }
    },
  };
}
