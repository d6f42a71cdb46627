import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Comparison, type Criterion, matches } from '../../../src/domain/search.js';
import { storedTags } from '../../../src/domain/tags.js';
import type { Thing } from '../../../src/domain/thing.js';
import type { Open } from '../../store-contract.js';
import { arbitraryThing, CHARACTERS, criterion } from './arbitraries.js';
import { found, num, ownedBy, put, str, thing, write } from './samples.js';

const things = fc.tuple(...Array.from({ length: 12 }, (_, n) => arbitraryThing(n)));
const criteria = fc.array(criterion, { maxLength: 3 });
const searches = fc.array(criteria, { minLength: 20, maxLength: 20 });

export function searchContract(open: Open): void {
  describe('search', () => {
    it('finds exactly what matches, in order of registration', async () => {
      await fc.assert(
        fc.asyncProperty(
          things,
          things,
          fc.subarray([...Array(12).keys()]),
          searches,
          async (first, then, redone, asked) => {
            const store = await open();
            for (const each of first) await put(store, each);
            // Some change their tags, their visibility, or lose their owner; their place stays.
            const now = first.map((each, n): Thing => {
              const change = redone.includes(n) ? then[n] : undefined;
              return change ? keepingOwner(each, change) : each;
            });
            for (const n of redone) await put(store, now[n] ?? expect.fail());
            const stored = now.map((each) => ({ ...each, tags: storedTags(each.tags) }));
            for (const wanted of asked) {
              const { things: all, more } = await store.things.search({ criteria: wanted, offset: 0, maxCount: 100 });
              expect(all).toEqual(stored.filter((each) => matches(each, wanted)));
              expect(more).toBe(false);
            }
            await store.close();
          },
        ),
        { numRuns: 60 },
      );
    });

    it('holds at each edge of each operator, for strings and numbers', async () => {
      const store = await open();
      const texts = CHARACTERS.flatMap((one) => [one, `a${one}`, `${one}${one}a`]);
      const values = [...texts.map((value) => str('X', value)), ...NUMBERS.map((value) => num('X', String(value)))];
      const all = values.map((tag, n) =>
        thing(`t${n}@x`, { tags: [tag], ownership: ownedBy('o@x', `id${n}`, { isPublic: true }) }),
      );
      await Promise.all(all.map((each) => put(store, each)));
      for (const wanted of edges()) {
        const { things: some } = await store.things.search({ criteria: [wanted], offset: 0, maxCount: 1_000 });
        const expected = found(all.filter((one) => matches(one, [wanted])));
        if (found(some).join() !== expected.join()) expect(found(some), JSON.stringify(wanted)).toEqual(expected);
      }
      await store.close();
    });

    it('pages without loss or repeat, and says whether there is more', async () => {
      const store = await open();
      const jids = Array.from({ length: 25 }, (_, n) => `t${n}@x`);
      const tags = [str('MAN', 'ACME'), num('V', '1')];
      for (const jid of jids)
        await put(store, thing(jid, { tags, ownership: ownedBy('o@x', `id-${jid}`, { isPublic: true }) }));
      const wanted: Criterion[][] = [
        [{ name: 'MAN', kind: 'str', operator: 'Eq', value: 'ACME' }],
        [{ name: 'V', kind: 'num', operator: 'NEq', value: 2 }],
        [],
      ];
      for (const each of wanted) {
        for (const maxCount of [1, 7, 24, 25, 26]) {
          for (const offset of [0, 1, 18, 24, 25, 2 ** 31, 2 ** 53]) {
            const page = await store.things.search({ criteria: each, offset, maxCount });
            expect(found(page.things)).toEqual(jids.slice(offset, offset + maxCount));
            expect(page.more).toBe(offset + maxCount < 25);
          }
        }
      }
      await store.close();
    });

    it('no longer finds what was made private, disowned or forgotten', async () => {
      const store = await open();
      const owned = (isPublic: boolean) => thing('t@x', { ownership: ownedBy('o@x', 'id1', { isPublic }) });
      const count = async () =>
        (await store.things.search({ criteria: [sn('1')], offset: 0, maxCount: 9 })).things.length;
      const other = thing('t@x', { tags: [str('SN', '2')], ownership: owned(false).ownership ?? expect.fail() });
      const states = [
        ...[thing('t@x'), owned(true), owned(false), owned(true), thing('t@x'), owned(false), owned(true)],
        ...[other, owned(true), other, { ...other, ownership: ownedBy('o@x', 'id1', { isPublic: true }) }],
      ];
      const counts: number[] = [];
      for (const state of states) {
        await put(store, state);
        counts.push(await count());
      }
      await write(store, { write: 'no-thing', address: owned(true).address, at: 1 });
      expect([...counts, await count()]).toEqual([0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0]);
      await store.close();
    });

    it('agrees with what matches where many Things are alike, and bears hundreds of conditions', async () => {
      const store = await open();
      const alike = Array.from({ length: 1_100 }, (_, n) =>
        thing(`t${n}@x`, {
          tags: [str('MAN', 'ACME'), str('SN', String(n)), num('V', String(n % 7))],
          ownership: ownedBy('o@x', `id${n}`, { isPublic: n % 50 !== 0 }),
        }),
      );
      await Promise.all(alike.map((each) => put(store, each)));
      const man: Criterion = { name: 'MAN', kind: 'str', operator: 'Mask', parts: ['A', ''] };
      const v: Criterion = { name: 'V', kind: 'num', operator: 'GtEq', value: 1 };
      const wanted: Criterion[][] = [
        [man],
        [man, v],
        [man, { ...v, operator: 'Gt', value: 6 }],
        [man, sn('1099'), v],
        Array.from({ length: 600 }, (_, n) => ({ ...sn(`x${n}`), operator: 'NEq' as const })),
      ];
      for (const each of wanted) {
        const { things: some } = await store.things.search({ criteria: each, offset: 30, maxCount: 100 });
        const all = alike.filter((one) => matches(one, each));
        expect(found(some)).toEqual(found(all.slice(30, 130)));
      }
      await store.close();
    });
  });
}

