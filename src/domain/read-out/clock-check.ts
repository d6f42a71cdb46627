import type { Sample } from './report.js';

const MINUTE_MS = 60_000;
/** Zones lie a multiple of this apart. */
const STEP_MS = 15 * MINUTE_MS;
/** How far from that a clock may be. */
const TOLERANCE_MS = 90_000;
const FARTHEST_MS = 26 * 60 * MINUTE_MS;

/**
 * By how many minutes the times of momentary values, read just now, are ahead of the clock, if that looks as if the device
 * had another time zone than we think: about a multiple of a quarter of an hour, and not nothing.
 */
export function zoneMistake(samples: readonly Sample[], now: number): number | undefined {
  for (const { at, fields } of samples) {
    if (!fields.some(({ fieldTypes }) => fieldTypes.has('momentary'))) continue;
    const ahead = at.ms - now;
    const nearest = Math.round(ahead / STEP_MS) * STEP_MS;
    const isZone = nearest !== 0 && Math.abs(nearest) <= FARTHEST_MS && Math.abs(ahead - nearest) <= TOLERANCE_MS;
    if (isZone) return nearest / MINUTE_MS;
  }
  return undefined;
}
