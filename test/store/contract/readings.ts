import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/domain/ports.js';
import { type HistoryCursor, type HistoryQuery, type Reading, trustOf } from '../../../src/domain/reading.js';
import type { Open } from '../../store-contract.js';
import { arbitraryReading } from './arbitraries.js';
import { ownedBy, ownershipId, put, reading, thing } from './samples.js';

const OWNERSHIP = ownershipId('id1');

const keyOf = ({ node, name, type, unit, at }: Reading): string =>
  JSON.stringify([node.nodeId, node.sourceId, node.cacheType, name, type, unit, at.ms]);
const keyAndTrust = (each: Reading): string => `${trustOf(each.qualities)} ${keyOf(each)}`;

/** At most one value per key and trust. */
const readings = fc.uniqueArray(arbitraryReading, { selector: keyAndTrust, maxLength: 40 });

/** A set in some order, some of it repeated, in messages of some lengths. */
const pushed = (all: readonly Reading[]) =>
  fc
    .tuple(
      fc.shuffledSubarray([...all], { minLength: all.length }),
      fc.shuffledSubarray([...all]),
      fc.integer({ min: 1, max: 9 }),
    )
    .map(([once, again, size]) => messages([...once, ...again], size));

export function readingContract(open: Open): void {
  describe('readings', () => {
    it('make one history, to the character, in whatever order, repeats and messages they come', async () => {
      const sameTwice = readings.chain((all) => fc.tuple(fc.constant(all), pushed(all), pushed(all)));
      await fc.assert(
        fc.asyncProperty(sameTwice, fc.integer({ min: 1, max: 50 }), async ([all, one, other], limit) => {
          const first = await historyOf(open, one, 1_000);
          expect(await historyOf(open, other, limit)).toEqual(first);
          expect(new Map(first.map((each) => [keyOf(each), each]))).toEqual(strongest(all));
          expect(first).toHaveLength(strongest(all).size);
          expect(first.map(({ at }) => at.ms)).toEqual(first.map(({ at }) => at.ms).sort((a, b) => a - b));
          expect(await historyOf(open, other, limit, { newestFirst: true })).toEqual(first.toReversed());
        }),
        { numRuns: 60 },
      );
    });

    it('give way to what has as much trust or more, not to what has less', async () => {
      const store = await openOwned(open);
      const push = async (value: string, quality: 'manualEstimate' | 'automaticReadout' | 'signed') => {
        await add(store, [reading(5, value, { qualities: new Set([quality]) })]);
        return (await store.readings.history({ ownership: OWNERSHIP }, 9)).readings.map((each) => each.value);
      };
      expect(await push('1', 'manualEstimate')).toEqual(['1']);
      expect(await push('2', 'automaticReadout')).toEqual(['2']);
      expect(await push('3', 'manualEstimate')).toEqual(['2']);
      expect(await push('2.0', 'automaticReadout')).toEqual(['2.0']);
      expect(await push('4', 'signed')).toEqual(['4']);
      expect(await push('5', 'automaticReadout')).toEqual(['4']);
      await store.close();
    });

    it('are found by node, name and period, both ends included', async () => {
      const store = await openOwned(open);
      const node = { nodeId: 'n', sourceId: '', cacheType: '' };
      await add(
        store,
        [1, 2, 3].map((ms) => reading(ms, String(ms))),
      );
      await add(store, [reading(2, 'n', { node }), reading(3, 'e', { name: 'Energy', unit: 'kWh' })]);
      const values = async (query: Omit<HistoryQuery, 'ownership'>) =>
        (await store.readings.history({ ownership: OWNERSHIP, ...query }, 9)).readings.map((each) => each.value);
      expect(await values({ from: 2, to: 2 })).toEqual(['2', 'n']);
      expect(await values({ from: 3 })).toEqual(['e', '3']);
      expect(await values({ to: 1 })).toEqual(['1']);
      expect(await values({ from: 3, to: 2 })).toEqual([]);
      expect(await values({ from: 2, newestFirst: true })).toEqual(['3', 'e', 'n', '2']);
      expect(await values({ to: 2, newestFirst: true })).toEqual(['n', '2', '1']);
      expect(await values({ names: ['Energy', 'Nothing'] })).toEqual(['e']);
      expect(await values({ names: [] })).toEqual([]);
      expect(await values({ node })).toEqual(['n']);
      expect(await values({ node: { ...node, sourceId: 's' } })).toEqual([]);
      await store.close();
    });

    it('go on from a cursor past what was given, though more has come before it', async () => {
      const store = await openOwned(open);
      await add(
        store,
        [10, 20, 30].map((ms) => reading(ms, String(ms))),
      );
      const first = await store.readings.history({ ownership: OWNERSHIP }, 2);
      await add(store, [
        reading(5, 'early'),
        reading(25, 'between'),
        reading(20, 'a', { name: 'A' }),
        reading(20, 'z', { name: 'Z' }),
      ]);
      const second = await store.readings.history({ ownership: OWNERSHIP }, 9, first.next);
      expect(first.readings.map((each) => each.value)).toEqual(['10', '20']);
      expect(second.readings.map((each) => each.value)).toEqual(['z', 'between', '30']);
      expect(second.next).toBeUndefined();
      await store.close();
    });

    it('are merged from many series of which one has nearly all', async () => {
      const store = await openOwned(open);
      const long = Array.from({ length: 100 }, (_, ms) => reading(ms, `${ms}`));
      await add(store, long);
      await add(
        store,
        Array.from({ length: 20 }, (_, n) => reading(50, 'other', { name: `Z${n}` })),
      );
      const { readings: page, next } = await store.readings.history({ ownership: OWNERSHIP }, 90);
      const others = Array<string>(20).fill('other');
      const values = long.map(({ value }) => value);
      expect(page.map(({ value }) => value)).toEqual([...values.slice(0, 51), ...others, ...values.slice(51, 70)]);
      const rest = await store.readings.history({ ownership: OWNERSHIP }, 90, next);
      expect(rest.readings.map(({ value }) => value)).toEqual(values.slice(70));
      await store.close();
    });

    it('let others have their turn between the pages of a long history', async () => {
      const store = await openOwned(open);
      await add(
        store,
        Array.from({ length: 30 }, (_, ms) => reading(ms, '1')),
      );
      let turns = 0;
      let after: HistoryCursor | undefined;
      let other = setImmediate(function again() {
        turns += 1;
        other = setImmediate(again);
      });
      do after = (await store.readings.history({ ownership: OWNERSHIP }, 1, after)).next;
      while (after !== undefined);
      clearImmediate(other);
      expect(turns).toBeGreaterThanOrEqual(25);
      await store.close();
    });

    it('go back from a cursor past what was given, though more has come behind it', async () => {
      const store = await openOwned(open);
      const query = { ownership: OWNERSHIP, newestFirst: true };
      await add(
        store,
        [10, 20, 30].map((ms) => reading(ms, String(ms))),
      );
      const first = await store.readings.history(query, 2);
      await add(store, [
        reading(35, 'late'),
        reading(15, 'between'),
        reading(20, 'a', { name: 'A' }),
        reading(20, 'z', { name: 'Z' }),
      ]);
      const second = await store.readings.history(query, 9, first.next);
      expect(first.readings.map((each) => each.value)).toEqual(['30', '20']);
      expect(second.readings.map((each) => each.value)).toEqual(['a', 'between', '10']);
      expect(second.next).toBeUndefined();
      await store.close();
    });

    it('have names, each once, of this ownership alone', async () => {
      const store = await openOwned(open);
      await put(store, thing('u@x', { ownership: ownedBy('bob@x', 'id2') }));
      const node = { nodeId: 'n', sourceId: '', cacheType: '' };
      await add(store, [
        reading(1, '1', { name: 'b' }),
        reading(1, '1', { name: 'é' }),
        reading(1, '1', { name: 'B' }),
      ]);
      await add(store, [reading(2, '1', { name: 'b', node }), reading(3, '1', { name: 'b', unit: 'K' })]);
      await store.readings.add([{ ownership: ownershipId('id2'), readings: [reading(1, '1', { name: 'other' })] }]);
      expect(await store.readings.fieldNames(OWNERSHIP, 9)).toEqual(['B', 'b', 'é']);
      expect(await store.readings.fieldNames(OWNERSHIP, 2)).toEqual(['B', 'b']);
      await put(store, thing('t@x'), 2);
      expect(await store.readings.fieldNames(OWNERSHIP, 9)).toEqual([]);
      await store.close();
    });

    it('are stored or refused by ownership, and their nodes remembered in the order in which they came', async () => {
      const store = await openOwned(open);
      const nodes = ['b', '', 'a'].map((nodeId) => ({ nodeId, sourceId: '', cacheType: '' }));
      const items = nodes.map((node, n) => ({ ownership: OWNERSHIP, readings: [reading(n, '1', { node })] }));
      const nobody = { ownership: ownershipId('nobody'), readings: [reading(1, '1')] };
      expect(await store.readings.add([...items, nobody, { ownership: OWNERSHIP, readings: [] }])).toEqual([
        ...[true, true, true],
        false,
        true,
      ]);
      expect(await store.readings.add([])).toEqual([]);
      await store.readings.add(items.toReversed());
      expect(await store.readings.nodes(OWNERSHIP)).toEqual(nodes);
      expect(await store.readings.nodes(ownershipId('nobody'))).toEqual([]);
      expect(await store.readings.history({ ownership: ownershipId('nobody') }, 9)).toEqual({ readings: [] });
      await store.close();
    });
  });
}

