import { expect, it, vi } from 'vitest';
import type { QueuedReadOut, QueueStore } from '../../../src/domain/ports.js';
import { StoreUnavailable } from '../../../src/domain/ports.js';
import type { Plan } from '../../../src/domain/read-out/plan.js';
import type { Readers } from '../../../src/domain/read-out/ports.js';
import { createQueue } from '../../../src/domain/read-out/queue.js';

/** A request, as far as the queue looks at it. */
function queued(seqnr: number): QueuedReadOut {
  const plan = { ends: { asker: 'a@x/r' }, request: { seqnr: { value: seqnr } } } as unknown as Plan;
  return { plan, due: 0, answersPings: false };
}

it('a store that refused for a moment holds up what is due soon after for seconds, not for a minute', async () => {
  vi.useFakeTimers();
  const rows = new Map([
    [1, 1000],
    [2, 8000],
  ]); // by number, when each is due
  let refuses = false;
  const refusing = async <T>(result: T): Promise<T> => {
    if (refuses) throw new StoreUnavailable('full');
    return result;
  };
  const store = {
    due: (now: number) => refusing([...rows].filter(([, due]) => due <= now).map(([seqnr]) => queued(seqnr))),
    nextDue: async () => [...rows.values()].sort((a, b) => a - b)[0],
    has: async (_: unknown, seqnr: number) => rows.has(seqnr),
    remove: (_: unknown, seqnr: number) => refusing(rows.delete(seqnr)),
  } as unknown as QueueStore;
  const faults: unknown[] = [];
  const begun: string[] = [];
  const queue = createQueue({
    queue: store,
    readers: {} as Readers,
    clock: { now: Date.now },
    timers: {
      after(ms, run) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    },
    readerMs: 1000,
    start: (plan) => begun.push(`${plan.request.seqnr.value} at ${Date.now()}`),
    onFault: (error) => faults.push(error),
  });
  vi.setSystemTime(0);
  await queue.resume();
  refuses = true;
  await vi.advanceTimersByTimeAsync(4000);
  refuses = false;
  await vi.advanceTimersByTimeAsync(8000);
  expect(faults.length).toBeGreaterThan(0);
  expect(begun).toEqual(['1 at 6000', '2 at 8000']);
  queue.stop();
  vi.useRealTimers();
});
