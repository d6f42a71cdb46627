import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Criterion, matches } from '../../../src/domain/search.js';
import { storedTags } from '../../../src/domain/tags.js';
import type { Thing } from '../../../src/domain/thing.js';
import { openSqliteStore } from '../../../src/store/sqlite/index.js';
import { findThings } from '../../../src/store/sqlite/search/find-things.js';
import { arbitraryThing, criterion } from '../contract/arbitraries.js';
import { num, ownedBy, put, str, thing } from '../contract/samples.js';

/** So little that a dozen Things are many: each way of searching is gone. */
const PACES = [
  { few: 1, step: 2, window: 1, stepsBeforeMask: 1 },
  { few: 3, step: 3, window: 8, stepsBeforeMask: 2 },
];

describe('a search', () => {
  it('finds the same whichever way it goes', async () => {
    const things = fc.tuple(...Array.from({ length: 12 }, (_, n) => arbitraryThing(n)));
    const searches = fc.array(fc.array(criterion, { maxLength: 3 }), { minLength: 20, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(things, searches, fc.nat(4), async (all, asked, offset) => {
        await withThings(all, async (find) => {
          for (const criteria of asked) await expectFound(find, all, criteria, offset);
        });
      }),
      { numRuns: 20 },
    );
  });

  it('of an area finds what lies in it, at its edges and beyond the earth', async () => {
    const degrees = [-1e308, -1000.5, -90, -0.1, 0, 0.1, 16777217, 59.3293235, 59.32932350000001, 1e308];
    const all = degrees.flatMap((lat, n) =>
      [0, 18.07, 1001].map((lon, m) =>
        thing(`t${n}-${m}@x`, {
          tags: [num('LAT', String(lat)), n === 3 ? str('LON', String(lon)) : num('LON', String(lon))],
          ownership: ownedBy('o@x', `id${n}-${m}`, { isPublic: true }),
        }),
      ),
    );
    const bound = (name: string, min: number, max: number): Criterion => ({
      ...{ name, kind: 'num', operator: 'Range' },
      min: { value: min, included: true },
      max: { value: max, included: max !== 59.3293235 },
    });
    await withThings(all, async (find) => {
      for (const min of degrees) {
        for (const max of degrees) {
          await expectFound(find, all, [bound('LAT', min, max), bound('LON', 0, 18.07)], 0);
          await expectFound(find, all, [bound('LAT', min, max), bound('LON', 1000, 1e9)], 0);
        }
      }
    });
  });
});

type Find = ReturnType<typeof findThings>;

async function withThings(all: readonly Thing[], use: (find: Find) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-'));
  const file = join(folder, 'db');
  const store = openSqliteStore({ file });
  for (const each of all) await put(store, each);
  for (const pace of PACES) {
    const db = new Sqlite(file, { readonly: true });
    await use(findThings(db, pace));
    db.close();
  }
  await store.close();
  rmSync(folder, { recursive: true });
}

async function expectFound(find: Find, all: readonly Thing[], criteria: readonly Criterion[], offset: number) {
  const expected = all
    .map((each) => ({ ...each, tags: storedTags(each.tags) }))
    .filter((each) => matches(each, criteria));
  const { things, more } = await find({ criteria, offset, maxCount: 5 });
  expect(things, JSON.stringify(criteria)).toEqual(expected.slice(offset, offset + 5));
  expect(more).toBe(expected.length > offset + 5);
}
