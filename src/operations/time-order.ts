import { momentText } from '../domain/date-time.js';
import type { Faults } from './outcome.js';

/** What is wrong with a time span that ends before it begins; undefined: nothing. Both are in ms since 1970. */
export function timeOrderFaults(span: {
  readonly from: number | undefined;
  readonly until: number | undefined;
}): Faults | undefined {
  const { from, until } = span;
  if (from === undefined || until === undefined || from <= until) return undefined;
  const [first, last] = [from, until].map((ms) => momentText({ ms }));
  return new Map([['until', `${last} is before ${first}, from when it is to begin; use a later time.`]]);
}
