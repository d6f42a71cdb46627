import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEntry, Store } from '../../../src/domain/ports.js';
import type { HistoryCursor, Reading } from '../../../src/domain/reading.js';
import type { Limit, Retention } from '../../../src/domain/retention.js';
import { setRetention } from '../../../src/domain/set-retention.js';
import type { Open } from '../../store-contract.js';
import { address, full, ownedBy, ownershipId, put, reading, thing, write } from './samples.js';

const DAY = 24 * 60 * 60 * 1000;
const OWN = ownershipId('id1');
const OTHER = ownershipId('id2');
const ENTRY: AuditEntry = { at: 1, actor: full('a@x/r'), action: 'retention', subject: 't@x', outcome: 'set' };

export function retentionContract(open: Open): void {
  describe('retention', () => {
    it('is kept for each Thing, replaced whole, and refused where it makes no sense', async () => {
      const store = await openOwned(open);
      const set = async (retention: Retention) => {
        const { outcome } = await setRetention(store.retention, OWN, retention, ENTRY);
        return [outcome, await store.retention.of(OWN)];
      };
      expect(await store.retention.of(OWN)).toEqual({});
      expect(await set({ days: 0.5 })).toEqual(['set', { days: 0.5 }]);
      expect(await set({ count: 7, days: 'off' })).toEqual(['set', { count: 7, days: 'off' }]);
      expect(await set({ count: 'off' })).toEqual(['set', { count: 'off' }]);
      for (const bad of [
        { days: 0 },
        { days: 40_000 },
        { days: Number.NaN },
        { count: 0 },
        { count: 1.5 },
        { count: 2e9 },
      ]) {
        expect(await set(bad)).toEqual(['refused', { count: 'off' }]);
      }
      expect(await set({})).toEqual(['set', {}]);
      expect(await store.retention.of(OTHER)).toEqual({});
      expect(await setRetention(store.retention, ownershipId('nobody'), {}, ENTRY)).toEqual({ outcome: 'gone' });
      await write(store, { write: 'no-thing', address: address('t@x'), at: 2 });
      expect(await setRetention(store.retention, OWN, { count: 1 }, ENTRY)).toEqual({ outcome: 'gone' });
      await store.close();
    });

    it('keeps all unless it is set', async () => {
      const store = await openOwned(open, { now: () => 1e12 });
      await add(store, [reading(0, '1')]);
      expect(await store.purge(10)).toBe(false);
      expect(await times(store)).toEqual([0]);
      await store.close();
    });

    it('by age keeps what is as old as it may be, and by count the newest of each series', async () => {
      const store = await openOwned(open, { now: () => 10 * DAY, retention: { days: 3, count: 'off' } });
      await add(
        store,
        [7 * DAY - 1, 7 * DAY, 10 * DAY, 11 * DAY].map((ms) => reading(ms, '1')),
      );
      await purge(store, 10);
      expect(await times(store)).toEqual([7 * DAY, 10 * DAY, 11 * DAY]);
      await setRetention(store.retention, OWN, { days: 'off', count: 1 }, ENTRY);
      const before = [1, 2].map((ms) => reading(ms, '1', { name: 'Power' }));
      await add(store, before);
      await add(store, before, OTHER);
      await purge(store, 1);
      expect(await times(store)).toEqual([2, 11 * DAY]);
      expect(await times(store, OTHER)).toEqual([]);
      await store.close();
    });

    it('leaves exactly what it should, whatever the steps, while readings come', async () => {
      const limit = (number: fc.Arbitrary<number>): fc.Arbitrary<Limit | undefined> =>
        fc.option(fc.oneof(number, fc.constant('off' as const)), { nil: undefined });
      const retention = fc.record({
        days: limit(fc.constantFrom(5, 10, 20.5).map((ms) => ms / DAY)),
        count: limit(fc.integer({ min: 1, max: 6 })),
      });
      const readings = fc.array(
        fc.record({
          ms: fc.integer({ min: 0, max: 30 }),
          name: fc.constantFrom('a', 'b', 'c'),
          value: fc.constantFrom('1', '2'),
        }),
        { maxLength: 60 },
      );
      await fc.assert(
        fc.asyncProperty(
          retention,
          retention,
          readings,
          readings,
          fc.integer({ min: 1, max: 9 }),
          async (general, own, first, later, step) => {
            const store = await openOwned(open, { now: () => 30, retention: clean(general) });
            await setRetention(store.retention, OWN, clean(own), ENTRY);
            const all = (some: typeof first) => some.map(({ ms, name, value }) => reading(ms, value, { name }));
            for (const ownership of [OWN, OTHER]) await add(store, all(first), ownership);
            const steps = [store.purge(step), add(store, all(later)), store.purge(step), add(store, all(later), OTHER)];
            await Promise.all(steps);
            const whole = [await history(store), await history(store, OTHER)];
            await purge(store, step);
            const kept = [{ ...clean(general), ...clean(own) }, clean(general)];
            for (const [index, ownership] of [OWN, OTHER].entries()) {
              // What was deleted in between was past keeping then, and is so now.
              expect(await history(store, ownership)).toEqual(filtered(whole[index] ?? [], kept[index] ?? {}, 30));
            }
            await store.close();
          },
        ),
        { numRuns: 100 },
      );
    });

    it('goes on while others write, a step at a time', async () => {
      const store = await openOwned(open, { now: () => 1e6, retention: { count: 10 } });
      await add(
        store,
        Array.from({ length: 5_000 }, (_, ms) => reading(ms, '1')),
      );
      let steps = 0;
      let written = 0;
      for (let more = true; more; steps++) {
        const [isMore] = await Promise.all([store.purge(100), add(store, [reading(10_000 + written++, '2')])]);
        more = isMore;
      }
      expect(steps).toBeGreaterThanOrEqual(50);
      await purge(store, 100);
      expect(await times(store)).toEqual(Array.from({ length: 10 }, (_, n) => 10_000 + written - 10 + n));
      await store.close();
    });
  });
}

