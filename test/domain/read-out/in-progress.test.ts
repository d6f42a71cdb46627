import { describe, expect, it } from 'vitest';
import { bare, createHouse, field, full, NOON, sample, settle } from './house.js';

const ANN = bare('owner@example.org');
const LATER = NOON + 60_000;

describe('requests in progress', () => {
  it('are queued until they are due, then open, once each though the row goes last', async () => {
    const house = createHouse();
    const id = await house.place('meter@example.org');
    await house.read({ seqnr: 1, at: id, when: { ms: LATER } });
    await house.read({ seqnr: 1, asker: 'owner@example.org/desk', at: id });
    const states = async () =>
      (await house.broker.requestsOf(ANN)).map(({ plan, state, at }) => `${plan.ends.asker} ${state} ${at - NOON}`);
    expect(await states()).toEqual(['owner@example.org/desk open 0', 'owner@example.org/phone queued 60000']);

    const { remove } = house.store.queue;
    let go: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      go = resolve;
    });
    house.store.queue.remove = async (...which) => {
      await held;
      return remove(...which);
    };
    await house.report('meter@example.org/d', house.asked[0]?.seqnr ?? 0, [sample('', NOON, field('T', '1'))], true);
    await house.pass(60_000);
    expect(await house.store.queue.countOf(ANN)).toBe(1);
    expect(await states()).toEqual(['owner@example.org/phone open 60000']);
    go();
    await settle();
    expect(await house.store.queue.countOf(ANN)).toBe(0);
    expect(await states()).toEqual(['owner@example.org/phone open 60000']);
    await house.report('meter@example.org/d', house.asked[1]?.seqnr ?? 0, [sample('', NOON, field('T', '2'))], true);
    expect(await states()).toEqual([]);
  });

  it('are those of one account alone, and end with a session that is gone', async () => {
    const house = createHouse();
    const id = await house.place('meter@example.org', { sharedWith: ['*'] });
    await house.read({ seqnr: 1, at: id });
    await house.read({ seqnr: 1, asker: 'eve@example.org/x', at: id });
    expect(await house.broker.requestsOf(ANN)).toHaveLength(1);
    expect(await house.broker.requestsOf(bare('example.org'))).toEqual([]);
    house.broker.readerGone(full('owner@example.org/phone'));
    await settle();
    expect(await house.broker.requestsOf(ANN)).toEqual([]);
    expect(await house.broker.requestsOf(bare('eve@example.org'))).toHaveLength(1);
  });
});
