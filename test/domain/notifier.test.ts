import { expect, it, vi } from 'vitest';
import type { Told } from '../../src/domain/ports.js';
import { bare, createWorld, full, TAGS } from './world.js';

it('tells the session that came in place of one that dropped without a word', async () => {
  const world = createWorld();
  await world.register('thing@example.org/dropped', TAGS);
  let dropped: (told: Told) => void = () => undefined;
  world.answer = ({ session }) => {
    if (session.endsWith('/came')) return 'acknowledged';
    // The server had handed it over before it noticed: nobody will answer. The next one bounces.
    return world.tells.length > 1 ? 'gone' : new Promise((resolve) => (dropped = resolve));
  };
  await world.claim('owner@example.org/phone', TAGS);
  const waking = world.notifier.wake(bare('thing@example.org'));
  await vi.waitUntil(() => world.tells.length === 1);
  const arrived = world.reach.available(full('thing@example.org/came'));
  await vi.waitUntil(async () => (await world.sessions.of(bare('thing@example.org'))).length === 1);
  await arrived;
  dropped('silent');
  await waking;
  expect(world.tells.map(({ session }) => session.split('/')[1])).toEqual(['dropped', 'dropped', 'came']);
  expect(await world.store.notices.debtors()).toEqual([]);
});
