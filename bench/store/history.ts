import { statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { BareJid } from '../../src/domain/jid.js';
import type { Store } from '../../src/domain/ports.js';
import type { HistoryCursor } from '../../src/domain/reading.js';
import type { OwnershipId } from '../../src/domain/thing.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { type Context, type Figure, type Part, quantile } from '../part.js';
import { groups } from './groups.js';
import { MINUTE, type Report, readingOf, reports, START } from './minute-series.js';
import { createChance } from './things.js';

const FIELDS = 10;

/** What is stored of readings: how many bytes each takes, and how fast they come in, are sealed, and come out again. */
export const history: Part = {
  name: 'history',
  title: 'Readings in the store: minute series with one decimal, times jittered by 400 ms',
  async run({ quick, folder, say }: Context): Promise<readonly Figure[]> {
    const [things, minutes, long] = quick ? [4, 3_000, 50_000] : [40, 10_000, 1_000_000];
    say(`${things * FIELDS} series of ${minutes} readings`);
    const many = await fill(join(folder, 'many.db'), things, minutes, FIELDS);
    say(`one series of ${long}`);
    const one = await fill(join(folder, 'long.db'), 1, long, 1);
    const store = openSqliteStore({ file: join(folder, 'long.db') });
    const figures = [
      ...many.figures('many', `${things * FIELDS} series of ${minutes}, ${FIELDS} fields a message`, {
        unsealed: 12,
        sealed: 2.2,
      }),
      ...one.figures('long', `one series of ${long}, one field a message`, { sealed: 2 }),
      ...(await readBack(store, long, quick)),
    ];
    await store.close();
    return figures;
  },
};

/** Writes series minute by minute, as devices report; then has all of it sealed. */
async function fill(file: string, things: number, minutes: number, fields: number) {
  const store = openSqliteStore({ file, sealFrom: Number.POSITIVE_INFINITY });
  const empty = await sizeOf(store, file, things);
  const begun = performance.now();
  let making = 0;
  let before = begun;
  for (const group of groups(reports(things, minutes, fields), AT_ONCE * things)) {
    const messages = group.map(messageOf);
    making += performance.now() - before;
    await Promise.all(messages.map((message) => store.readings.add(message)));
    before = performance.now();
  }
  const appended = performance.now() - begun - making;
  const readings = things * minutes * fields;
  const unsealed = (pagesOf(file) - empty) / readings;
  const sealing = performance.now();
  await store.overview.counts(); // it seals all that there is
  const sealed = performance.now() - sealing;
  while (await store.purge(1_000)); // gives the pages of the log back
  await store.close();
  const bytes = (pagesOf(file) - empty) / readings;
  return {
    figures: (
      id: string,
      title: string,
      most: { readonly unsealed?: number; readonly sealed: number },
    ): readonly Figure[] => [
      {
        id: `history.${id}.appended`,
        title: `${title}: appended, durable`,
        unit: '/s',
        value: (1000 * readings) / appended,
      },
      { id: `history.${id}.sealed`, title: `${title}: sealed`, unit: '/s', value: (1000 * readings) / sealed },
      { id: `history.${id}.bytes-unsealed`, title: `${title}: bytes a reading before sealing`, unit: 'B', value: unsealed, ...(most.unsealed !== undefined && { target: { atMost: most.unsealed } }) }, // biome-ignore format: one figure
      { id: `history.${id}.bytes`, title: `${title}: bytes a reading, sealed, everything counted`, unit: 'B', value: bytes, target: { atMost: most.sealed }, floor: { atMost: 2 * most.sealed } }, // biome-ignore format: one figure
    ],
  };
}

/** Of each Thing so many messages are under way together. */
const AT_ONCE = 50;

function messageOf({ thing, ms, values }: Report): Parameters<Store['readings']['add']>[0] {
  return [{ ownership: ownershipOf(thing), readings: values.map((value, field) => readingOf(ms, field, value)) }];
}

const ownershipOf = (thing: number): OwnershipId => `thing${String(thing).padStart(5, '0')}` as OwnershipId;

/** Claims the Things. @returns what the database takes without readings. */
async function sizeOf(store: Store, file: string, things: number): Promise<number> {
  for (let n = 0; n < things; n++) {
    const address = { jid: `t${n}@example.org` as BareJid, nodeId: '', sourceId: '', cacheType: '' };
    const ownership = { id: ownershipOf(n), owner: 'ann@example.org' as BareJid, isPublic: false, selfOwned: false, since: 1, sharedWith: [] }; // biome-ignore format: one ownership
    await store.things.changeAt(address, () => ({
      outcome: undefined,
      writes: [{ write: 'thing', thing: { address, tags: [], ownership }, at: 1 }],
    }));
  }
  return pagesOf(file);
}

/** What a database takes, were its log written back. */
function pagesOf(file: string): number {
  const db = new Sqlite(file, { readonly: true });
  const pages =
    Number(db.pragma('page_count', { simple: true })) - Number(db.pragma('freelist_count', { simple: true }));
  db.close();
  return Math.min(pages * 4096, Math.max(statSync(file).size, pages * 4096));
}

async function readBack(store: Store, readings: number, quick: boolean): Promise<readonly Figure[]> {
  const ownership = ownershipOf(0);
  const chance = createChance(5);
  const [last, day]: [number[], number[]] = [[], []];
  for (let n = -20; n < (quick ? 20 : 300); n++) {
    let start = performance.now();
    await store.readings.history({ ownership, newestFirst: true }, 2_000);
    if (n >= 0) last.push(performance.now() - start); // before that it warms up
    const from = START + Math.floor(chance() * (readings - 1_440)) * MINUTE;
    start = performance.now();
    await store.readings.history({ ownership, from, to: from + 24 * 60 * MINUTE }, 2_000);
    if (n >= 0) day.push(performance.now() - start);
  }
  const before = process.memoryUsage().rss;
  let most = before;
  const start = performance.now();
  let count = 0;
  for (let after: HistoryCursor | undefined, isFirst = true; isFirst || after !== undefined; isFirst = false) {
    const page: Awaited<ReturnType<Store['readings']['history']>> = await store.readings.history(
      { ownership },
      500,
      after,
    );
    count += page.readings.length;
    after = page.next;
    most = Math.max(most, process.memoryUsage().rss);
  }
  if (count !== readings) throw new Error(`${count} readings came back, ${readings} were written`);
  const streamed = performance.now() - start;
  return [
    { id: 'history.last-2000', title: 'the last 2,000 points of a series: 99th percentile', unit: 'ms', value: quantile(last, 0.99), target: { atMost: 4 } }, // biome-ignore format: one figure
    {
      id: 'history.day',
      title: 'a day of a minute series, somewhere: 99th percentile',
      unit: 'ms',
      value: quantile(day, 0.99),
    },
    {
      id: 'history.stream',
      title: `${readings} readings, page by page`,
      unit: '/s',
      value: (1000 * readings) / streamed,
    },
    { id: 'history.stream-memory', title: 'resident memory that this takes more', unit: 'MiB', value: (most - before) / 2 ** 20, target: { atMost: 15 } }, // biome-ignore format: one figure
  ];
}