const sn = (value: string) => ({ name: 'SN', kind: 'str', operator: 'Eq', value }) as const;

const NUMBERS = [-(2 ** 53), -1, -5e-324, -0, 0, 5e-324, 0.1, 1, 2 ** 53 - 1, 2 ** 53, 1.7976931348623157e308];
const COMPARISONS: readonly Comparison[] = ['Eq', 'NEq', 'Gt', 'GtEq', 'Lt', 'LtEq'];
const BOTH = [true, false];

/** Every operator with each of the constants, ranges from each to itself and to the next, with and without their ends. */
function edges(): readonly Criterion[] {
  const texts = CHARACTERS.flatMap((value, n): Criterion[] => [
    ...COMPARISONS.map((operator) => ({ name: 'X', kind: 'str' as const, operator, value })),
    ...RANGES.flatMap((ends) => {
      const range = { name: 'X', kind: 'str' as const, operator: ends.operator };
      const min = { value, included: ends.min };
      return [value, CHARACTERS[n + 1] ?? value].map((end) => ({
        ...range,
        min,
        max: { value: end, included: ends.max },
      }));
    }),
    ...[[value], [value, ''], ['', value], ['', value, ''], [value, value], ['a', '', value]].map((parts) => ({
      ...{ name: 'X', kind: 'str' as const, operator: 'Mask' as const },
      parts,
    })),
  ]);
  const numbers = NUMBERS.flatMap((value, n): Criterion[] => [
    ...COMPARISONS.map((operator) => ({ name: 'X', kind: 'num' as const, operator, value })),
    ...RANGES.flatMap((ends) => {
      const range = { name: 'X', kind: 'num' as const, operator: ends.operator };
      const min = { value, included: ends.min };
      return [value, NUMBERS[n + 1] ?? value].map((end) => ({
        ...range,
        min,
        max: { value: end, included: ends.max },
      }));
    }),
  ]);
  return [...texts, ...numbers];
}

const RANGES = (['Range', 'NRange'] as const).flatMap((operator) =>
  BOTH.flatMap((min) => BOTH.map((max) => ({ operator, min, max }))),
);

/** The same Thing with what another has, as far as that is possible: an ownership id stays with its owner. */
function keepingOwner(before: Thing, { address: _, ownership, ...change }: Thing): Thing {
  const owner = before.ownership && ownership && { ...ownership, owner: before.ownership.owner };
  return { address: before.address, ...change, ...(owner && { ownership: owner }) };
}
