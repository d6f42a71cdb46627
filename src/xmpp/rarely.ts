/** Writes a line of the log, or does not. */
export type Rarely = (message: string, write: (times: { readonly times?: number }) => void) => void;

/** So long, in ms, the same message is counted and not written. */
const COUNTED_MS = 60_000;
/** How many different messages are counted at a time; those beyond are counted together, as one. */
const MOST = 100;

/**
 * For messages that a peer can bring about as often as it likes: the first is written, and after a minute how many more
 * there were, if there were any. Nothing that the peer chose may be part of `message`, by which they are told apart.
 */
export function createRarely(): Rarely {
  const counted = new Map<string, number>();
  return function rarely(message, write) {
    const key = counted.has(message) || counted.size < MOST ? message : '';
    const times = counted.get(key);
    if (times !== undefined) {
      counted.set(key, times + 1);
      return;
    }
    counted.set(key, 0);
    setTimeout(() => {
      const more = counted.get(key) ?? 0;
      counted.delete(key);
      if (more > 0) write({ times: more });
    }, COUNTED_MS).unref();
    write({});
  };
}
