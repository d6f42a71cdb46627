import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ComputationAsked, createComputation } from '../../../src/domain/history/compute-history.js';
import { historicalTypes, PERIODS, type Period } from '../../../src/domain/read-out/shifts.js';
import { type Reading, strongestOf, trustOf } from '../../../src/domain/reading.js';
import { type TimeZone, timeZone, UTC } from '../../../src/domain/time-zone.js';
import { reading } from '../../store/contract/samples.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 0, 1, 12);
const berlin = timeZone('Europe/Berlin') ?? expect.fail();

const ASKED: ComputationAsked = {
  periods: ['historicalHour'],
  statistics: ['peak', 'computed'],
  names: new Set(),
  from: undefined,
  to: NOON + 24 * HOUR,
  zone: UTC,
};

function compute(asked: Partial<ComputationAsked>, all: readonly Reading[]): Reading[] {
  const computation = createComputation({ ...ASKED, ...asked });
  return [...all.flatMap((each) => computation.take(each)), ...computation.end()];
}

/** `12:00 Temperature, Max=3 °C peak+historicalHour automaticReadout`. */
function line({ at, name, value, unit, fieldTypes, qualities }: Reading): string {
  const time = new Date(at.ms).toISOString().slice(11, 16);
  return `${time} ${name}=${value} ${unit} ${[...fieldTypes].join('+')} ${[...qualities].join('+')}`;
}
const short = (each: Reading): string => line(each).split(' ').slice(0, 3).join(' ');

