import type { AuditEntry, RetentionStore } from './ports.js';
import { MOST_RETAINED, type Retention } from './retention.js';
import type { OwnershipId } from './thing.js';

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
  const why = retentionFault(retention);
  if (why !== undefined) return { outcome: 'refused', why };
  return { outcome: (await store.put(ownership, retention, entry)) ? 'set' : 'gone' };
}

/** What is wrong with limits, in words. */
export function retentionFault({ days = 'off', count = 'off' }: Retention): string | undefined {
  if (days !== 'off' && !(days > 0 && days <= MOST_RETAINED.days)) {
    return `Readings cannot be kept for ${days} days; use more than 0, at most ${MOST_RETAINED.days}, or off.`;
  }
  if (count !== 'off' && !(Number.isInteger(count) && count > 0 && count <= MOST_RETAINED.count)) {
    return `${count} is not how many readings can be kept; use a whole number from 1 to ${MOST_RETAINED.count}, or off.`;
  }
  return undefined;
}
