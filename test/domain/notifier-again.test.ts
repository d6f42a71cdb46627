import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createNotifier, type NotifierDeps } from '../../src/domain/notifier.js';
import { StoreUnavailable } from '../../src/domain/ports.js';
import { bare } from './world.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A notifier whose store fails so often with this error, and how often it was asked what is owed. */
function failing(times: number, error: Error) {
  const asked: string[] = [];
  const notifier = createNotifier({
    notices: {
      owedTo: async (jid: string) => {
        asked.push(jid);
        if (asked.length <= times) throw error;
        return [];
      },
    },
    timers: {
      after(ms: number, run: () => void) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    onFault: () => undefined,
  } as unknown as NotifierDeps);
  return { notifier, asked };
}

it('what a full disk has ended is tried again by itself until there is room', async () => {
  const { notifier, asked } = failing(3, new StoreUnavailable('full'));
  await notifier.wake(bare('a@x'));
  await notifier.wake(bare('b@x'));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toEqual(['a@x', 'b@x', 'a@x', 'b@x', 'a@x']);
});

it('any other failure waits for the next word of the Thing', async () => {
  const { notifier, asked } = failing(1, new Error('the store was closed'));
  await notifier.wake(bare('a@x'));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(asked).toEqual(['a@x']);
});