describe('history that is computed', () => {
  it('has min, max, mean, last and count at the end of each hour', () => {
    const all = [
      reading(NOON, '9.0'),
      reading(NOON + 1, '10.00'),
      reading(NOON + 20 * MINUTE, '10.0'),
      reading(NOON + 30 * MINUTE, '-3'),
      reading(NOON + 40 * MINUTE, '-3.0'),
      reading(NOON + HOUR, '8.25'),
      reading(NOON + 3 * HOUR + 1, '1'),
    ];
    expect(compute({}, all).map(line)).toEqual([
      '12:00 Temperature, Min=9.0 °C peak+historicalHour automaticReadout',
      '12:00 Temperature, Max=9.0 °C peak+historicalHour automaticReadout',
      '12:00 Temperature, Mean=9.000 °C computed+historicalHour automaticReadout',
      '12:00 Temperature, Last=9.0 °C computed+historicalHour automaticReadout',
      '12:00 Temperature, Count=1  computed+historicalHour automaticReadout',
      '13:00 Temperature, Min=-3 °C peak+historicalHour automaticReadout',
      '13:00 Temperature, Max=10.00 °C peak+historicalHour automaticReadout',
      '13:00 Temperature, Mean=4.4500 °C computed+historicalHour automaticReadout',
      '13:00 Temperature, Last=8.25 °C computed+historicalHour automaticReadout',
      '13:00 Temperature, Count=5  computed+historicalHour automaticReadout',
      '16:00 Temperature, Min=1 °C peak+historicalHour automaticReadout',
      '16:00 Temperature, Max=1 °C peak+historicalHour automaticReadout',
      '16:00 Temperature, Mean=1.00 °C computed+historicalHour automaticReadout',
      '16:00 Temperature, Last=1 °C computed+historicalHour automaticReadout',
      '16:00 Temperature, Count=1  computed+historicalHour automaticReadout',
    ]);
  });

  it('is of the kind asked for', () => {
    const all = [reading(NOON, '9')];
    expect(compute({ statistics: ['peak'] }, all).map(({ name }) => name)).toEqual([
      'Temperature, Min',
      'Temperature, Max',
    ]);
    expect(compute({ statistics: ['computed'] }, all).map(({ name }) => name)).toEqual([
      'Temperature, Mean',
      'Temperature, Last',
      'Temperature, Count',
    ]);
  });

  it('is found by its own name, and by that of what it is computed from', () => {
    const all = [reading(NOON, '9'), reading(NOON, '1', { name: 'Power' })];
    const names = (...wanted: string[]) => compute({ names: new Set(wanted) }, all).map(({ name }) => name);
    expect(names('Power')).toHaveLength(5);
    expect(names('Temperature, Max', 'Power, Mean')).toEqual(['Temperature, Max', 'Power, Mean']);
    expect(names('Temperature, Median')).toEqual([]);
  });

  it('keeps the type and digits of int and long', () => {
    const all = ['9223372036854775807', '9223372036854775806', '+007'].map((value, n) =>
      reading(NOON + n + 1, value, { type: 'long', unit: '' }),
    );
    expect(compute({}, all).map(({ name, type, value }) => [name, type, value])).toEqual([
      ['Temperature, Min', 'long', '+007'],
      ['Temperature, Max', 'long', '9223372036854775807'],
      ['Temperature, Mean', 'numeric', '6148914691236517206.67'],
      ['Temperature, Last', 'long', '+007'],
      ['Temperature, Count', 'int', '3'],
    ]);
  });

  it('is of what was measured: not of texts, of what is missing, of what the device worked out, of identities', () => {
    const all = [
      reading(NOON, 'on', { type: 'string' }),
      reading(NOON, '1', { qualities: new Set(['missing']) }),
      reading(NOON, '2', { fieldTypes: new Set(['peak', 'historicalHour']) }),
      reading(NOON, '3', { fieldTypes: new Set(['computed']) }),
      reading(NOON, '4', { fieldTypes: new Set(['identity']), type: 'int' }),
    ];
    expect(compute({}, all)).toEqual([]);
    const status = reading(NOON, '5', {
      fieldTypes: new Set(['status']),
      qualities: new Set(['missing', 'inProgress']),
    });
    expect(compute({}, [status])).toHaveLength(5);
  });

  it('is trusted like the least trusted value, at most like an automatic read-out, and keeps the marks', () => {
    const quality = (...sets: Reading['qualities'][]) => {
      const all = sets.map((qualities, n) => reading(NOON + 1 + n, '1', { qualities }));
      const found = new Set(compute({}, all).map((each) => [...each.qualities].join(' ')));
      expect(found.size).toBe(1);
      return [...found][0];
    };
    expect(quality(new Set(), new Set(['signed']))).toBe('automaticReadout');
    expect(quality(new Set(['invoiced']))).toBe('automaticReadout');
    expect(quality(new Set(['automaticReadout']), new Set(['manualReadout']), new Set(['signed']))).toBe(
      'manualReadout',
    );
    expect(quality(new Set(['automaticEstimate', 'manualEstimate']))).toBe('manualEstimate');
    expect(quality(new Set(['warning']), new Set(['powerFailure', 'inProgress', 'endOfSeries']), new Set())).toBe(
      'inProgress warning powerFailure',
    );
  });

  it('has no localisation, and is not writable', () => {
    const all = [reading(NOON, '1', { module: 'M', stringIds: '1', writable: true })];
    for (const each of compute({}, all)) {
      expect(Object.keys(each).sort()).toEqual(
        ['at', 'dataType', 'fieldTypes', 'name', 'node', 'qualities', 'type', 'unit', 'value'].sort(),
      );
    }
  });

  it('is of the shifts from..to, each from its whole period', () => {
    const all = [-61, -59, 0, 1, 60, 61, 120, 121].map((minute) => reading(NOON + minute * MINUTE, String(minute)));
    const last = (from: number, to: number) =>
      compute({ from: NOON + from * MINUTE, to: NOON + to * MINUTE, statistics: ['computed'] }, all)
        .filter(({ name }) => /Last|Count/.test(name))
        .map(short);
    expect(last(0, 120)).toEqual([
      ...['12:00 Temperature, Last=0', '12:00 Temperature, Count=2', '13:00 Temperature, Last=60'],
      ...['13:00 Temperature, Count=2', '14:00 Temperature, Last=120', '14:00 Temperature, Count=2'],
    ]);
    expect(last(1, 119)).toEqual(['13:00 Temperature, Last=60', '13:00 Temperature, Count=2']);
    expect(createComputation({ ...ASKED, from: NOON }).since).toBe(NOON - HOUR + 1);
    expect(createComputation({ ...ASKED, from: NOON + 1 }).since).toBe(NOON + 1);
    expect(createComputation({ ...ASKED, periods: PERIODS, from: NOON }).since).toBe(
      Date.UTC(2025, 11, 29) + 1, // the Monday before
    );
    expect(createComputation(ASKED).since).toBeUndefined();
  });

  it('has the hours of a day whose clocks are changed, and days of 23 and of 25 hours', () => {
    const counts = (period: Period, day: string) => {
      const from = Date.parse(day);
      const all = Array.from({ length: 50 }, (_, n) => reading(from + n * HOUR, '1'));
      return compute({ periods: [period], zone: berlin, from, to: from + 49 * HOUR }, all)
        .filter(({ name }) => name === 'Temperature, Count')
        .map(({ at, value }) => `${new Date(at.ms).toISOString()} ${value}`);
    };
    expect(counts('historicalDay', '2026-03-28T23:00:00.001Z')).toEqual([
      '2026-03-29T22:00:00.000Z 23',
      '2026-03-30T22:00:00.000Z 24',
    ]);
    expect(counts('historicalDay', '2026-10-24T22:00:00.001Z')).toEqual([
      '2026-10-25T23:00:00.000Z 25',
      '2026-10-26T23:00:00.000Z 24',
    ]);
    expect(counts('historicalHour', '2026-10-24T22:00:00.001Z')).toHaveLength(49);
  });

  it('takes numbers that no double can hold for what they are to doubles', () => {
    const all = ['1e-999999999', '-1', '1e308'].map((value, n) => reading(NOON + n, value));
    const values = compute({ to: NOON + HOUR }, all.slice(1)).map(({ value }) => value);
    expect(values.slice(0, 2)).toEqual(['-1', '1e308']);
    expect(compute({}, all.slice(0, 1)).map(({ value }) => value)).toEqual([
      ...['1e-999999999', '1e-999999999', '0E-1502', '1e-999999999', '1'],
    ]);
  });
});

