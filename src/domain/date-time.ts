import type { Moment } from './reading.js';

/** How the instant at which clocks show a time is found: `wall` is that time as if it were UTC, in ms since 1970. */
export type Zoned = (wall: number) => number;

/**
 * Reads an xs:dateTime. The time may be absent (XEP-0323 section 5.4: "a date and optional time value"), and so may the
 * zone, for which `zoned` then stands in. Digits beyond milliseconds are cut.
 *
 * @returns undefined for what is no dateTime, or not of the years 1 to 9999.
 */
export function parseMoment(text: string, zoned: Zoned): Moment | undefined {
  const [, date = '', time = '', fraction = '', zone = ''] = MOMENT.exec(text) ?? [];
  const day = dayOf(date);
  const clock = time === '' ? 0 : clockOf(time, fraction);
  const offsetMinutes = zone === '' ? undefined : offsetOf(zone);
  if (day === undefined || clock === undefined || offsetMinutes === null) return undefined;
  const wall = day + clock;
  const ms = offsetMinutes === undefined ? zoned(wall) : wall - offsetMinutes * MINUTE;
  // The zone may lead out of those years, where what we write could not be read again.
  if (ms < FIRST || ms > LAST) return undefined;
  return offsetMinutes === undefined ? { ms } : { ms, offsetMinutes };
}

/** Writes a moment in UTC: milliseconds only where there are any. */
export function momentText({ ms }: Pick<Moment, 'ms'>): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

/** Whether a text is an xs:dateTime, or a date alone with or without zone. */
export function isDateTime(text: string): boolean {
  const [, date = '', time = '', fraction = '', zone = ''] = MOMENT.exec(text) ?? [];
  return dayOf(date) !== undefined && (time === '' || clockOf(time, fraction) !== undefined) && isZone(zone);
}

/** Whether a text is an xs:date, of the years 1 to 9999. */
export function isDate(text: string): boolean {
  const [, date = '', zone = ''] = DATE.exec(text) ?? [];
  return dayOf(date) !== undefined && isZone(zone);
}

/** Whether a text is an xs:time. */
export function isTime(text: string): boolean {
  const [, time = '', fraction = '', zone = ''] = TIME.exec(text) ?? [];
  return clockOf(time, fraction) !== undefined && isZone(zone);
}

/** Whether a text is an xs:duration: at least one number, and `T` only before hours, minutes or seconds. */
export function isDuration(text: string): boolean {
  return DURATION.test(text);
}

const FIRST = Date.parse('0001-01-01T00:00:00Z');
const LAST = Date.parse('9999-12-31T23:59:59.999Z');
const ZONE = '(Z|[+-]\\d\\d:\\d\\d)?';
const CLOCK = '(\\d\\d:\\d\\d:\\d\\d)(\\.\\d+)?';
const MOMENT = new RegExp(`^(\\d{4}-\\d\\d-\\d\\d)(?:T${CLOCK})?${ZONE}$`);
const DATE = new RegExp(`^(\\d{4}-\\d\\d-\\d\\d)${ZONE}$`);
const TIME = new RegExp(`^${CLOCK}${ZONE}$`);
const DURATION = /^-?P(?!$)(\d+Y)?(\d+M)?(\d+D)?(T(?!$)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const MAX_OFFSET_MINUTES = 14 * 60;

/** Midnight of a day as if in UTC, in ms since 1970; undefined for a day that the calendar has not. */
function dayOf(date: string): number | undefined {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  const isReal = year > 0 && midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  return isReal ? midnight.getTime() : undefined;
}

/** Since midnight, in ms; 24:00:00 is the end of the day. */
function clockOf(time: string, fraction: string): number | undefined {
  const [hours = 99, minutes = 99, seconds = 99] = time === '' ? [] : time.split(':').map(Number);
  const ms = Number(fraction.slice(1, 4).padEnd(3, '0'));
  const isEnd = hours === 24 && minutes === 0 && seconds === 0 && !/[1-9]/.test(fraction);
  if (!isEnd && (hours > 23 || minutes > 59 || seconds > 59)) return undefined;
  return hours * HOUR + minutes * MINUTE + seconds * SECOND + ms;
}

/** In minutes; null for one that is none. */
function offsetOf(zone: string): number | null {
  if (zone === 'Z') return 0;
  const [hours = 99, minutes = 99] = zone.slice(1).split(':').map(Number);
  const offset = hours * 60 + minutes;
  if (minutes > 59 || offset > MAX_OFFSET_MINUTES) return null;
  return zone.startsWith('-') && offset !== 0 ? -offset : offset;
}

function isZone(zone: string): boolean {
  return zone === '' || offsetOf(zone) !== null;
}
