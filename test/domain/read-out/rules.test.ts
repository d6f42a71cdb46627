import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assignNode } from '../../../src/domain/read-out/assign-node.js';
import { createLane, createLanes } from '../../../src/domain/read-out/lane.js';
import { createSequenceNumbers } from '../../../src/domain/read-out/sequence-numbers.js';
import { historicalTypes } from '../../../src/domain/read-out/shifts.js';
import { createSlots } from '../../../src/domain/read-out/slots.js';
import { MESSAGE, splitSamples } from '../../../src/domain/read-out/split-samples.js';
import type { Thing } from '../../../src/domain/thing.js';
import { UTC } from '../../../src/domain/time-zone.js';
import { bare, field, node, sample } from './house.js';

describe('types of history', () => {
  it.each([
    ['2026-01-01T12:30:30.001Z', 'historicalOther'],
    ['2026-01-01T12:30:30Z', 'historicalSecond'],
    ['2026-01-01T12:30:00Z', 'historicalSecond historicalMinute'],
    ['2026-01-01T12:00:00Z', 'historicalSecond historicalMinute historicalHour'],
    ['2026-01-02T00:00:00Z', 'historicalSecond historicalMinute historicalHour historicalDay'],
    ['2026-01-05T00:00:00Z', 'historicalSecond historicalMinute historicalHour historicalDay historicalWeek'],
    ['2026-02-01T00:00:00Z', 'historicalSecond historicalMinute historicalHour historicalDay historicalMonth'],
    [
      '2026-04-01T00:00:00Z',
      'historicalSecond historicalMinute historicalHour historicalDay historicalMonth historicalQuarter',
    ],
    [
      '2024-01-01T00:00:00Z',
      'historicalSecond historicalMinute historicalHour historicalDay historicalWeek historicalMonth historicalQuarter historicalYear',
    ],
    ['1969-12-31T23:59:59.500Z', 'historicalOther'],
  ])('%s', (time, types) => {
    expect(historicalTypes(Date.parse(time), UTC).join(' ')).toBe(types);
  });
});

describe('whose a node is', () => {
  const thing = (nodeId: string, sourceId = '', cacheType = ''): Thing => ({
    address: { jid: bare('rack@example.org'), nodeId, sourceId, cacheType },
    tags: [],
  });
  const alone = thing('');
  const a = thing('a');
  const inSource = thing('b', 's1');
  const inOther = thing('b', 's2');
  const things = [alone, a, inSource, inOther];

  it.each([
    ['exactly', node('a'), things, a],
    ['exactly, of two with that id', node('b', 's2'), things, inOther],
    ['by its id alone, if only one has it', node('a', 'x', 'y'), things, a],
    ['by its id alone, not if two have it', node('b'), things, alone],
    ['of the one that stands alone', node('z'), things, alone],
    ['nameless', node(''), things, alone],
    ['nobody, where none stands alone', node('z'), [a], undefined],
    ['nobody, nameless where none stands alone', node(''), [a], undefined],
  ])('%s', (_case, wanted, all, owner) => {
    expect(assignNode(all, wanted)).toBe(owner);
  });
});

describe('sequence numbers', () => {
  it('are of 2^30 to 2^31 - 1, and none comes twice', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 7, maxLength: 7 }),
        (chances) => {
          const left = [...chances];
          const numbers = createSequenceNumbers((below) => Math.floor((left.pop() ?? 0) * below));
          const drawn = Array.from({ length: 2_000 }, () => numbers.next());
          expect(new Set(drawn).size).toBe(drawn.length);
          expect(drawn.every((number) => number >= 2 ** 30 && number < 2 ** 31)).toBe(true);
        },
      ),
    );
  });

  it('are scattered', () => {
    const numbers = createSequenceNumbers((below) => Math.floor(0.37 * below));
    const drawn = Array.from({ length: 1_000 }, () => numbers.next() - 2 ** 30);
    const upper = drawn.filter((number) => number >= 2 ** 29).length;
    expect(upper).toBeGreaterThan(400);
    expect(upper).toBeLessThan(600);
  });
});

describe('messages', () => {
  it('are of bounded size, and hold all fields in order', () => {
    const text = fc.string({ maxLength: 30_000 });
    const samples = fc.array(
      fc
        .tuple(fc.nat(3), fc.nat(3), fc.array(text, { maxLength: 40 }))
        .map(([name, at, values]) => sample(`n${name}`, at, ...values.map((value) => field('T', value)))),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(samples, (all) => {
        const messages = splitSamples(all);
        const flat = (some: typeof all) =>
          some.flatMap(({ node: { nodeId }, at, fields }) => fields.map(({ value }) => [nodeId, at.ms, value]));
        expect(flat(messages.flat())).toEqual(flat(all));
        for (const message of messages) {
          const values = message.flatMap(({ fields }) => fields.map(({ value }) => value.length));
          expect(values.length).toBeGreaterThan(0);
          expect(values.length === 1 || values.reduce((sum, length) => sum + length) <= MESSAGE.characters).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('hold no more than so many fields', () => {
    const fields = Array.from({ length: 2 * MESSAGE.fields + 1 }, (_, n) => field('T', String(n)));
    expect(splitSamples([sample('n', 0, ...fields)]).map((message) => message[0]?.fields.length)).toEqual([
      500, 500, 1,
    ]);
  });
});

describe('lanes', () => {
  it('do one thing after the other, and go on after one that failed', async () => {
    const lane = createLane();
    const done: number[] = [];
    const slow = lane.run(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      done.push(1);
    });
    const failing = lane.run(async () => Promise.reject(new Error('no')));
    const quick = lane.run(async () => void done.push(2));
    await expect(failing).rejects.toThrow('no');
    await Promise.all([slow, quick]);
    expect(done).toEqual([1, 2]);
  });

  it('of different keys do not wait for each other', async () => {
    const lanes = createLanes();
    let release: () => void = () => undefined;
    const held = lanes.run('a', () => new Promise<void>((resolve) => (release = resolve)));
    await expect(lanes.run('b', async () => 'free')).resolves.toBe('free');
    release();
    await held;
  });
});

describe('places', () => {
  it('are given in order, and given up once', () => {
    const slots = createSlots(2);
    const inside: string[] = [];
    const leave = ['a', 'b', 'c', 'd'].map((name) => slots.take('key', () => void inside.push(name)));
    slots.take('other', () => void inside.push('o'));
    expect(inside).toEqual(['a', 'b', 'o']);
    leave[2]?.();
    leave[0]?.();
    leave[0]?.();
    expect(inside).toEqual(['a', 'b', 'o', 'd']);
    leave[1]?.();
    leave[3]?.();
    slots.take('key', () => void inside.push('e'));
    expect(inside.at(-1)).toBe('e');
  });
});