/** Around changes of clocks in Berlin: a spring night, an autumn night, a turn of the year. */
const START = ['2026-03-28T20:00Z', '2026-10-24T20:00Z', '2025-12-31T20:00Z'].map(Date.parse);
const SPAN = 30 * HOUR;
const some = fc.record({
  start: fc.constantFrom(...START),
  points: fc.array(
    fc.record({
      minute: fc.oneof(
        fc.integer({ min: 0, max: SPAN / MINUTE }),
        fc.integer({ min: 0, max: SPAN / HOUR }).map((hour) => hour * 60),
        fc.integer({ min: 175, max: 185 }),
      ),
      ms: fc.constantFrom(0, 0, 1, 1000),
      value: fc.tuple(fc.integer({ min: -9999, max: 9999 }), fc.integer({ min: 0, max: 3 })),
      series: fc.constantFrom<Partial<Reading>>(
        {},
        { unit: '°F' },
        { name: 'n', node: { nodeId: 'n', sourceId: '', cacheType: '' } },
      ),
      qualities: fc.subarray(['missing', 'manualReadout', 'signed', 'error'] as const).map((each) => new Set(each)),
    }),
    { maxLength: 60, size: 'max' },
  ),
  periods: fc.subarray(
    PERIODS.filter((period) => period !== 'historicalSecond'),
    { minLength: 1 },
  ),
  from: fc.option(fc.integer({ min: 0, max: SPAN }), { nil: undefined }),
  length: fc.integer({ min: 0, max: SPAN }),
});

it('is what one gets by doing it the long way', () => {
  const shifts = new Map(START.map((start) => [start, shiftsFrom(start)]));
  fc.assert(
    fc.property(some, ({ start, points, periods, from, length }) => {
      const all = points
        .map(({ minute, ms, value: [digits, decimals], series, qualities }) =>
          reading(start + minute * MINUTE + ms, (digits / 10 ** decimals).toFixed(decimals), { ...series, qualities }),
        )
        .sort((a, b) => a.at.ms - b.at.ms);
      const bounds = { from: from === undefined ? undefined : start + from, to: start + (from ?? 0) + length };
      const found = compute({ ...bounds, periods, zone: berlin }, all);
      const naive = periods.flatMap((period) => longWay(all, period, shifts.get(start)?.get(period) ?? [], bounds));
      const sorted = (lines: Reading[]) =>
        lines.map((each) => `${each.at.ms} ${each.node.nodeId} ${line(each)}`).sort();
      expect(sorted(found)).toEqual(sorted(naive));
      expect(found.map(({ at }) => at.ms)).toEqual(found.map(({ at }) => at.ms).sort((a, b) => a - b));
      // The same, with what it says it does not need left out.
      const { since = 0 } = createComputation({ ...ASKED, ...bounds, periods, zone: berlin });
      expect(
        compute(
          { ...bounds, periods, zone: berlin },
          all.filter(({ at }) => at.ms >= since),
        ),
      ).toEqual(found);
    }),
    { numRuns: 300 },
  );
});

