import type { NodeName } from '../reading.js';
import type { Found } from './find-parts.js';

/** Why a request is not accepted. */
export type Refusal =
  | 'seqnr-in-use'
  | 'not-found'
  | 'no-things'
  | 'forbidden'
  | 'too-many-things'
  | 'too-many-requests'
  | 'too-far-ahead';

export interface Facts {
  /** Requests that the asker has open, this one included. */
  readonly open: number;
  readonly mostOpen: number | undefined;
  /** Until the request is to begin, in ms. */
  readonly wait: number;
}

/** How far ahead a request may be put, in ms: a year. */
const LONGEST_WAIT_MS = 366 * 24 * 60 * 60 * 1000;

/**
 * Judges in the order of DESIGN section 4: what is there, what one may, what is too much.
 *
 * @returns undefined for a request to accept.
 */
export function judgeRequest(found: Found | 'too-many', { open, mostOpen, wait }: Facts): Refusal | undefined {
  if (found === 'too-many') return 'too-many-things';
  if (found.parts.length === 0) return refusalOfNothing(found);
  if (mostOpen !== undefined && open > mostOpen) return 'too-many-requests';
  return wait > LONGEST_WAIT_MS ? 'too-far-ahead' : undefined;
}

function refusalOfNothing({
  missing,
  forbidden,
}: {
  missing: readonly NodeName[];
  forbidden: readonly NodeName[];
}): Refusal {
  if (forbidden.length > 0) return 'forbidden';
  return missing.length > 0 ? 'not-found' : 'no-things';
}
