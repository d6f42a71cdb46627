import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How often it is looked, in ms: what is late is late by that much at least, of which nothing is counted. */
const RESOLUTION_MS = 10;

/**
 * Watches from now on how long what is ready to run waits for its turn: where nothing keeps others waiting, next to
 * nothing. In ms, rounded to hundredths; it keeps no process alive.
 */
export function watchEventLoop(): () => { readonly p50: number; readonly p99: number } {
  const seen = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  seen.enable();
  const beyond = (nanoseconds: number): number =>
    Math.max(0, Math.round((nanoseconds / 1e6 - RESOLUTION_MS) * 100) / 100) || 0;
  return () => ({ p50: beyond(seen.percentile(50)), p99: beyond(seen.percentile(99)) });
}
