import { type BareJid, bareOf, type FullJid } from './jid.js';
import type { Clock, SessionStore } from './ports.js';

export interface SessionsDeps {
  readonly store: SessionStore;
  readonly clock: Clock;
  /** Told when the first session of a JID appears, or the last one goes. */
  readonly onChange: (jid: BareJid, isOnline: boolean) => void;
}

/** The sessions of Things, as {@link SessionStore} has them. */
export interface Sessions {
  seen(session: FullJid): Promise<void>;
  gone(session: FullJid): Promise<void>;
  /** The one last seen first. */
  of(jid: BareJid): Promise<readonly FullJid[]>;
}

/** A session that was seen this recently, in ms, is not written down anew. */
const FRESH_MS = 10 * 60 * 1000;
const REMEMBERED = 100_000;

/** Keeps a device that speaks every second from costing a write a second. */
export function createSessions({ store, clock, onChange }: SessionsDeps): Sessions {
  /** When each was last written down; the oldest first. */
  const fresh = new Map<FullJid, number>();

  function remember(session: FullJid, now: number): void {
    fresh.delete(session);
    fresh.set(session, now);
    const [oldest] = fresh.keys();
    if (fresh.size > REMEMBERED && oldest !== undefined) fresh.delete(oldest);
  }

  return {
    async seen(session) {
      const now = clock.now();
      const last = fresh.get(session);
      if (last !== undefined && now - last < FRESH_MS) return;
      const isFirst = await store.seen(session, now);
      remember(session, now); // not before it is written: the store may refuse
      if (isFirst) onChange(bareOf(session), true);
    },

    async gone(session) {
      fresh.delete(session);
      if (await store.gone(session)) onChange(bareOf(session), false);
    },

    of: (jid) => store.of(jid),
  };
}
