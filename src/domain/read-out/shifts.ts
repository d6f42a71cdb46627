import type { FieldType } from '../reading.js';
import { instantOf, type TimeZone, wallTime } from '../time-zone.js';

/** The periods that history has shifts of (XEP-0323 section 5.6), the shortest first. */
export const PERIODS = [
  'historicalSecond',
  'historicalMinute',
  'historicalHour',
  'historicalDay',
  'historicalWeek',
  'historicalMonth',
  'historicalQuarter',
  'historicalYear',
] as const satisfies readonly FieldType[];
export type Period = (typeof PERIODS)[number];

/**
 * The types of history that a time earns by where it lies in its zone (XEP-0323 section 5.6): a whole second is
 * `historicalSecond`, a whole minute that and `historicalMinute`, and so on; all others are `historicalOther`.
 *
 * A day shift is the first moment of a day: where clocks are put forward over midnight that is 01:00, and where midnight
 * comes twice the first of the two.
 */
export function historicalTypes(ms: number, zone: TimeZone): readonly FieldType[] {
  const wall = wallTime(zone, ms);
  const earned: FieldType[] = [];
  for (const [period, length] of Object.entries(LENGTHS)) {
    if (wall % length !== 0) return earned.length > 0 ? earned : ['historicalOther'];
    earned.push(period as keyof typeof LENGTHS);
  }
  const clock = new Date(wall);
  const first = midnight(clock);
  if (instantOf(zone, first) !== ms) return earned;
  for (const [period, begin] of Object.entries(BEGINS)) {
    if (begin(clock, 0) === first) earned.push(period as keyof typeof BEGINS);
  }
  return earned;
}

/** The first shift of a period that is not before `ms`: a time at which {@link historicalTypes} has the period. */
export function shiftFrom(period: Period, ms: number, zone: TimeZone): number {
  if (isOfClock(period)) {
    const length = LENGTHS[period];
    // Clocks may be changed on the way there by what is no whole hour.
    for (let at = ms; ; ) {
      const wall = wallTime(zone, at);
      if (wall % length === 0) return at;
      at += length - modulo(wall, length);
    }
  }
  return begins(period, ms, zone).find((begin) => begin >= ms) ?? ms;
}

/** The last shift of a period before `ms`. */
export function shiftBefore(period: Period, ms: number, zone: TimeZone): number {
  if (isOfClock(period)) {
    const length = LENGTHS[period];
    for (let last = ms - 1; ; ) {
      const at = last - modulo(wallTime(zone, last), length);
      const over = modulo(wallTime(zone, at), length);
      if (over === 0) return at;
      // Clocks were changed in between: before that, a shift may come later than the clocks of now would have it.
      const next = at - over + length;
      if (next <= last && wallTime(zone, next) % length === 0) return next;
      last = at;
    }
  }
  return begins(period, ms, zone).findLast((begin) => begin < ms) ?? ms;
}

const SECOND = 1000;
/** Of the periods that clocks tell, in ms. From the shortest on: what is no whole second is no whole minute either. */
const LENGTHS = {
  historicalSecond: SECOND,
  historicalMinute: 60 * SECOND,
  historicalHour: 60 * 60 * SECOND,
} as const satisfies Partial<Record<Period, number>>;

/** When, on clocks, the period of the calendar began that `clock` is in, or the one `by` later. */
type Begin = (clock: Date, by: number) => number;

/** Of the periods that calendars tell. */
const BEGINS: Readonly<Record<Exclude<Period, keyof typeof LENGTHS>, Begin>> = {
  historicalDay: (clock, by) => dayOf(clock, 0, clock.getUTCDate() + by),
  historicalWeek: (clock, by) => dayOf(clock, 0, clock.getUTCDate() - ((clock.getUTCDay() + 6) % 7) + 7 * by),
  historicalMonth: (clock, by) => dayOf(clock, by, 1),
  historicalQuarter: (clock, by) => dayOf(clock, 3 * by - (clock.getUTCMonth() % 3), 1),
  historicalYear: (clock, by) => dayOf(clock, 12 * by - clock.getUTCMonth(), 1),
};

function isOfClock(period: Period): period is keyof typeof LENGTHS {
  return period in LENGTHS;
}

/** The shifts around a time, in order; two on both sides, for clocks may be put back over a midnight, or leave out a day. */
function begins(period: keyof typeof BEGINS, ms: number, zone: TimeZone): readonly number[] {
  const clock = new Date(wallTime(zone, ms));
  return [-2, -1, 0, 1, 2].map((by) => instantOf(zone, BEGINS[period](clock, by)));
}

function midnight(clock: Date): number {
  return dayOf(clock, 0, clock.getUTCDate());
}

/** A midnight on the clock; unlike Date.UTC it takes the years before 100 for what they are. */
function dayOf(clock: Date, months: number, day: number): number {
  return new Date(0).setUTCFullYear(clock.getUTCFullYear(), clock.getUTCMonth() + months, day);
}

function modulo(n: number, by: number): number {
  return ((n % by) + by) % by;
}
