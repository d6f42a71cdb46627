import type { AuditEntry, RetentionStore } from './ports.js';
import type { OwnershipId } from './thing.js';

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

export type RetentionSet =
  | { readonly outcome: 'set' }
  /** The ownership has ended, or never was. */
  | { readonly outcome: 'gone' }
  /** What is wrong with what was asked for, in words. */
  | { readonly outcome: 'refused'; readonly why: string };

/**
 * Sets what is kept of a Thing's readings, in place of what was set for it before; what is past that goes soon after, for
 * good. Nothing set (`{}`) leaves it to what holds for all.
 */
export async function setRetention(
  store: RetentionStore,
  ownership: OwnershipId,
  retention: Retention,
  entry: AuditEntry,
): Promise<RetentionSet> {
  const why = faultOf(retention);
  if (why !== undefined) return { outcome: 'refused', why };
  return { outcome: (await store.put(ownership, retention, entry)) ? 'set' : 'gone' };
}

function faultOf({ days = 'off', count = 'off' }: Retention): string | undefined {
  if (days !== 'off' && !(days > 0 && days <= MOST_RETAINED.days)) {
    return `Readings cannot be kept for ${days} days; use more than 0, at most ${MOST_RETAINED.days}, or off.`;
  }
  if (count !== 'off' && !(Number.isInteger(count) && count > 0 && count <= MOST_RETAINED.count)) {
    return `${count} is not how many readings can be kept; use a whole number from 1 to ${MOST_RETAINED.count}, or off.`;
  }
  return undefined;
}
