import { addDecimals, compareDecimals, type Decimal, decimalsIn, divideDecimal, readDecimal } from '../decimal.js';
import type { Period } from '../read-out/shifts.js';
import { type Field, type FieldType, type Quality, type Reading, strongestOf, trustOf } from '../reading.js';

/** What was seen of one series in one period: as large as three readings, however many there were. */
export interface Aggregate {
  readonly count: number;
  readonly sum: Decimal;
  /** The most that any value was written with. */
  readonly decimals: number;
  readonly min: Valued;
  readonly max: Valued;
  readonly last: Reading;
  /** The strongest flag of the reading that is trusted least. */
  readonly trust: Quality;
  /** What happened meanwhile. */
  readonly marks: ReadonlySet<Quality>;
}

interface Valued {
  readonly reading: Reading;
  readonly value: Decimal;
}

/** What is worked out, by the type under which it is asked for (XEP-0323 section 5.6 and its example of `all`). */
const STATISTICS = {
  peak: { Min: ({ min }: Aggregate) => as(min.reading), Max: ({ max }: Aggregate) => as(max.reading) },
  computed: {
    Mean: (aggregate: Aggregate) => ({ type: 'numeric', value: meanOf(aggregate), unit: aggregate.last.unit }),
    Last: ({ last }: Aggregate) => as(last),
    Count: ({ count }: Aggregate) => ({ type: 'int', value: String(count), unit: '' }),
  },
} as const satisfies Partial<Record<FieldType, Readonly<Record<string, (aggregate: Aggregate) => Worked>>>>;

export type Statistic = keyof typeof STATISTICS;
type Worked = Pick<Field, 'type' | 'value' | 'unit'>;

/**
 * Whether a reading counts: a number that was measured. What a device worked out itself, what tells it apart from others,
 * and what it says is missing do not.
 */
export function counts({ type, fieldTypes, qualities }: Reading): boolean {
  if (type !== 'numeric' && type !== 'int' && type !== 'long') return false;
  if (NOT_MEASURED.some((each) => fieldTypes.has(each))) return false;
  return strongestOf(qualities) !== 'missing';
}

/** Takes a further reading of the same series and period, which is not before the others. */
export function include(before: Aggregate | undefined, reading: Reading): Aggregate {
  const { count, sum, decimals, min, max, trust, marks } = before ?? NOTHING;
  const one: Valued = { reading, value: numberOf(reading) };
  const own = strongestOf(reading.qualities);
  return {
    count: count + 1,
    sum: addDecimals(sum, one.value),
    decimals: Math.max(decimals, decimalsIn(reading.value)),
    min: min !== undefined && compareDecimals(min.value, one.value) <= 0 ? min : one,
    max: max !== undefined && compareDecimals(max.value, one.value) >= 0 ? max : one,
    last: reading,
    trust: rank(own) < rank(trust) ? own : trust,
    marks: MARKS.some((mark) => reading.qualities.has(mark) && !marks.has(mark))
      ? new Set(MARKS.filter((mark) => marks.has(mark) || reading.qualities.has(mark)))
      : marks,
  };
}

/**
 * The fields that say what was seen: `Temperature, Min` and `, Max` (peak), `, Mean`, `, Last` and `, Count` (computed).
 * Min, Max and Last are as they were reported, to the digit: of equal ones the first. Mean is exact, rounded to two
 * decimals more than the values have, the middle away from zero. All are trusted like the reading that is trusted least,
 * at most like an automatic read-out, and keep the marks of what happened meanwhile (timeOffset, warning, error,
 * powerFailure). They have the type of their period alone: the greatest value of the hour before midnight is not that of
 * the day.
 */
export function fieldsOf(aggregate: Aggregate, statistics: readonly Statistic[], period: Period): Field[] {
  const qualities = new Set([aggregate.trust, ...aggregate.marks]);
  return statistics.flatMap((statistic) =>
    Object.entries(STATISTICS[statistic]).map(([name, work]) => ({
      ...work(aggregate),
      name: nameOf(aggregate.last.name, name),
      dataType: '',
      fieldTypes: new Set<FieldType>([statistic, period]),
      qualities,
    })),
  );
}

/** What a worked out field is named after; undefined where the name is none of one. `Temperature` of `Temperature, Max`. */
export function baseOf(name: string): string | undefined {
  const suffix = SUFFIXES.find((each) => name.endsWith(each));
  return suffix === undefined ? undefined : name.slice(0, -suffix.length);
}

/** The same for what has the unit of that: all but `Temperature, Count`. */
export function measuredBaseOf(name: string): string | undefined {
  return name.endsWith(nameOf('', 'Count')) ? undefined : baseOf(name);
}

function nameOf(base: string, statistic: string): string {
  return `${base}, ${statistic}`;
}

const SUFFIXES = Object.values(STATISTICS).flatMap((works) => Object.keys(works).map((name) => nameOf('', name)));
const NOT_MEASURED: readonly FieldType[] = ['peak', 'computed', 'identity'];
/** Flags that speak of "the measurement period" (XEP-0323 section 5.7). */
const MARKS: readonly Quality[] = ['timeOffset', 'warning', 'error', 'powerFailure'];
const ZERO: Decimal = { digits: 0n, exponent: 0 };
const NOTHING = {
  count: 0,
  sum: ZERO,
  decimals: 0,
  min: undefined,
  max: undefined,
  trust: 'automaticReadout' as Quality,
  marks: new Set<Quality>(),
};

/** No double is as small: such a number is 0 as xs:double, and to write it out would take for ever. */
const LEAST_EXPONENT = -1500;

function numberOf({ value }: Reading): Decimal {
  const number = readDecimal(value) ?? ZERO;
  return number.exponent < LEAST_EXPONENT ? ZERO : number;
}

function meanOf({ sum, count, decimals }: Aggregate): string {
  return divideDecimal(sum, count, Math.min(decimals, -LEAST_EXPONENT) + 2);
}

function as({ type, value, unit }: Reading): Worked {
  return { type, value, unit };
}

function rank(quality: Quality): number {
  return trustOf(new Set([quality]));
}
