import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Store, UnusableData } from '../../../src/domain/ports.js';
import { type Reading, trustOf } from '../../../src/domain/reading.js';
import { openSqliteStore } from '../../../src/store/sqlite/index.js';
import { arbitraryReading } from '../contract/arbitraries.js';
import { ownedBy, ownershipId, put, reading, thing } from '../contract/samples.js';

const OWNERSHIP = ownershipId('id1');
const OTHER = ownershipId('id2');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'thingstead-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('readings that are being sealed', () => {
  it('are what they were, wherever sealing is cut short, and after each new start', async () => {
    const messages = fc.array(fc.array(arbitraryReading, { minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 8,
    });
    const turns = fc.array(fc.nat(6), { minLength: 8, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(messages, turns, fc.constantFrom(1, 200), async (all, waits, sealFrom) => {
        const file = join(mkdtempSync(join(folder, 'run-')), 'db');
        let store = await opened(file, sealFrom);
        const model = new Map<string, Reading>();
        for (const [index, message] of all.entries()) {
          await store.readings.add([{ ownership: OWNERSHIP, readings: message }]);
          for (const each of message) take(model, each);
          await turnsOf(waits[index] ?? 0);
          await expectSame(await killed(file), model);
          if (waits[index] === 6) {
            await store.close();
            store = openSqliteStore({ file, sealFrom });
          }
        }
        await expectSame(store, model);
      }),
      { numRuns: 25 },
    );
  });

  it('are counted as they are: one a time and series, sealed or not', async () => {
    const store = await opened(join(folder, 'db'), 1e9);
    const add = (...readings: Reading[]) => store.readings.add([{ ownership: OWNERSHIP, readings }]);
    await add(reading(1, '1'), reading(2, '2'));
    await add(reading(2, '2.5'), reading(3, '3'));
    expect((await store.overview.counts()).readings).toBe(3);
    await add(reading(3, '3.5'), reading(4, '4'));
    expect((await store.overview.counts()).readings).toBe(4);
    expect(await store.readings.fieldNames(OWNERSHIP, 9)).toEqual(['Temperature']);
    await store.close();
  });

  it('fill chunks of half a page, whether they come in order or late', async () => {
    const file = join(folder, 'db');
    const store = await opened(file, 1);
    const minutes = Array.from({ length: 6_000 }, (_, n) =>
      reading(n * 60_000 + ((n * 7919) % 400), (20 + ((n * 104_729) % 97) / 10).toFixed(1)),
    );
    const isLate = (_: Reading, n: number): boolean => n % 5 === 0;
    await store.readings.add([{ ownership: OWNERSHIP, readings: minutes.filter((each, n) => !isLate(each, n)) }]);
    await store.overview.counts(); // all is sealed then
    await store.readings.add([{ ownership: OWNERSHIP, readings: minutes.filter(isLate) }]);
    await store.overview.counts();
    expect(await historyOf(store)).toEqual(minutes);
    await store.close();
    const db = new Sqlite(file);
    const sizes = db.prepare<[], number>('SELECT length(body) FROM chunk').pluck().all();
    expect(sizes.length).toBeGreaterThan(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(2_005);
    expect(db.prepare('SELECT total(count) FROM chunk').pluck().get()).toBeGreaterThan(4_000);
    expect(db.prepare('SELECT count(*) FROM log_a').pluck().get()).toBe(0);
    db.close();
  });
});

describe('what is damaged', () => {
  it('of the sealed readings is set aside and said, and the rest is served', async () => {
    const file = join(folder, 'db');
    let store = await opened(file, 1e9);
    const readings = Array.from({ length: 5_000 }, (_, n) =>
      reading(n * 60_000 + ((n * 7919) % 400), `${(n * 37) % 101}`),
    );
    await store.readings.add([{ ownership: OWNERSHIP, readings }]);
    await store.readings.add([{ ownership: OTHER, readings }]);
    await store.overview.counts();
    await store.close();
    const db = new Sqlite(file);
    const hit = db
      .prepare<[], { key: number; first_ms: number; count: number }>('SELECT * FROM chunk WHERE key = 2')
      .get();
    db.exec(`UPDATE chunk SET body = cast(substr(body, 1, 500) || x'ffff' || substr(body, 503) AS BLOB) WHERE key = 2`);
    db.close();

    const said: string[] = [];
    store = openSqliteStore({ file, log: { error: (words) => said.push(words), info: () => undefined } });
    const lost = readings.filter(({ at }) => at.ms >= (hit?.first_ms ?? 0)).slice(0, hit?.count);
    const left = readings.filter((each) => !lost.includes(each));
    expect(await historyOf(store)).toEqual(left);
    expect(await historyOf(store, OTHER)).toEqual(readings);
    await store.readings.add([{ ownership: OWNERSHIP, readings: lost.slice(0, 1) }]);
    expect((await store.overview.counts()).readings).toBe(left.length + 1 + readings.length);
    expect(said).toEqual([expect.stringMatching(/table chunk \(series 1\) cannot be read.*checksum.*set aside/)]);
    await store.close();
    const after = new Sqlite(file);
    expect(after.prepare('SELECT origin, count FROM damaged').all()).toEqual([{ origin: 'chunk', count: hit?.count }]);
    after.close();
  });

  it('of the file itself is told in words at the start, where the log cannot be walked through', async () => {
    const file = join(folder, 'db');
    const store = await opened(file, 1e9);
    for (let n = 0; n < 400; n++) {
      await store.readings.add([{ ownership: OWNERSHIP, readings: [reading(n, 'x'.repeat(50))] }]);
    }
    await store.close();
    const db = new Sqlite(file);
    const pages = db
      .prepare<[], number>(`SELECT pageno FROM dbstat WHERE name = 'log_a' AND pagetype = 'leaf'`)
      .pluck()
      .all();
    db.close();
    const body = readFileSync(file);
    body.fill(0xff, ((pages[2] ?? 1) - 1) * 4096, (pages[2] ?? 1) * 4096);
    writeFileSync(file, body);
    expect(() => openSqliteStore({ file })).toThrow(UnusableData);
    expect(() => openSqliteStore({ file })).toThrow(/it is damaged. Restore a backup/);
  });

  it('of what is not sealed is passed over, said once, and set aside when it would be', async () => {
    const file = join(folder, 'db');
    let store = await opened(file, 1e9);
    for (const n of [1, 2, 3]) await store.readings.add([{ ownership: OWNERSHIP, readings: [reading(n, `${n}`)] }]);
    await store.close();
    const db = new Sqlite(file);
    db.exec(`UPDATE log_a SET body = x'01ffffff' WHERE key = 2`);
    db.close();
    const said: string[] = [];
    store = openSqliteStore({ file, log: { error: (words) => said.push(words), info: () => undefined } });
    for (let time = 0; time < 2; time++) {
      expect(await historyOf(store)).toEqual([reading(1, '1'), reading(3, '3')]);
      await store.readings.add([{ ownership: OTHER, readings: [reading(time, '0')] }]);
    }
    expect(said).toEqual([expect.stringMatching(/table log_a \(ownership 1\) cannot be read.*are not served/)]);
    said.length = 0;
    expect((await store.overview.counts()).readings).toBe(4);
    expect(said).toEqual([expect.stringMatching(/table log_a \(ownership 1\) cannot be read/)]);
    expect(await historyOf(store)).toEqual([reading(1, '1'), reading(3, '3')]);
    await store.close();
  });
});

describe('readings of an older version', () => {
  it('are moved, and go on being moved after a kill', async () => {
    const file = join(folder, 'db');
    const rows = Array.from({ length: 25_000 }, (_, n) => ({
      series: 1 + (n % 2),
      ms: (n >> 1) * 1000,
      value: `${n}.50`,
    }));
    const old = new Sqlite(file);
    old.exec(readFileSync(new URL('../fixtures/schema-1.sql', import.meta.url), 'utf8'));
    old.exec(
      `DELETE FROM reading; INSERT INTO series (key, node, name, type, unit) VALUES (2, 1, 'Energy', 'numeric', 'kWh')`,
    );
    const insert = old.prepare('INSERT INTO reading (series, ms, value, manner) VALUES (:series, :ms, :value, 1)');
    old.transaction(() => {
      for (const row of rows) insert.run(row);
    })();
    old.close();
    // It dies at the second step, with the first done.
    const said: string[] = [];
    const dying = { error: () => undefined, info: (words: string) => void (said.push(words) === 1 && fail()) };
    expect(() => openSqliteStore({ file, log: dying })).toThrow('killed');
    const left = new Sqlite(file);
    expect(left.prepare('SELECT count(*) FROM reading').pluck().get()).toBe(15_000);
    left.close();

    const store = openSqliteStore({ file });
    const { readings } = await store.readings.history({ ownership: ownershipId('abcdefghij') }, 30_000);
    expect(readings.map(({ at, value }) => ({ ms: at.ms, value }))).toEqual(
      // Of one time, Energy comes before Temperature.
      rows.toSorted((a, b) => a.ms - b.ms || b.series - a.series).map(({ ms, value }) => ({ ms, value })),
    );
    expect((await store.overview.counts()).readings).toBe(25_000);
    await store.close();
    const after = new Sqlite(file);
    expect(after.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'reading'").get()).toBeUndefined();
    after.close();
  });
});

async function turnsOf(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function fail(): never {
  throw new Error('killed');
}

async function opened(file: string, sealFrom: number): Promise<Store> {
  const store = openSqliteStore({ file, sealFrom });
  await put(store, thing('t@x', { ownership: ownedBy('ann@x', OWNERSHIP) }));
  await put(store, thing('u@x', { ownership: ownedBy('ann@x', OTHER) }));
  return store;
}

/** What a store would find if the process that has the file open were killed now. */
async function killed(file: string): Promise<Store> {
  const copy = join(mkdtempSync(join(folder, 'killed-')), 'db');
  for (const part of ['', '-wal']) if (existsSync(file + part)) copyFileSync(file + part, copy + part);
  return openSqliteStore({ file: copy });
}

async function expectSame(store: Store, model: ReadonlyMap<string, Reading>): Promise<void> {
  const history = await historyOf(store);
  expect(new Map(history.map((each) => [keyOf(each), each]))).toEqual(model);
  expect(history).toHaveLength(model.size);
  expect((await store.overview.counts()).readings).toBe(model.size);
  await store.close();
}

async function historyOf(store: Store, ownership = OWNERSHIP): Promise<readonly Reading[]> {
  const all: Reading[] = [];
  for (let page = await store.readings.history({ ownership }, 700); ; ) {
    all.push(...page.readings);
    if (page.next === undefined) return all;
    page = await store.readings.history({ ownership }, 700, page.next);
  }
}

const keyOf = ({ node, name, type, unit, at }: Reading): string =>
  JSON.stringify([node.nodeId, node.sourceId, node.cacheType, name, type, unit, at.ms]);

function take(model: Map<string, Reading>, arrived: Reading): void {
  const before = model.get(keyOf(arrived));
  if (before === undefined || trustOf(before.qualities) <= trustOf(arrived.qualities))
    model.set(keyOf(arrived), arrived);
}
