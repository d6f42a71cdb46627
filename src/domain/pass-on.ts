import type { BareJid } from './jid.js';
import { noticeTo } from './notice.js';
import { beginOwnership, type Circumstances } from './ownership.js';
import type { FormerOwnership, Write } from './ports.js';
import type { ClaimedThing, Ownership } from './thing.js';

/** To whom a Thing passes, and whether its readings go along for good. */
export interface Passing {
  readonly to: BareJid;
  readonly withHistory: boolean;
}

/**
 * Gives a Thing to another owner: a new ownership, or the one that he had of it before, with the readings that he has
 * of that. It is private, for whether it may be found is his to say, and what was published once cannot be taken back.
 * Of what the one before had set, the zone alone goes along, since the device is where it was; shares, a recording,
 * limits, an offer and a wish to disown end with his ownership.
 */
export function passOn(
  before: ClaimedThing,
  former: readonly FormerOwnership[],
  { to, withHistory }: Passing,
  circumstances: Circumstances & { readonly noticeId: string },
): { readonly after: ClaimedThing; readonly writes: readonly Write[] } {
  const { now, noticeId } = circumstances;
  const { disowning: _, ownership: ended, ...rest } = before;
  const { zone } = ended;
  const ownership: Ownership = {
    ...beginOwnership(former, { owner: to, isPublic: false, selfOwned: false }, circumstances),
    ...(zone !== undefined && { zone }),
  };
  const after: ClaimedThing = { ...rest, ownership };
  const joining = { from: ended.id, to: ownership.id, devices: 'same' } as const;
  return {
    after,
    writes: [
      { write: 'thing', thing: after, at: now },
      ...(withHistory ? [{ write: 'history', joining } as const] : []),
      { write: 'notice', notice: noticeTo(after, { kind: 'claimed', owner: to, isPublic: false }, noticeId, now) },
    ],
  };
}
