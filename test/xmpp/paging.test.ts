import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pageOf } from '../../src/xmpp/paging.js';
import type { PageRequest } from '../../src/xmpp/result-set.js';

/** A list of names, and how often it was asked. */
function listOf(names: readonly string[]) {
  const list = { names: [...names], questions: 0, longest: 0 };
  const fetch = async (offset: number, limit: number) => {
    expect(limit).toBeGreaterThan(0);
    list.questions++;
    list.longest = Math.max(list.longest, limit);
    return { items: list.names.slice(offset, offset + limit), total: list.names.length };
  };
  const page = (request: PageRequest | 'none', most = 10) => pageOf(request, most, fetch, (name) => name);
  return { list, page };
}
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

describe('a page', () => {
  it('is the whole list, without a word on it, where nobody asked for a page and it is short', async () => {
    expect(await listOf(numbered(10)).page('none')).toEqual({ items: numbered(10) });
  });

  it('says what it is where it was not asked for but is not the whole list', async () => {
    expect(await listOf(numbered(11)).page('none')).toEqual({
      items: numbered(10),
      set: { first: { uid: '0.n0', index: 0 }, last: '9.n9', count: 11 },
    });
  });

  it('says what it is where it was asked for', async () => {
    expect(await listOf(['a']).page({ max: 5 })).toEqual({
      items: ['a'],
      set: { first: { uid: '0.a', index: 0 }, last: '0.a', count: 1 },
    });
  });

  it('of an empty list is empty, and says no more', async () => {
    expect(await listOf([]).page({ max: 5 })).toEqual({ items: [] });
    expect(await listOf([]).page({ before: '' })).toEqual({ items: [] });
  });

  it('of no items is the count', async () => {
    expect(await listOf(numbered(3)).page({ max: 0 })).toEqual({ items: [], set: { count: 3 } });
    expect(await listOf(numbered(3)).page({ max: 0, before: '' })).toEqual({ items: [], set: { count: 3 } });
  });

  it('is no longer than the most', async () => {
    expect((await listOf(numbered(50)).page({ max: 1_000_000 }))?.items).toEqual(numbered(10));
  });

  it('at an index begins there, and beyond the end is empty', async () => {
    const { page } = listOf(numbered(5));
    expect(await page({ index: 3 })).toEqual({
      items: ['n3', 'n4'],
      set: { first: { uid: '3.n3', index: 3 }, last: '4.n4', count: 5 },
    });
    expect(await page({ index: 5 })).toEqual({ items: [], set: { count: 5 } });
  });

  it('is the last one before nothing', async () => {
    expect((await listOf(numbered(25)).page({ before: '' }))?.items).toEqual(numbered(25).slice(15));
  });

  it.each(['', 'n3', '3.', '3.nobody', '4.n3 ', '-1.n3', '99999999999999999999.n3', '1e1.n3'])(
    'after "%s", which names nothing, is not there',
    async (after) => expect(await listOf(numbered(10)).page({ after })).toBeUndefined(),
  );

  it('is found by one look-up of fixed size, however long the list is', async () => {
    const { list, page } = listOf(numbered(5000));
    expect((await page({ after: '4000.n4000' }))?.items[0]).toBe('n4001');
    expect(list.questions).toBe(1);
    expect(list.longest).toBeLessThan(300);
  });

  it('goes on where it was when items before it have gone or come', async () => {
    const { list, page } = listOf(numbered(50));
    const first = await page('none');
    list.names.splice(0, 5);
    expect((await page({ after: first?.set?.last ?? '' }))?.items[0]).toBe('n10');
    list.names.unshift(...['new1', 'new2', 'new3', 'new4', 'new5', 'new6', 'new7']);
    expect((await page({ after: first?.set?.last ?? '' }))?.items[0]).toBe('n10');
    expect((await page({ before: first?.set?.last ?? '' }))?.items.at(-1)).toBe('n8');
  });

  it('goes on where it was when a hundred items before it have gone', async () => {
    const { list, page } = listOf(numbered(500));
    list.names.splice(0, 100);
    expect((await page({ after: '300.n300' }))?.items[0]).toBe('n301');
    list.names.splice(0, 1);
    expect(await page({ after: '300.n300', max: 0 })).toBeUndefined();
  });

  it('is not there when the item that it follows is gone', async () => {
    const { list, page } = listOf(numbered(50));
    list.names.splice(9, 1);
    expect(await page({ after: '9.n9' })).toBeUndefined();
  });
});

it('page by page, forwards and backwards, gives each item once and in order', async () => {
  const walk = async (names: readonly string[], max: number, step: 'after' | 'before'): Promise<readonly string[]> => {
    const { page } = listOf(names);
    const seen: string[] = [];
    let request: PageRequest = step === 'after' ? { max } : { max, before: '' };
    for (let pages = 0; pages <= names.length; pages++) {
      const got = await page(request, 1000);
      if (got?.items.length === 0 || got?.set?.first === undefined || got.set.last === undefined) return seen;
      const from = got.set.first.index ?? Number.NaN;
      expect(got.items).toEqual(names.slice(from, from + got.items.length));
      if (step === 'after') seen.push(...got.items);
      else seen.unshift(...got.items);
      request = { max, [step]: step === 'after' ? got.set.last : got.set.first.uid };
    }
    throw new Error('it has no end');
  };
  await fc.assert(
    fc.asyncProperty(fc.nat(700), fc.integer({ min: 1, max: 300 }), async (length, max) => {
      const names = numbered(length);
      expect(await walk(names, max, 'after')).toEqual(names);
      expect(await walk(names, max, 'before')).toEqual(names);
    }),
    { numRuns: 50 },
  );
});
