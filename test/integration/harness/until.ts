import { setTimeout as delay } from 'node:timers/promises';
import { PATIENCE_MS } from './xml-stream.js';

const POLL_MS = 10;

/**
 * Waits until `condition` is true, asking again and again: for what nobody tells us of.
 *
 * @param what what is waited for, for the error.
 * @throws after `timeout` ms.
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
  timeout = PATIENCE_MS,
): Promise<void> {
  const deadline = Date.now() + timeout;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`not within ${timeout} ms: ${what}`);
    await delay(POLL_MS);
  }
}
