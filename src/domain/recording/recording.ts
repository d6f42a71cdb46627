import type { FieldType } from '../reading.js';
import type { OwnershipId } from '../thing.js';

/** What an owner has asked for: that a Thing be read every so often, and its readings kept. */
export interface Recording {
  readonly ownership: OwnershipId;
  /** From {@link PERIOD}.least to {@link PERIOD}.most. */
  readonly periodMs: number;
  readonly types: ReadonlySet<FieldType>;
  /** When it is to be read next, in ms since 1970. */
  readonly due: number;
  /** When it was last to be read, and what came of that, in words. */
  readonly last?: { readonly at: number; readonly outcome: string };
}

/** How often a Thing may be read, in ms: every ten seconds to every 31 days. */
export const PERIOD = { least: 10_000, most: 31 * 24 * 60 * 60 * 1000 } as const;

/**
 * The next time at which a Thing is read, after `now`: times of one period are a grid that begins at a place of the
 * Thing's own, so that nothing drifts, and a thousand Things of one period are spread over the whole of it.
 */
export function nextSlot({ ownership, periodMs }: Pick<Recording, 'ownership' | 'periodMs'>, now: number): number {
  const phase = placeOf(ownership) % periodMs;
  return (Math.floor((now - phase) / periodMs) + 1) * periodMs + phase;
}

/** A number below 2^32 made of an id: FNV-1a, for which ids that differ a little lie far apart. */
function placeOf(id: OwnershipId): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at++) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  // The last characters have changed the low bits alone, and short periods look at those: stir once more.
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}
