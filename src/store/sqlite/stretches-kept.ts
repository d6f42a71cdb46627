import type { Database } from 'better-sqlite3';

/** Times of readings, both included, in ms since 1970. */
export interface Bounds {
  readonly from: number;
  readonly to: number;
}

/**
 * The parts of a time in which a series has readings that are not about to be erased, in order. They are left out as
 * stretches, not one by one: where a million readings wait for their end, nobody has to read past them.
 */
export function stretchesKept(db: Database): (series: number, bounds: Bounds) => readonly Bounds[] {
  const isErasing = db.prepare('SELECT 1 FROM erasure LIMIT 1');
  const erased = db.prepare<[number], Bounds>(
    'SELECT from_ms AS "from", until_ms AS "to" FROM erasure WHERE series = ? ORDER BY from_ms',
  );
  return (series, bounds) => (isErasing.get() === undefined ? [bounds] : without(bounds, erased.all(series)));
}

/** @param gaps by their beginnings; they may overlap. */
export function without({ from, to }: Bounds, gaps: readonly Bounds[]): readonly Bounds[] {
  const parts: Bounds[] = [];
  let next = from;
  for (const gap of gaps) {
    if (gap.from > next) parts.push({ from: next, to: Math.min(gap.from - 1, to) });
    next = Math.max(next, gap.to + 1);
    if (next > to) return parts;
  }
  return [...parts, { from: next, to }];
}
