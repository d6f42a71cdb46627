/** The pauses between attempts to connect. */
export interface Backoff {
  /** The next pause, in milliseconds. */
  next(): number;
  /** Begins anew with the shortest. */
  reset(): void;
}

const FIRST_MS = 1000;
const MOST_MS = 60_000;

/**
 * Doubles from 1 s to 60 s; each pause is drawn from the upper half of its step. So components that lost their server
 * together do not return together, and none returns at once.
 *
 * @param random a number from 0 up to, not including, 1
 */
export function createBackoff(random: () => number): Backoff {
  let step = FIRST_MS;
  return {
    next() {
      const pause = step / 2 + (step / 2) * random();
      step = Math.min(step * 2, MOST_MS);
      return Math.round(pause);
    },
    reset() {
      step = FIRST_MS;
    },
  };
}
