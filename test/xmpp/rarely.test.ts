import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRarely } from '../../src/xmpp/rarely.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function lines() {
  const rarely = createRarely();
  const written: string[] = [];
  const say = (message: string) => rarely(message, ({ times = 0 }) => written.push(`${message} ${times}`));
  return { say, written };
}

it('writes the first of many, and once a minute how many more there were', () => {
  const { say, written } = lines();
  for (let n = 0; n < 1000; n++) say('a');
  say('b');
  expect(written).toEqual(['a 0', 'b 0']);
  vi.advanceTimersByTime(60_000);
  expect(written).toEqual(['a 0', 'b 0', 'a 999']);
  vi.advanceTimersByTime(60_000);
  say('a');
  expect(written).toEqual(['a 0', 'b 0', 'a 999', 'a 0']);
});

it('keeps and writes a bounded number of different ones', () => {
  const { say, written } = lines();
  for (let n = 0; n < 10_000; n++) say(`message ${n}`);
  expect(written.length).toBeLessThan(110);
  vi.advanceTimersByTime(60_000);
  expect(written.length).toBeLessThan(111);
  expect(written.at(-1)).toMatch(/ 9899$/);
});
