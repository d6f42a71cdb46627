import { type AnyJid, type BareJid, bareOf } from '../../domain/jid.js';
import { type Use, useOf } from '../../domain/overview.js';
import type { Clock } from '../../domain/ports.js';
import { createSessionIds } from './session-ids.js';

export const SESSION_LIMITS = {
  /** How long a session waits for its requester's next step, in ms. */
  idleMs: 10 * 60 * 1000,
  perAccount: 10,
  total: 10_000,
} as const;

/** What is known of commands that are being executed: of each requester (a full JID) its own. */
export interface CommandSessions<State> {
  create(asker: AnyJid): string;
  /** Where there are too many, the one that was left alone longest ends: people open commands and walk away. */
  put(id: string, asker: AnyJid, state: State): void;
  /**
   * Takes a session out, so that of two requests for it at the same time one finds nothing.
   *
   * @returns `unknown` for a name that was never given to this asker, `expired` for a session that has ended.
   */
  take(id: string, asker: AnyJid): State | 'unknown' | 'expired';
  readonly size: number;
  /** How many there are, and the account with most of them. */
  use(): Use;
}

interface Kept<State> {
  readonly account: BareJid;
  readonly state: State;
  /** In ms since 1970. */
  readonly until: number;
}

export function createCommandSessions<State extends object>(
  clock: Clock,
  limits: Readonly<Record<keyof typeof SESSION_LIMITS, number>> = SESSION_LIMITS,
): CommandSessions<State> {
  const ids = createSessionIds();
  /** The one left alone longest comes first, in both. */
  const kept = new Map<string, Kept<State>>();
  const ofAccount = new Map<BareJid, Set<string>>();

  function remove(id: string): Kept<State> | undefined {
    const found = kept.get(id);
    if (found === undefined) return undefined;
    kept.delete(id);
    const others = ofAccount.get(found.account);
    others?.delete(id);
    if (others?.size === 0) ofAccount.delete(found.account);
    return found;
  }

  function removeExpired(): void {
    for (const [id, { until }] of kept) {
      if (until > clock.now()) return;
      remove(id);
    }
  }

  function makeRoom(own: ReadonlySet<string>): void {
    const [eldest] = own.size >= limits.perAccount ? own : kept.size >= limits.total ? kept.keys() : [];
    if (eldest !== undefined) remove(eldest);
  }

  return {
    create: ids.create,
    put(id, asker, state) {
      const account = bareOf(asker);
      removeExpired();
      makeRoom(ofAccount.get(account) ?? new Set());
      kept.set(id, { account, state, until: clock.now() + limits.idleMs });
      ofAccount.set(account, (ofAccount.get(account) ?? new Set()).add(id));
    },
    take(id, asker) {
      if (!ids.gave(id, asker)) return 'unknown';
      removeExpired();
      return remove(id)?.state ?? 'expired';
    },
    get size() {
      return kept.size;
    },
    use() {
      removeExpired();
      return useOf(ofAccount);
    },
  };
}
