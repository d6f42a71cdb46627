import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { watchEventLoop } from '../src/event-loop.js';

it('the event loop is watched: nothing before it turned, and much where something keeps all others waiting', async () => {
  const delay = watchEventLoop();
  expect(delay()).toEqual({ p50: 0, p99: 0 });
  await wait(50);
  const until = performance.now() + 200;
  while (performance.now() < until);
  await wait(50);
  const { p50, p99 } = delay();
  expect(p99).toBeGreaterThan(150);
  expect(p99).toBeLessThan(5000);
  expect(p50).toBeLessThan(p99);
});
