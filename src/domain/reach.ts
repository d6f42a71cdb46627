import { type AnyJid, type BareJid, bareOf, type FullJid, reachable } from './jid.js';
import type { Notifier } from './notifier.js';
import type { Clock, Contact, ContactStore, SessionStore, ThingStore } from './ports.js';

export interface ReachDeps {
  readonly things: ThingStore;
  readonly sessions: SessionStore;
  readonly contacts: ContactStore;
  readonly notifier: Notifier;
  readonly clock: Clock;
  /** Sends presence of the given type from the domain. */
  readonly sendPresence: (type: 'subscribe' | 'unsubscribe' | 'probe', to: BareJid) => void;
  /** Told when the first session of a Thing's JID appears, or the last one goes. */
  readonly onChange: (jid: BareJid, isOnline: boolean) => void;
}

/** Where Things can be reached: learnt from what they send and from presence (DESIGN section 2). */
export interface Reach {
  /** A Thing has spoken from here. */
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

/** A session that was heard of this recently, in ms, is not written down anew. */
const FRESH_MS = 10 * 60 * 1000;
const REMEMBERED = 100_000;

export function createReach(deps: ReachDeps): Reach {
  const { things, sessions, contacts, notifier, clock } = deps;
  /** Sessions lately written down, oldest first, so that a device that speaks every second costs no write a second. */
  const fresh = new Map<FullJid, number>();

  async function seen(session: FullJid): Promise<void> {
    const now = clock.now();
    const last = fresh.get(session);
    if (last !== undefined && now - last < FRESH_MS) return;
    remember(session, now);
    const jid = bareOf(session);
    const isFirst = (await sessions.of(jid)).length === 0;
    await sessions.seen(session, now);
    if (isFirst) deps.onChange(jid, true);
  }

  function remember(session: FullJid, now: number): void {
    fresh.delete(session);
    fresh.set(session, now);
    const [oldest] = fresh.keys();
    if (fresh.size > REMEMBERED && oldest !== undefined) fresh.delete(oldest);
  }

  async function forget(session: FullJid): Promise<void> {
    fresh.delete(session);
    const jid = bareOf(session);
    if (!(await sessions.of(jid)).includes(session)) return;
    await sessions.gone(session);
    if ((await sessions.of(jid)).length === 0) deps.onChange(jid, false);
  }

  async function changeOurs(jid: BareJid, ours: Contact['ours']): Promise<void> {
    const contact = await contacts.find(jid, '');
    await contacts.save({ jid, local: '', theirs: contact?.theirs ?? false, ours });
  }

  return {
    async heard(from) {
      const session = reachable(from);
      if (session === undefined) return;
      await seen(session);
      await notifier.wake(bareOf(session));
    },

    async available(from) {
      const session = reachable(from);
      if (session === undefined || !(await isConcern(bareOf(session)))) return;
      await seen(session);
      await notifier.wake(bareOf(session));
    },

    async unavailable(from) {
      const session = reachable(from);
      if (session !== undefined) await forget(session);
    },

    async befriend(jid) {
      const contact = await contacts.find(jid, '');
      if (contact !== undefined && contact.ours !== 'none') return;
      await changeOurs(jid, 'asked');
      deps.sendPresence('subscribe', jid);
    },

    async unfriendIfLast(jid) {
      if (await things.isThing(jid)) return;
      const contact = await contacts.find(jid, '');
      if (contact === undefined || contact.ours === 'none') return;
      await changeOurs(jid, 'none');
      deps.sendPresence('unsubscribe', jid);
    },

    async probeAll() {
      for (const { jid, local, ours } of await contacts.all()) {
        if (local === '' && ours === 'subscribed') deps.sendPresence('probe', jid);
      }
    },
  };

  /** A JID that is a Thing, or was one and is still owed the news of its removal. */
  async function isConcern(jid: BareJid): Promise<boolean> {
    return (await things.isThing(jid)) || (await notifier.owes(jid));
  }
}