function shiftsFrom(start: number): Map<Period, number[]> {
  const shifts = new Map<Period, number[]>(PERIODS.map((period) => [period, []]));
  for (let ms = start; ms <= start + 2 * SPAN + HOUR; ms += MINUTE) {
    for (const type of historicalTypes(ms, berlin)) shifts.get(type as Period)?.push(ms);
  }
  return shifts;
}

function longWay(
  all: readonly Reading[],
  period: Period,
  shifts: readonly number[],
  { from = 0, to }: { from: number | undefined; to: number },
): Reading[] {
  const worked: Reading[] = [];
  const series = new Set(all.map(({ node: { nodeId }, unit }) => `${nodeId} ${unit}`));
  for (const one of series) {
    const own = all.filter(
      ({ node: { nodeId }, unit, qualities }) => `${nodeId} ${unit}` === one && strongestOf(qualities) !== 'missing',
    );
    for (const [index, shift] of shifts.entries()) {
      const begin = shifts[index - 1] ?? 0;
      const within = own.filter(({ at }) => at.ms > begin && at.ms <= shift);
      if (shift >= from && shift <= to) worked.push(...statisticsOf(within, shift, period));
    }
  }
  return worked;
}

/** With thousandths as whole numbers. */
function statisticsOf(within: readonly Reading[], shift: number, period: Period): Reading[] {
  const [head] = within;
  const last = within.at(-1);
  if (head === undefined || last === undefined) return [];
  const numbers = within.map(({ value }) => Math.round(Number(value) * 1000));
  const decimals = Math.max(...within.map(({ value }) => value.split('.')[1]?.length ?? 0)) + 2;
  const scale = 10 ** (decimals - 3);
  const exact =
    (numbers.reduce((sum, each) => sum + each, 0) * (scale >= 1 ? scale : 1)) / within.length / (scale < 1 ? 10 : 1);
  const rounded = Math.sign(exact) * Math.floor(Math.abs(exact) + 0.5 + 1e-9);
  const trust = within
    .map(({ qualities }) => strongestOf(qualities))
    .sort((a, b) => trustOf(new Set([a])) - trustOf(new Set([b])));
  const weakest = trust[0] === 'signed' || trust[0] === undefined ? 'automaticReadout' : trust[0];
  const isMarked = within.some(({ qualities }) => qualities.has('error'));
  const make = (name: string, value: string, type: 'peak' | 'computed', unit = head.unit): Reading => ({
    ...reading(shift, value),
    node: head.node,
    name: `${head.name}, ${name}`,
    unit,
    fieldTypes: new Set([type, period]),
    qualities: new Set([weakest, ...(isMarked ? (['error'] as const) : [])]),
  });
  return [
    make('Min', within[numbers.indexOf(Math.min(...numbers))]?.value ?? '', 'peak'),
    make('Max', within[numbers.indexOf(Math.max(...numbers))]?.value ?? '', 'peak'),
    make('Mean', (rounded / 10 ** decimals || 0).toFixed(decimals), 'computed'),
    make('Last', last.value, 'computed'),
    make('Count', String(within.length), 'computed', ''),
  ];
}

it('holds no more of a long history than of a short one', () => {
  const zone: TimeZone = berlin;
  const computation = createComputation({ ...ASKED, periods: ['historicalYear'], to: Date.UTC(2030, 0), zone });
  let values = 0;
  for (let n = 0; n < 200_000; n++) values += computation.take(reading(NOON + n * 1000, `${n}.5`)).length;
  expect(values).toBe(0);
  expect(computation.end().map(({ name, value }) => [name, value])).toEqual([
    ['Temperature, Min', '0.5'],
    ['Temperature, Max', '199999.5'],
    ['Temperature, Mean', '100000.000'],
    ['Temperature, Last', '199999.5'],
    ['Temperature, Count', '200000'],
  ]);
});
