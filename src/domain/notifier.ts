import { areFriends } from './friendship.js';
import { type BareJid, bareOf, type FullJid } from './jid.js';
import { isStale, type News, type Notice } from './notice.js';
import { type Clock, type Messenger, type NoticeStore, StoreUnavailable, type ThingStore, type Told } from './ports.js';
import type { Timers } from './read-out/ports.js';
import type { Sessions } from './sessions.js';
import type { ThingAddress } from './thing.js';

export interface NotifierDeps {
  readonly notices: NoticeStore;
  readonly things: Pick<ThingStore, 'at' | 'ofJid' | 'isThing'>;
  readonly sessions: Sessions;
  readonly messenger: Messenger;
  readonly clock: Clock;
  /** For trying again what a failure of the store has ended; without it the next word of the Thing does. */
  readonly timers?: Timers;
  /** Told of a failure of the store, which ends this attempt but not the debt. */
  readonly onFault: (error: unknown) => void;
}

/** Sees to it that Things learn their news. */
export interface Notifier {
  /** Something is owed to a Thing of this JID, or it has just been heard of: tries now. */
  wake(jid: BareJid): Promise<void>;
  /** A session has come on line: tries it now, however lately it was tried before it went. */
  arrived(session: FullJid): Promise<void>;
  /** Whether a Thing of this JID is owed something. */
  owes(jid: BareJid): Promise<boolean>;
  /** Keeps back what a Thing is owed, until the function that it returns is called; the debt stays. */
  hold(address: ThingAddress): () => void;
  /** Tries all to whom something is owed, a few at a time: after a start and after a reconnect. */
  resume(): Promise<void>;
}

/** How long a session has to answer a notice, in ms. */
export const ANSWER_MS = 30_000;
/** A notice is not sent to one session again sooner than this, in ms: some clients answer with errors for ever. */
const AGAIN_MS = 60_000;
const AT_A_TIME = 8;
/** When to try again what a failure of the store has ended, in ms. */
const RETRY_MS = 5_000;

/**
 * Delivers notices to the session that last spoke for the Thing, and to others only if that one is gone. An error or
 * silence ends the attempt, not the debt: the next word or presence of the Thing wakes it (DESIGN section 3, "Notices").
 */
export function createNotifier(deps: NotifierDeps): Notifier {
  const { notices, things, sessions, messenger, clock } = deps;
  const running = new Map<BareJid, { again: boolean }>();
  const triedAt = new Map<string, number>();
  /** Whom to try again. */
  const failed = new Set<BareJid>();

  function tryAgain(jid: BareJid): void {
    if (failed.size === 0) {
      deps.timers?.after(RETRY_MS, () => {
        const all = [...failed];
        failed.clear();
        for (const each of all) void wake(each);
      });
    }
    failed.add(jid);
  }
  /** How many keep back the news of each Thing. */
  const held = new Map<string, number>();

  async function wake(jid: BareJid): Promise<void> {
    const current = running.get(jid);
    if (current !== undefined) {
      current.again = true;
      return;
    }
    const run = { again: true };
    running.set(jid, run);
    try {
      while (run.again) {
        run.again = false;
        await deliverAll(jid);
      }
    } catch (error) {
      deps.onFault(error);
      if (error instanceof StoreUnavailable) tryAgain(jid);
    } finally {
      running.delete(jid);
    }
  }

  async function deliverAll(jid: BareJid): Promise<void> {
    const owed = await notices.owedTo(jid);
    if (owed.length === 0) return;
    const known = await sessions.of(jid);
    await Promise.all(owed.map((notice) => deliver(notice, known)));
  }

  async function deliver(notice: Notice, known: readonly FullJid[]): Promise<void> {
    const { address } = notice;
    if (held.has(keyOf(address))) return;
    if (isStale(notice, await things.isThing(address.jid), clock.now())) return forget(notice);
    const news = await presentNews(notice);
    // It may have spoken from elsewhere since the notice was written; one that was removed has only the notice.
    const spokeFrom = (await things.at(address))?.spokeFrom ?? notice.spokeFrom;
    for (const session of preferred(spokeFrom, known)) {
      if (!mayTry(notice, session)) return;
      if ((await tell(session, notice, news)) !== 'gone') return;
      await sessions.gone(session);
    }
  }

  /** One attempt. */
  async function tell(session: FullJid, notice: Notice, news: News): Promise<Told> {
    const settleLate = () => void forget(notice).catch(deps.onFault);
    const told = await messenger.tell(session, notice.address, news, ANSWER_MS, settleLate);
    if (settles(told, news)) await forget(notice);
    else if (told === 'refused' || told === 'silent') await notices.delivered(notice.id);
    else triedAt.delete(attempt(notice, session)); // it was not reached
    return told;
  }

  /** Somebody who lost a right may have one to another Thing of the JID, or have it again by now. */
  async function presentNews({ address: { jid }, news }: Notice): Promise<News> {
    if (news.kind !== 'friends' || news.lost.length === 0) return news;
    const own = await things.ofJid(jid);
    const lost: BareJid[] = [];
    for (const other of news.lost) {
      if (!areFriends(jid, other, [...own, ...(await things.ofJid(other))])) lost.push(other);
    }
    return { ...news, lost };
  }

  function mayTry(notice: Notice, session: FullJid): boolean {
    const now = clock.now();
    const last = triedAt.get(attempt(notice, session)) ?? Number.NEGATIVE_INFINITY;
    // A clock that was put back shows a time before the last: how long ago that was is then not known.
    if (now >= last && now - last < AGAIN_MS) return false;
    for (const [key, at] of triedAt) {
      if (now - at < AGAIN_MS) break; // in order of time
      triedAt.delete(key);
    }
    triedAt.delete(attempt(notice, session));
    triedAt.set(attempt(notice, session), now);
    return true;
  }

  async function forget(notice: Notice): Promise<void> {
    await notices.settle(notice.id);
  }

  return {
    wake,
    async arrived(session) {
      const jid = bareOf(session);
      // At none of its sessions: one that never answered may have dropped, and this one may have come in its place.
      for (const notice of await notices.owedTo(jid)) {
        for (const tried of triedAt.keys()) if (tried.startsWith(attempt(notice, ''))) triedAt.delete(tried);
      }
      await wake(jid);
    },
    hold(address) {
      const key = keyOf(address);
      held.set(key, (held.get(key) ?? 0) + 1);
      return () => {
        const left = (held.get(key) ?? 1) - 1;
        if (left > 0) held.set(key, left);
        else held.delete(key);
      };
    },
    owes: async (jid) => (await notices.owedTo(jid)).length > 0,
    async resume() {
      triedAt.clear(); // what was on its way when the connection broke may have got lost
      const waiting = [...(await notices.debtors())];
      const worker = async () => {
        for (let jid = waiting.pop(); jid !== undefined; jid = waiting.pop()) await wake(bareOf(jid));
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, worker));
    },
  };
}

/** The sessions to try, in order. */
export function preferred(spokeFrom: FullJid | undefined, known: readonly FullJid[]): FullJid[] {
  return [...new Set(spokeFrom === undefined ? known : [spokeFrom, ...known])];
}

/** A Thing that does not know how to forget has nothing to forget. */
function settles(told: Told, news: News): boolean {
  return told === 'acknowledged' || (told === 'refused' && news.kind === 'friends');
}

function keyOf({ jid, nodeId, sourceId, cacheType }: ThingAddress): string {
  return JSON.stringify([jid, nodeId, sourceId, cacheType]);
}

function attempt(notice: Notice, session: FullJid | ''): string {
  return `${notice.id} ${session}`;
}
