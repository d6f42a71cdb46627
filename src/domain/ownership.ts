import type { FormerOwnership } from './ports.js';
import type { Ownership, OwnershipId } from './thing.js';

/** What a decision needs beside the stored state and the request. */
export interface Circumstances {
  readonly now: number;
  /** A name for an ownership, should one begin. */
  readonly freshId: OwnershipId;
}

/**
 * A new ownership. The same owner coming back to the same Thing gets the old id, and with it the old readings; nobody
 * else ever does (DESIGN section 2). Shares do not return.
 */
export function beginOwnership(
  former: readonly FormerOwnership[],
  terms: Pick<Ownership, 'owner' | 'isPublic' | 'selfOwned'>,
  { now, freshId }: Circumstances,
): Ownership {
  const [latest] = former.filter(({ owner }) => owner === terms.owner).sort((a, b) => b.ended - a.ended);
  return { id: latest?.id ?? freshId, ...terms, since: now, sharedWith: [] };
}
