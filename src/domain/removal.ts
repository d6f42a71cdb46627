import { type AnyJid, bareOf } from './jid.js';
import { noticeTo } from './notice.js';
import { audited, type Change, type Stored } from './ports.js';
import { isClaimed, type ThingAddress } from './thing.js';

/** An owner takes a Thing out of the registry (XEP-0347 section 3.10). The Thing is owed the news; nobody waits for it. */
export function decideRemoval(
  stored: Stored,
  owner: AnyJid,
  { now, noticeId }: { readonly now: number; readonly noticeId: string },
): Change<'removed' | 'not-found'> {
  const thing = stored.thing;
  if (!isClaimed(thing) || thing.ownership.owner !== bareOf(owner)) return { outcome: 'not-found', writes: [] };
  const { address } = thing;
  return {
    outcome: 'removed',
    writes: [
      { write: 'no-thing', address, at: now },
      { write: 'notice', notice: noticeTo(thing, { kind: 'removed' }, noticeId, now) },
      audited(now, owner, 'remove', thing, 'done'),
    ],
  };
}

/** A Thing leaves the registry by itself (XEP-0347 section 3.16). It is answered alike whether it was there or not. */
export function decideUnregistration(
  stored: Stored,
  address: ThingAddress,
  from: AnyJid,
  now: number,
): Change<'unregistered' | 'was-not-there'> {
  if (stored.thing === undefined) return { outcome: 'was-not-there', writes: [{ write: 'no-notice', address }] };
  return {
    outcome: 'unregistered',
    writes: [
      { write: 'no-thing', address, at: now },
      { write: 'no-notice', address },
      audited(now, from, 'unregister', stored.thing, 'done'),
    ],
  };
}