function strongest(all: readonly Reading[]): Map<string, Reading> {
  const kept = new Map<string, Reading>();
  for (const each of all) {
    const before = kept.get(keyOf(each));
    if (!before || trustOf(before.qualities) < trustOf(each.qualities)) kept.set(keyOf(each), each);
  }
  return kept;
}

function messages(all: readonly Reading[], size: number): Reading[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));
}

async function historyOf(
  open: Open,
  all: readonly Reading[][],
  limit: number,
  order: Pick<HistoryQuery, 'newestFirst'> = {},
): Promise<Reading[]> {
  const store = await openOwned(open);
  await Promise.all(all.map((each) => add(store, each)));
  const whole: Reading[] = [];
  let after: HistoryCursor | undefined;
  do {
    const page = await store.readings.history({ ownership: OWNERSHIP, ...order }, limit, after);
    expect(page.readings.length).toBeLessThanOrEqual(limit);
    whole.push(...page.readings);
    after = page.next;
  } while (after !== undefined);
  await store.close();
  return whole;
}

async function openOwned(open: Open): Promise<Store> {
  const store = await open();
  await put(store, thing('t@x', { ownership: ownedBy('ann@x', 'id1') }));
  return store;
}

async function add(store: Store, all: readonly Reading[]): Promise<void> {
  expect(await store.readings.add([{ ownership: OWNERSHIP, readings: all }])).toEqual([true]);
}