const clean = ({ days, count }: { days: Limit | undefined; count: Limit | undefined }): Retention => ({
  ...(days !== undefined && { days }),
  ...(count !== undefined && { count }),
});

function filtered(all: readonly Reading[], { days = 'off', count = 'off' }: Retention, now: number): Reading[] {
  return all.filter(({ at, name }) => {
    const newer = all.filter((each) => each.name === name && each.at.ms > at.ms).length;
    return (days === 'off' || at.ms >= now - Math.round(days * DAY)) && (count === 'off' || newer < count);
  });
}

async function openOwned(open: Open, opening: Parameters<Open>[0] = {}): Promise<Store> {
  const store = await open(opening);
  await put(store, thing('t@x', { ownership: ownedBy('ann@x', OWN) }));
  await put(store, thing('u@x', { ownership: ownedBy('ann@x', OTHER) }));
  return store;
}

async function add(store: Store, readings: readonly Reading[], ownership = OWN): Promise<void> {
  expect(await store.readings.add([{ ownership, readings }])).toEqual([true]);
}

/** To its end, and once more: a sweep that was under way had passed what came meanwhile. */
async function purge(store: Store, limit: number): Promise<void> {
  for (let sweep = 0; sweep < 2; sweep++) while (await store.purge(limit)) await Promise.resolve();
}

async function history(store: Store, ownership = OWN): Promise<Reading[]> {
  const all: Reading[] = [];
  let after: HistoryCursor | undefined;
  do {
    const page = await store.readings.history({ ownership }, 1000, after);
    all.push(...page.readings);
    after = page.next;
  } while (after !== undefined);
  return all;
}

const times = async (store: Store, ownership = OWN): Promise<number[]> =>
  (await history(store, ownership)).map(({ at }) => at.ms);
