import type { Faults } from './outcome.js';

/** What is wrong with a time span that ends before it begins; undefined: nothing. Both are in ms since 1970. */
export function timeOrderFaults(span: {
  readonly from: number | undefined;
  readonly until: number | undefined;
}): Faults | undefined {
  const { from, until } = span;
  if (from === undefined || until === undefined || from <= until) return undefined;
  return new Map([['until', 'This is before the time that it is to begin from.']]);
}
