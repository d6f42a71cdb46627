import { noticeTo } from './notice.js';
import { audited, type Change, type Stored } from './ports.js';
import type { Intervention } from './release.js';
import { isClaimed, type Thing } from './thing.js';

/** An administrator takes a Thing out of the registry. */
export function decideDeletion(
  { thing }: Stored,
  { ownership, from, reason, noticeId }: Intervention,
  now: number,
): Change<'deleted' | 'changed'> {
  if (!isClaimed(thing) || thing.ownership.id !== ownership) return { outcome: 'changed', writes: [] };
  return {
    outcome: 'deleted',
    writes: [
      { write: 'no-thing', address: thing.address, at: now },
      { write: 'notice', notice: noticeTo(thing, { kind: 'removed' }, noticeId, now) },
      audited(now, from, 'delete', thing, reason === '' ? 'done' : reason),
    ],
  };
}

export type UnclaimedDeletion =
  | { readonly outcome: 'deleted' }
  /** There is none, or, if there is one, somebody owns it. */
  | { readonly outcome: 'not-unclaimed'; readonly thing: Thing | undefined };

/** The same of a Thing that nobody owns. */
export function decideUnclaimedDeletion(
  { thing }: Stored,
  { from, reason, noticeId }: Omit<Intervention, 'ownership'>,
  now: number,
): Change<UnclaimedDeletion> {
  if (thing === undefined || isClaimed(thing)) return { outcome: { outcome: 'not-unclaimed', thing }, writes: [] };
  return {
    outcome: { outcome: 'deleted' },
    writes: [
      { write: 'no-thing', address: thing.address, at: now },
      { write: 'notice', notice: noticeTo(thing, { kind: 'removed' }, noticeId, now) },
      audited(now, from, 'delete', thing, reason === '' ? 'done' : reason),
    ],
  };
}
