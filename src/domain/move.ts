import type { AnyJid } from './jid.js';
import type { Circumstances } from './ownership.js';
import { type Passing, passOn } from './pass-on.js';
import { audited, type Change, type Stored } from './ports.js';
import { type ClaimedThing, isClaimed, type OwnershipId } from './thing.js';
import { historyWords, type Unfit, unfitness } from './transfer.js';

export interface Move extends Passing {
  readonly ownership: OwnershipId;
  /** An administrator. */
  readonly from: AnyJid;
  /** For the audit trail; empty where none is given. */
  readonly reason: string;
}

export type Moved =
  | { readonly outcome: 'moved'; readonly thing: ClaimedThing }
  /** `changed`: it has another owner by now, or none, or is not there any more. */
  | { readonly outcome: Unfit | 'changed' };

/** An administrator gives a Thing to another owner, whom nobody asks. */
export function decideMove(
  { thing: before, former }: Stored,
  move: Move,
  circumstances: Circumstances & { readonly noticeId: string },
): Change<Moved> {
  const { from, to, reason } = move;
  if (!isClaimed(before) || before.ownership.id !== move.ownership) return unchanged('changed');
  const unfit = unfitness(before, to);
  if (unfit !== undefined) return unchanged(unfit);
  const { after, writes } = passOn(before, former, move, circumstances);
  const { now } = circumstances;
  const words = `from ${before.ownership.owner} to ${to}, ${historyWords(move)}${reason === '' ? '' : `: ${reason}`}`;
  return {
    outcome: { outcome: 'moved', thing: after },
    // Either owner is to see it.
    writes: [...writes, audited(now, from, 'move', before, words), audited(now, from, 'move', after, words)],
  };
}

function unchanged(outcome: Unfit | 'changed'): Change<Moved> {
  return { outcome: { outcome }, writes: [] };
}
