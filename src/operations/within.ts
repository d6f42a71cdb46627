import type { Timers } from '../domain/read-out/ports.js';

/** How long an asker waits for what a device does, in ms: one common library gives an answer five seconds. */
const PATIENCE_MS = 4000;

/** What a promise comes to, unless it takes longer than an asker waits. */
export function within<T>(promise: Promise<T>, timers: Timers, patienceMs = PATIENCE_MS): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const stop = timers.after(patienceMs, () => resolve(undefined));
    promise.then(resolve, reject).finally(stop);
  });
}
