import type { Thing } from './thing.js';

/** A time zone, as far as the rules need it. */
export interface TimeZone {
  /** Its IANA name. */
  readonly name: string;
  /** How far its clocks are ahead of UTC at an instant (ms since 1970), in ms. */
  offsetAt(ms: number): number;
}

export const UTC: TimeZone = { name: 'UTC', offsetAt: () => 0 };

/**
 * @param name an IANA name: `Europe/Berlin`, `UTC`.
 * @returns undefined for a name that nobody knows.
 */
export function timeZone(name: string): TimeZone | undefined {
  const format = formatOf(name);
  if (format === undefined) return undefined;
  // Zones change their offset at quarters of an hour of UTC; asking Intl for each reading of a history is slow.
  const atQuarter = remembering((quarter) => wallClock(format, quarter * QUARTER_MS) - quarter * QUARTER_MS);
  // On few days of a year, and then not back again on the same day.
  const ofDay = remembering((day) => {
    const offset = atQuarter((day * DAY_MS) / QUARTER_MS);
    return offset === atQuarter(((day + 1) * DAY_MS) / QUARTER_MS) ? offset : undefined;
  });
  return { name, offsetAt: (ms) => ofDay(Math.floor(ms / DAY_MS)) ?? atQuarter(Math.floor(ms / QUARTER_MS)) };
}

/**
 * The zones of Things, each made once: it remembers offsets.
 *
 * @param general that of Things which have none of their own, or one that nobody knows any more.
 */
export function zonesOfThings(general: TimeZone): (thing: Thing | undefined) => TimeZone {
  const known = new Map<string, TimeZone>();
  return (thing) => {
    const name = thing?.ownership?.zone;
    if (name === undefined) return general;
    const zone = known.get(name) ?? timeZone(name) ?? general;
    known.set(name, zone);
    return zone;
  };
}

/** What the clocks of a zone show, as the ms since 1970 at which those of UTC show the same. */
export function wallTime(zone: TimeZone, ms: number): number {
  return ms + zone.offsetAt(ms);
}

/**
 * The instant at which the clocks of a zone show `wall` (as in {@link wallTime}). Of two, when clocks are put back, the
 * first; where they are put forward over it, as if they had not been.
 */
export function instantOf(zone: TimeZone, wall: number): number {
  const before = zone.offsetAt(wall - DAY_MS);
  const after = zone.offsetAt(wall + DAY_MS);
  const fits = [before, after].find((offset) => zone.offsetAt(wall - offset) === offset);
  return wall - (fits ?? before);
}

const QUARTER_MS = 15 * 60 * 1000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** How many offsets are remembered: those of a year, and of the quarters of the days on which they change. */
const REMEMBERED = 1000;

function remembering<T>(of: (n: number) => T): (n: number) => T {
  const known = new Map<number, T>();
  return (n) => {
    const before = known.get(n);
    if (before !== undefined || known.has(n)) return before as T;
    const found = of(n);
    if (known.size >= REMEMBERED) known.clear();
    known.set(n, found);
    return found;
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined; // a RangeError: no such zone
  }
}

function wallClock(format: Intl.DateTimeFormat, ms: number): number {
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type) ?? 0);
  const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year');
  const wall = new Date(Date.UTC(2000, part('month') - 1, part('day'), part('hour'), part('minute'), part('second')));
  wall.setUTCFullYear(year, part('month') - 1, part('day'));
  return wall.getTime();
}
