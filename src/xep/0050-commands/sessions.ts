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
  /**
   * Where an account has too many, that of its sessions ends which was left alone longest: people open commands and walk
   * away. Where there are too many in all, one of an account with most of them ends, so that thousands of accounts that
   * open as many as they can neither end the sessions of those who have few, nor keep others from beginning one.
   */
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
  /** The accounts that have so many, by that number. */
  const holders = new Map<number, Set<BareJid>>();

  function add(id: string, one: Kept<State>): void {
    const own = ofAccount.get(one.account) ?? new Set();
    kept.set(id, one);
    ofAccount.set(one.account, own.add(id));
    count(one.account, own.size - 1, own.size);
  }

  function remove(id: string): Kept<State> | undefined {
    const found = kept.get(id);
    if (found === undefined) return undefined;
    kept.delete(id);
    const own = ofAccount.get(found.account) ?? new Set();
    own.delete(id);
    if (own.size === 0) ofAccount.delete(found.account);
    count(found.account, own.size + 1, own.size);
    return found;
  }

  function count(account: BareJid, before: number, after: number): void {
    holders.get(before)?.delete(account);
    if (after > 0) holders.set(after, (holders.get(after) ?? new Set()).add(account));
  }

  function removeExpired(): void {
    for (const [id, { until }] of kept) {
      if (until > clock.now()) return;
      remove(id);
    }
  }

  function makeRoom(account: BareJid): void {
    const own = ofAccount.get(account)?.size ?? 0;
    if (own < limits.perAccount && kept.size < limits.total) return;
    const greatest = greatestHolder();
    // Whoever would have as many as anybody has then makes room himself.
    const giving = own > 0 && own + 1 >= greatest.count ? account : greatest.account;
    const [eldest] = ofAccount.get(giving) ?? [];
    if (eldest !== undefined) remove(eldest);
  }

  /** Of several, the one that has had so many for longest. */
  function greatestHolder(): { readonly account: BareJid; readonly count: number } {
    for (let most = limits.perAccount; most > 0; most--) {
      for (const account of holders.get(most) ?? []) return { account, count: most };
    }
    throw new Error('there are too many sessions, and none');
  }

  return {
    create: ids.create,
    put(id, asker, state) {
      const account = bareOf(asker);
      removeExpired();
      makeRoom(account);
      add(id, { account, state, until: clock.now() + limits.idleMs });
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
