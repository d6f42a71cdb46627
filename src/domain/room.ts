import type { BareJid } from './jid.js';
import type { ThingStore } from './ports.js';
import type { Limit } from './retention.js';

/** So many JIDs are remembered; then all are counted anew. */
const MOST = 10_000;

/** Whether there is room for one more Thing of a JID; each question counts as one more. */
export type Room = (jid: BareJid) => Promise<boolean>;

/**
 * Counts the Things of a JID once, and again when what was left then has been asked for: a concentrator that registers a
 * million nodes is not counted a million times. What registers at the same moment may exceed the limit by as many.
 */
export function createRoom(things: Pick<ThingStore, 'countOf'>, most: () => Limit): Room {
  const left = new Map<BareJid, number>();
  let by: Limit = 'off';
  return async (jid) => {
    const limit = most();
    if (limit === 'off') return true;
    if (limit !== by || left.size >= MOST) left.clear();
    by = limit;
    const known = left.get(jid) ?? 0;
    const now = known > 0 ? known : limit - (await things.countOf(jid, limit));
    left.set(jid, now - 1);
    return now > 0;
  };
}
