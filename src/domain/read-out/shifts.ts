import type { FieldType } from '../reading.js';
import { type TimeZone, wallTime } from '../time-zone.js';

/**
 * The types of history that a time earns by where it lies in its zone (XEP-0323 section 5.6): a whole second is
 * `historicalSecond`, a whole minute that and `historicalMinute`, and so on; all others are `historicalOther`.
 */
export function historicalTypes(ms: number, zone: TimeZone): readonly FieldType[] {
  const clock = new Date(wallTime(zone, ms));
  const earned: FieldType[] = [];
  for (const { types, isWhole } of SHIFTS) {
    if (!isWhole(clock)) break;
    earned.push(...types(clock));
  }
  return earned.length > 0 ? earned : ['historicalOther'];
}

interface Shift {
  readonly isWhole: (clock: Date) => boolean;
  readonly types: (clock: Date) => readonly FieldType[];
}

/** From the finest on: what is no whole second is no whole minute either. */
const SHIFTS: readonly Shift[] = [
  { isWhole: (clock) => clock.getUTCMilliseconds() === 0, types: () => ['historicalSecond'] },
  { isWhole: (clock) => clock.getUTCSeconds() === 0, types: () => ['historicalMinute'] },
  { isWhole: (clock) => clock.getUTCMinutes() === 0, types: () => ['historicalHour'] },
  { isWhole: (clock) => clock.getUTCHours() === 0, types: typesOfDay },
];

function typesOfDay(clock: Date): readonly FieldType[] {
  const isFirst = clock.getUTCDate() === 1;
  const month = clock.getUTCMonth();
  const types: readonly [FieldType, boolean][] = [
    ['historicalDay', true],
    ['historicalWeek', clock.getUTCDay() === MONDAY],
    ['historicalMonth', isFirst],
    ['historicalQuarter', isFirst && month % 3 === 0],
    ['historicalYear', isFirst && month === 0],
  ];
  return types.filter(([, isEarned]) => isEarned).map(([type]) => type);
}

const MONDAY = 1;
