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
  let last = { hour: Number.NaN, offset: 0 };
  return {
    name,
    offsetAt(ms) {
      // Zones change their offset at quarters of an hour of UTC; asking Intl for each reading of a history is slow.
      const hour = Math.floor(ms / QUARTER_MS);
      if (hour !== last.hour) last = { hour, offset: wallClock(format, hour * QUARTER_MS) - hour * QUARTER_MS };
      return last.offset;
    },
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
