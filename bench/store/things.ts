import type { BareJid } from '../../src/domain/jid.js';
import type { OwnershipId, Tag, Thing } from '../../src/domain/thing.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';

/** Always the same numbers, from 0 to 1. */
export function createChance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A few manufacturers have most Things: each has a third of what is left. */
export const MANUFACTURERS = Array.from({ length: 40 }, (_, n) => `maker${n}.example`);
export const MODELS_EACH = 12;
const CITIES = Array.from({ length: 400 }, (_, n) => `City ${n}`);
const ROOMS = Array.from({ length: 50 }, (_, n) => `Room ${n}`);

function skewed(chance: () => number, below: number): number {
  let n = 0;
  while (n < below - 1 && chance() > 1 / 3) n += 1;
  return n;
}

const str = (name: string, value: string): Tag => ({ name, kind: 'str', value });
const num = (name: string, text: string): Tag => ({ name, kind: 'num', value: Number(text), text });

export function serialOf(n: number): string {
  return String(1_000_000_000 + ((n * 7_919) % 999_999_937));
}

/** The ownership of the n-th Thing. */
export function ownershipOf(n: number): OwnershipId {
  return `t${n.toString(36).padStart(9, '0')}` as OwnershipId;
}

function thingOf(n: number, chance: () => number): Thing {
  const maker = skewed(chance, MANUFACTURERS.length);
  const tags = [
    str('SN', serialOf(n)),
    str('MAN', MANUFACTURERS[maker] ?? ''),
    str('MODEL', `Model ${maker}-${skewed(chance, MODELS_EACH)}`),
    num('V', (1 + Math.floor(chance() * 40) / 10).toFixed(1)),
    num('LAT', (-60 + chance() * 130).toFixed(5)),
    num('LON', (-180 + chance() * 360).toFixed(5)),
    str('CITY', CITIES[Math.floor(chance() * CITIES.length)] ?? ''),
    ...(chance() < 0.5 ? [str('ROOM', ROOMS[Math.floor(chance() * ROOMS.length)] ?? '')] : []),
    ...(chance() < 0.1 ? [str('X-BATCH', `b${Math.floor(chance() * 1000)}`)] : []),
  ];
  const since = Date.UTC(2026, 0, 1);
  const owner = `owner${n % 50_000}@example.org` as BareJid;
  return {
    address: { jid: `gw${n >> 7}@example.org` as BareJid, nodeId: `n${n & 127}`, sourceId: '', cacheType: '' },
    tags,
    ownership: {
      id: ownershipOf(n),
      owner,
      isPublic: true,
      selfOwned: false,
      since,
      sharedWith: [],
    },
  };
}

const AT_ONCE = 2_000;

/** Writes a store with so many claimed, public Things, always the same, as any change of the registry would write them. */
export async function generateThings(file: string, count: number): Promise<void> {
  const store = openSqliteStore({ file });
  const chance = createChance(1);
  for (let first = 0; first < count; first += AT_ONCE) {
    const things = Array.from({ length: Math.min(AT_ONCE, count - first) }, (_, n) => thingOf(first + n, chance));
    await Promise.all(
      things.map((thing) =>
        store.things.changeAt(thing.address, () => ({
          outcome: undefined,
          writes: [{ write: 'thing', thing, at: 1 }],
        })),
      ),
    );
  }
  await store.close();
}
