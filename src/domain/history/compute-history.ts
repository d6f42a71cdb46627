import { PERIODS, type Period, shiftBefore, shiftFrom } from '../read-out/shifts.js';
import type { Reading } from '../reading.js';
import type { TimeZone } from '../time-zone.js';
import { type Aggregate, baseOf, counts, fieldsOf, include, type Statistic } from './aggregate.js';

/** Which values are to be worked out from a history. */
export interface ComputationAsked {
  readonly periods: readonly Period[];
  readonly statistics: readonly Statistic[];
  /** Names of fields, of what is worked out (`Temperature, Max`) or of what it is worked out from; empty: all. */
  readonly names: ReadonlySet<string>;
  /** The shifts that are wanted, both inclusive, in ms since 1970. */
  readonly from: number | undefined;
  readonly to: number;
  readonly zone: TimeZone;
}

/**
 * Works values out while a history passes by.
 *
 * A period begins after one shift and ends with the next, which is the time of what is worked out from it: what meters
 * store at an hour shift is what the hour up to it was like, and the value at the shift itself is the last of that hour.
 * A value is given for each shift that is wanted, from all readings of its period, also from those before `from`; a
 * period that is not over at `to` has none yet, and one without readings has none at all.
 *
 * It holds one {@link Aggregate} a series and period, however long the history.
 */
export interface Computation {
  /** From when on readings are needed, in ms since 1970. */
  readonly since: number | undefined;
  /** Takes the next reading, oldest first. @returns what is known now, and lies before it. */
  take(reading: Reading): Reading[];
  /** There are no more. @returns what is left. */
  end(): Reading[];
}

export function createComputation(asked: ComputationAsked): Computation {
  const { periods, statistics, zone, from, to } = asked;
  const courses = periods.map((period) => createCourse(period, zone));
  const open = new Map<string, Open>();
  let firstEnd = Number.POSITIVE_INFINITY;

  function closeBefore(ms: number): Reading[] {
    if (firstEnd >= ms) return [];
    const over = [...open].filter(([, { end }]) => end < ms);
    for (const [key] of over) open.delete(key);
    firstEnd = Number.POSITIVE_INFINITY;
    for (const { end } of open.values()) firstEnd = Math.min(firstEnd, end);
    return over
      .map(([, each]) => each)
      .sort((a, b) => a.end - b.end || PERIODS.indexOf(a.period) - PERIODS.indexOf(b.period))
      .flatMap((each) => valuesOf(each, statistics).filter(({ name }) => isWanted(name, asked.names)));
  }

  function add(reading: Reading, course: Course): void {
    const end = course.endOf(reading.at.ms);
    if (end > to || (from !== undefined && end < from)) return;
    const key = `${course.period} ${seriesOf(reading)}`;
    open.set(key, { period: course.period, end, aggregate: include(open.get(key)?.aggregate, reading) });
    firstEnd = Math.min(firstEnd, end);
  }

  return {
    since: from === undefined ? undefined : Math.min(from, ...periods.map((period) => sinceFor(period, from, zone))),
    take(reading) {
      const values = closeBefore(reading.at.ms);
      if (counts(reading) && isSource(reading.name, asked.names)) for (const course of courses) add(reading, course);
      return values;
    },
    end: () => closeBefore(Number.POSITIVE_INFINITY),
  };
}

/** A period of a series that is not over yet. */
interface Open {
  readonly period: Period;
  readonly end: number;
  readonly aggregate: Aggregate;
}

interface Course {
  readonly period: Period;
  /** The shift with which the period ends that a time is in; times come in order. */
  endOf(ms: number): number;
}

function createCourse(period: Period, zone: TimeZone): Course {
  let end = Number.NEGATIVE_INFINITY;
  return {
    period,
    endOf(ms) {
      if (ms > end) end = shiftFrom(period, ms, zone);
      return end;
    },
  };
}

function sinceFor(period: Period, from: number, zone: TimeZone): number {
  return shiftBefore(period, shiftFrom(period, from, zone), zone) + 1;
}

function valuesOf({ period, end, aggregate }: Open, statistics: readonly Statistic[]): Reading[] {
  const { node } = aggregate.last;
  return fieldsOf(aggregate, statistics, period).map((field) => ({ ...field, node, at: { ms: end } }));
}

function seriesOf({ node, name, type, unit }: Reading): string {
  return JSON.stringify([node.nodeId, node.sourceId, node.cacheType, name, type, unit]);
}

function isWanted(name: string, names: ReadonlySet<string>): boolean {
  return names.size === 0 || names.has(name) || names.has(baseOf(name) ?? '');
}

function isSource(name: string, names: ReadonlySet<string>): boolean {
  return names.size === 0 || names.has(name) || [...names].some((each) => baseOf(each) === name);
}
