/**
 * What is kept of the readings of a Thing, by their own time, whenever they arrived. `off` is no limit; a limit that is
 * absent is that which holds for all Things.
 */
export interface Retention {
  /** For how many days. */
  readonly days?: Limit;
  /** How many of each series (a field of a node in a unit), the newest. */
  readonly count?: Limit;
}
export type Limit = number | 'off';

/** The longest and the most that can be set. */
export const MOST_RETAINED: Readonly<Record<keyof Retention, number>> = { days: 36_500, count: 1_000_000_000 };
