import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  DamagedChunk,
  decodeChunk,
  encodeChunk,
  type StoredReading,
} from '../../../src/store/sqlite/readings/chunk-codec.js';

const PAGE_HALF = 2000;
const START = Date.UTC(2026, 10, 1);

/** Chunks of all readings, each of at most so many bytes. */
function chunksOf(readings: readonly StoredReading[], mostBytes = PAGE_HALF): readonly Buffer[] {
  const bodies: Buffer[] = [];
  for (let at = 0; at < readings.length; ) {
    const { body, count } = encodeChunk(readings, at, mostBytes);
    bodies.push(body);
    at += count;
  }
  return bodies;
}

function readingsFrom(times: Iterable<number>, values: readonly string[], manners: readonly number[]): StoredReading[] {
  return [...new Set(times)]
    .sort((a, b) => a - b)
    .map((ms, n) => ({ ms, value: values[n % values.length] ?? '', manner: manners[n % manners.length] ?? 0 }));
}

const anyTimes = fc.oneof(
  fc.array(fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }), { minLength: 1, maxLength: 60 }),
  fc
    .record({
      first: fc.integer({ min: START - 1e12, max: START }),
      period: fc.constantFrom(1, 7, 1000, 60_000, 86_400_000),
      steps: fc.array(fc.record({ gap: fc.constantFrom(1, 1, 1, 1, 2, 5, 100_000), late: fc.nat(900) }), {
        minLength: 1,
        maxLength: 300,
      }),
    })
    .map(({ first, period, steps }) => {
      let place = first;
      return steps.map(({ gap, late }) => {
        place += gap * period;
        return place + late;
      });
    }),
);
const anyValue = fc.oneof(
  fc.integer().map(String),
  fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.nat(4)).map(([n, places]) => (n / 10 ** places).toFixed(places)),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.constantFrom('true', 'false', '', '0', '-0', '-0.0', '+1', '01', '1.', '.5', '1e3', 'NaN', '00:00:01', '999999999999999', '-99999999999999.9', '0.000000000000001'), // biome-ignore format: one list
  fc.string({ unit: 'grapheme', maxLength: 40 }),
);

describe('A chunk', () => {
  it('gives back what went in, to the character', () => {
    fc.assert(
      fc.property(
        anyTimes,
        fc.array(anyValue, { minLength: 1, maxLength: 40 }),
        fc.array(fc.nat(2 ** 31), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 0, max: 400 }),
        (times, values, manners, mostBytes) => {
          const readings = readingsFrom(times, values, manners);
          expect(chunksOf(readings, mostBytes).flatMap(decodeChunk)).toEqual(readings);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('has as many readings as fit, and never more bytes, where none is long', () => {
    const readings = minuteSeries(5000);
    const bodies = chunksOf(readings);
    expect(Math.max(...bodies.map(({ length }) => length))).toBeLessThanOrEqual(PAGE_HALF);
    expect(Math.min(...bodies.slice(0, -1).map(({ length }) => length))).toBeGreaterThan(PAGE_HALF - 20);
  });

  it('has one reading at least, however long', () => {
    const long = {
      ms: START,
      value: Array.from({ length: 30_000 }, (_, n) => String.fromCodePoint(33 + ((n * n) % 89))).join(''),
      manner: 1,
    };
    const { body, count } = encodeChunk([long, { ...long, ms: START + 1 }], 0, PAGE_HALF);
    expect(count).toBe(1);
    expect(decodeChunk(body)).toEqual([long]);
  });

  it.each([
    ['a minute series with one decimal, 400 ms of jitter', minuteSeries(20_000), 1.65],
    ['a counter on the second', series(20_000, (n) => [n * 1000, String(n * 3)]), 0.1],
    ['a door that is seldom opened', series(20_000, (n) => [n * 60_000, String(n % 500 === 0)]), 0.1],
  ])('of %s is small', (_, readings, most) => {
    const bytes = chunksOf(readings).reduce((sum, { length }) => sum + length, 0);
    expect(bytes / readings.length).toBeLessThan(most);
  });

  it('is known for damaged whichever bit of it is another', () => {
    const [body = Buffer.alloc(0)] = chunksOf(minuteSeries(40));
    for (let bit = 0; bit < body.length * 8; bit++) {
      const damaged = Buffer.from(body);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(() => decodeChunk(damaged)).toThrow(DamagedChunk);
    }
    for (let length = 0; length < body.length; length++) {
      expect(() => decodeChunk(body.subarray(0, length))).toThrow(DamagedChunk);
    }
  });
});

/** A reading a minute of a value with one decimal that wanders, up to 400 ms late; always the same. */
function minuteSeries(length: number): StoredReading[] {
  let seed = 1;
  const chance = (below: number): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  let tenths = 215;
  return series(length, (n) => {
    tenths += chance(11) - 5;
    return [n * 60_000 + chance(400), (tenths / 10).toFixed(1)];
  });
}

function series(length: number, at: (n: number) => readonly [ms: number, value: string]): StoredReading[] {
  return Array.from({ length }, (_, n) => {
    const [ms, value] = at(n);
    return { ms: START + ms, value, manner: 3 };
  });
}
