import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type LookUpAsked, lookUp } from '../../../src/domain/history/look-up.js';
import { historicalTypes, PERIODS } from '../../../src/domain/read-out/shifts.js';
import type { Reading } from '../../../src/domain/reading.js';
import { timeZone, UTC } from '../../../src/domain/time-zone.js';
import { openSqliteStore } from '../../../src/store/sqlite/index.js';
import { ownedBy, ownershipId, put, reading, thing } from '../../store/contract/samples.js';

const OWNERSHIP = ownershipId('id1');
const LORD_HOWE = timeZone('Australia/Lord_Howe') ?? expect.fail();
const SECOND = 1000;
const HOUR = 3600 * SECOND;
/** Half an hour before clocks are put forward by half an hour there. */
const START = Date.parse('2026-10-03T15:00Z');

async function storeOf(all: readonly Reading[]) {
  const store = openSqliteStore({ file: ':memory:' });
  await put(store, thing('t@x', { ownership: ownedBy('ann@x', 'id1') }));
  await store.readings.add([{ ownership: OWNERSHIP, readings: all }]);
  let pages = 0;
  return {
    store,
    get pages() {
      return pages;
    },
    lookUp: (asked: Omit<LookUpAsked, 'ownership' | 'zone'>, zone = UTC) => {
      const history: typeof store.readings.history = (...how) => {
        pages += 1;
        return store.readings.history(...how);
      };
      return lookUp({ history }, { ownership: OWNERSHIP, zone, ...asked });
    },
  };
}

const values = ({ readings }: { readonly readings: readonly Reading[] }) => readings.map(({ value }) => value);

describe('looking up a history', () => {
  it('gives, going on and on, each reading of a period that is asked for exactly once, in order', async () => {
    const at = fc.oneof(
      fc.integer({ min: 0, max: 400 }).map((n) => START + n * 15 * 60 * SECOND),
      fc.integer({ min: 0, max: 40 * HOUR }).map((ms) => START + ms),
    );
    const one = fc.tuple(at, fc.constantFrom('A', 'B', 'C'));
    const times = fc.uniqueArray(one, { selector: String, minLength: 1, maxLength: 300 });
    const every = fc.option(fc.constantFrom(...PERIODS), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(times, every, fc.boolean(), fc.integer({ min: 3, max: 50 }), async (all, period, back, most) => {
        const written = all.map(([ms, name], n) => reading(ms, String(n), { name }));
        const { store, lookUp: look } = await storeOf(written);
        const given: Reading[] = [];
        let edge: { from?: number; to?: number } = {};
        for (;;) {
          const asked = { most, newestFirst: back, ...edge, ...(period !== undefined && { every: period }) };
          const { readings, next, isCut } = await look(asked, LORD_HOWE);
          expect([readings.length <= most, isCut]).toEqual([true, undefined]);
          given.push(...readings);
          if (next === undefined) break;
          edge = back ? { to: next } : { from: next };
        }
        await store.close();
        const wanted = written
          .filter((each) => period === undefined || historicalTypes(each.at.ms, LORD_HOWE).includes(period))
          .sort((a, b) => a.at.ms - b.at.ms || (a.name < b.name ? -1 : 1));
        expect(values({ readings: given })).toEqual(values({ readings: back ? wanted.reverse() : wanted }));
      }),
      { numRuns: 60 },
    );
  });

  it('does not look at what lies between two shifts', async () => {
    const all = Array.from({ length: 20_000 }, (_, n) => reading(START + n * SECOND, String(n)));
    const place = await storeOf(all);
    const newest = await place.lookUp({ most: 3, newestFirst: true, every: 'historicalHour' });
    expect(newest).toMatchObject({ next: START + 2 * HOUR });
    expect(values(newest)).toEqual(['18000', '14400', '10800']);
    expect(place.pages).toBeLessThan(12);
    const oldest = await place.lookUp({ most: 9, every: 'historicalHour', from: START + 1 });
    expect(values(oldest)).toEqual(['3600', '7200', '10800', '14400', '18000']);
    expect(oldest.next).toBeUndefined();
    await place.store.close();
  });

  it('ends somewhere where nothing is at a shift, and says where', async () => {
    const store = { history: async () => ({ readings: [reading(START + 1, '1')], next: 'c' as never }) };
    const asked = { ownership: OWNERSHIP, zone: UTC, most: 9, every: 'historicalSecond' as const };
    expect(await lookUp(store, asked)).toEqual({ readings: [], next: START + 1 });
  });

  it('says where more are of one time than can be given', async () => {
    const names = ['A', 'B', 'C'].map((name) => reading(START, name, { name }));
    const { store, lookUp: look } = await storeOf([...names, reading(START - 1, 'before')]);
    const cut = await look({ most: 2, newestFirst: true });
    expect(cut).toMatchObject({ next: START - 1, isCut: true });
    expect(values(cut)).toEqual(['C', 'B']);
    expect(values(await look({ most: 2, newestFirst: true, to: START - 1 }))).toEqual(['before']);
    expect(await look({ most: 3, newestFirst: true })).toMatchObject({ next: START - 1 });
    await store.close();
  });
});
