import type { StoredReading } from './chunk-codec.js';

/** Whether, of two readings of one time, that which arrived later takes the place of the earlier one. */
export type Replaces = (earlier: StoredReading, later: StoredReading) => boolean;

/**
 * Puts arrivals among readings of the same series.
 *
 * @param before in order of time, each time once.
 * @param arrivals in the order in which they arrived.
 * @returns in order of time, each time once.
 */
export function mergeReadings<R extends StoredReading>(
  before: readonly R[],
  arrivals: readonly R[],
  replaces: Replaces,
): readonly R[] {
  const later = inOrder(arrivals, replaces);
  const [first] = later;
  const last = before.at(-1);
  if (first === undefined) return before;
  if (last === undefined) return later;
  if (last.ms < first.ms) return before.concat(later);
  return interleave(before, later, replaces);
}

/** Mostly they have arrived in order. The sort is stable: of one time, they stay in the order in which they arrived. */
function inOrder<R extends StoredReading>(arrivals: readonly R[], replaces: Replaces): readonly R[] {
  let previous = Number.NEGATIVE_INFINITY;
  const isInOrder = arrivals.every(({ ms }) => {
    const isLater = ms > previous;
    previous = ms;
    return isLater;
  });
  if (isInOrder) return arrivals;
  const merged: R[] = [];
  for (const reading of arrivals.toSorted((a, b) => a.ms - b.ms)) {
    const earlier = merged.at(-1);
    if (earlier === undefined || earlier.ms < reading.ms) merged.push(reading);
    else if (replaces(earlier, reading)) merged[merged.length - 1] = reading;
  }
  return merged;
}

function interleave<R extends StoredReading>(
  before: readonly R[],
  later: readonly R[],
  replaces: Replaces,
): readonly R[] {
  const merged: R[] = [];
  let at = 0;
  for (const reading of later) {
    for (let next = before[at]; next !== undefined && next.ms < reading.ms; next = before[++at]) merged.push(next);
    const same = before[at];
    if (same?.ms !== reading.ms) {
      merged.push(reading);
      continue;
    }
    merged.push(replaces(same, reading) ? reading : same);
    at += 1;
  }
  for (const rest of before.slice(at)) merged.push(rest);
  return merged;
}
