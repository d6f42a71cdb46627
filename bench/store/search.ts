import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../../src/domain/ports.js';
import type { Criterion, Search } from '../../src/domain/search.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { type Context, type Figure, median, type Part, quantile } from '../part.js';
import { createChance, generateThings, MANUFACTURERS, serialOf } from './things.js';

type Chance = () => number;

/** One kind of search: what is asked, another time something else. */
interface Kind {
  readonly id: string;
  readonly title: string;
  readonly ask: (chance: Chance, things: number) => Partial<Search> & Pick<Search, 'criteria'>;
  /** In ms, of the 99th percentile at a million. */
  readonly atMost?: number;
  readonly times?: number;
}

const is = (name: string, value: string): Criterion => ({ name, kind: 'str', operator: 'Eq', value });
const number = (name: string, operator: 'Gt' | 'GtEq' | 'Lt' | 'LtEq', value: number): Criterion => ({
  name,
  kind: 'num',
  operator,
  value,
});
const mask = (name: string, ...parts: string[]): Criterion => ({ name, kind: 'str', operator: 'Mask', parts });
const within = (name: string, min: number, max: number): Criterion => ({
  ...{ name, kind: 'num', operator: 'Range' },
  min: { value: min, included: true },
  max: { value: max, included: true },
});
const of = <T>(all: readonly T[], chance: Chance): T => all[Math.floor(chance() * all.length)] as T;

const KINDS: readonly Kind[] = [
  { id: 'sn', title: 'serial number', ask: (chance, things) => ({ criteria: [is('SN', serialOf(Math.floor(chance() * things)))] }), atMost: 0.5, times: 500 },
  { id: 'man-model', title: 'manufacturer and model', ask: (chance) => { const maker = Math.floor(chance() * 8); return { criteria: [is('MAN', MANUFACTURERS[maker] ?? ''), is('MODEL', `Model ${maker}-${Math.floor(chance() * 4)}`)] }; } },
  {
    id: 'six',
    title: "XEP-0347's example with six operators",
    ask: (chance) => {
      const [lat, lon] = [-50 + chance() * 100, -170 + chance() * 300];
      return { criteria: [is('MAN', of(MANUFACTURERS.slice(0, 6), chance)), is('MODEL', `Model ${Math.floor(chance() * 6)}-${Math.floor(chance() * 3)}`), number('V', 'GtEq', 1), number('V', 'Lt', 3), within('LAT', lat, lat + 10), within('LON', lon, lon + 20)] };
    },
    atMost: 8,
  },
  { id: 'prefix', title: 'a mask with a beginning', ask: (chance) => ({ criteria: [mask('SN', `1${Math.floor(chance() * 1000)}`, '')] }) },
  { id: 'inner', title: 'a mask that begins with a wildcard', ask: (chance) => ({ criteria: [mask('SN', '', String(Math.floor(10_000 + chance() * 90_000)), '')] }) },
  { id: 'area', title: 'an area by LAT and LON', ask: (chance) => { const [lat, lon] = [-55 + chance() * 115, -170 + chance() * 330]; return { criteria: [within('LAT', lat, lat + 1), within('LON', lon, lon + 1)] }; }, atMost: 4 },
  { id: 'neq', title: 'all but one manufacturer', ask: (chance) => ({ criteria: [{ name: 'MAN', kind: 'str', operator: 'NEq', value: of(MANUFACTURERS, chance) }] }) },
  { id: 'page-50', title: 'the 50th page of a manufacturer', ask: (chance) => ({ criteria: [is('MAN', of(MANUFACTURERS.slice(0, 3), chance))], offset: 980 }), atMost: 8 },
  { id: 'hopeless', title: 'a mask that nothing matches', ask: () => ({ criteria: [mask('SN', '', 'zq', '')] }), atMost: 150, times: 5 },
  { id: 'contradictory', title: 'two conditions that many meet, and nothing both', ask: () => ({ criteria: [is('MAN', MANUFACTURERS[0] ?? ''), mask('MODEL', 'Model 1-', '')] }), atMost: 150, times: 5 },
]; // biome-ignore format: a table

/** Searches in the store, among few Things and many: what they cost has to follow from what is found, not from what there is. */
export const search: Part = {
  name: 'search',
  title: 'Search, in the store',
  async run({ quick, folder, say }: Context): Promise<readonly Figure[]> {
    const sizes = quick ? [2_000, 20_000] : [10_000, 100_000, 1_000_000];
    const found = new Map<number, readonly Timed[]>();
    for (const things of sizes) {
      say(`${things} Things`);
      const file = join(process.env['BENCH_STORES'] ?? folder, `${things}.db`);
      if (!existsSync(file)) await generateThings(file, things);
      const store = openSqliteStore({ file });
      found.set(things, await measure(store, things, quick));
      await store.close();
    }
    return figuresOf(found, quick);
  },
};

interface Timed {
  readonly kind: Kind;
  readonly p50: number;
  readonly p99: number;
}

async function measure(store: Store, things: number, quick: boolean): Promise<readonly Timed[]> {
  const timed: Timed[] = [];
  for (const kind of KINDS) {
    const chance = createChance(7);
    const times: number[] = [];
    const count = quick ? 20 : (kind.times ?? 200);
    for (let n = -Math.ceil(count / 10); n < count; n++) {
      const asked = { offset: 0, maxCount: 20, ...kind.ask(chance, things) };
      const start = performance.now();
      await store.things.search(asked);
      if (n >= 0) times.push(performance.now() - start); // before that it warms up
    }
    timed.push({ kind, p50: median(times), p99: quantile(times, 0.99) });
  }
  return timed;
}

function figuresOf(found: ReadonlyMap<number, readonly Timed[]>, quick: boolean): readonly Figure[] {
  const figures: Figure[] = [];
  const [most = 0, before = 0] = [...found.keys()].sort((a, b) => b - a);
  for (const [things, all] of found) {
    for (const { kind, p50, p99 } of all) {
      const target = things === most && !quick && kind.atMost !== undefined ? { atMost: kind.atMost } : undefined;
      const id = `search.${kind.id}.${things}`;
      figures.push({ id: `${id}.p50`, title: `${kind.title}, ${things} Things: median`, unit: 'ms', value: p50 });
      figures.push({ id: `${id}.p99`, title: `${kind.title}, ${things} Things: 99th percentile`, unit: 'ms', value: p99, ...(target && { target }) }); // biome-ignore format: one figure
    }
  }
  for (const [index, { kind, p50 }] of (found.get(most) ?? []).entries()) {
    const smaller = found.get(before)?.[index]?.p50 ?? Number.NaN;
    const note = p50 < 2 ? 'under 2 ms' : '';
    figures.push({ id: `search.${kind.id}.growth`, title: `${kind.title}: ${most} against ${before} Things, medians`, unit: '×', value: p50 / smaller, ...(note === '' ? { target: { atMost: 2 } } : { note }) }); // biome-ignore format: one figure
  }
  return figures;
}
