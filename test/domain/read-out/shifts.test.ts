import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historicalTypes, PERIODS, type Period, shiftBefore, shiftFrom } from '../../../src/domain/read-out/shifts.js';
import { type TimeZone, timeZone } from '../../../src/domain/time-zone.js';

const zone = (name: string): TimeZone => timeZone(name) ?? expect.fail(`no zone ${name}`);
const iso = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');
const MINUTE = 60_000;

/** Shifts of a period from one time to another, by looking at every minute. */
function shiftsSeen(period: Period, from: string, to: string, where: TimeZone): string[] {
  const seen: string[] = [];
  for (let ms = Date.parse(from); ms <= Date.parse(to); ms += MINUTE) {
    if (historicalTypes(ms, where).includes(period)) seen.push(iso(ms));
  }
  return seen;
}

describe('shifts', () => {
  it.each([
    [
      'a day of 23 hours',
      'Europe/Berlin',
      '2026-03-28T12:00Z',
      '2026-03-30T12:00Z',
      'historicalDay',
      [28, 29].map((day) => `2026-03-${day}T2${day === 28 ? 3 : 2}:00:00Z`),
    ],
    [
      'a day of 25 hours',
      'Europe/Berlin',
      '2026-10-24T12:00Z',
      '2026-10-26T12:00Z',
      'historicalDay',
      ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    ],
    [
      'an hour that is left out',
      'Europe/Berlin',
      '2026-03-29T00:00Z',
      '2026-03-29T02:00Z',
      'historicalHour',
      ['2026-03-29T00:00:00Z', '2026-03-29T01:00:00Z', '2026-03-29T02:00:00Z'],
    ],
    [
      'an hour that comes twice',
      'Europe/Berlin',
      '2026-10-25T00:00Z',
      '2026-10-25T02:00Z',
      'historicalHour',
      ['2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z', '2026-10-25T02:00:00Z'],
    ],
    [
      'half an hour forward',
      'Australia/Lord_Howe',
      '2026-10-03T14:00Z',
      '2026-10-03T17:00Z',
      'historicalHour',
      ['2026-10-03T14:30:00Z', '2026-10-03T16:00:00Z', '2026-10-03T17:00:00Z'],
    ],
    [
      'a midnight that is left out: the first moment of the day',
      'Africa/Cairo',
      '2026-04-23T12:00Z',
      '2026-04-25T12:00Z',
      'historicalDay',
      ['2026-04-23T22:00:00Z', '2026-04-24T21:00:00Z'],
    ],
    [
      'a midnight that comes twice: the first',
      'America/Havana',
      '2026-10-31T12:00Z',
      '2026-11-02T12:00Z',
      'historicalDay',
      ['2026-11-01T04:00:00Z', '2026-11-02T05:00:00Z'],
    ],
    [
      'a week, from Monday',
      'Asia/Kathmandu',
      '2026-01-01T00:00Z',
      '2026-01-14T00:00Z',
      'historicalWeek',
      ['2026-01-04T18:15:00Z', '2026-01-11T18:15:00Z'],
    ],
    [
      'a quarter',
      'America/New_York',
      '2026-03-20T00:00Z',
      '2026-07-02T00:00Z',
      'historicalQuarter',
      ['2026-04-01T04:00:00Z', '2026-07-01T04:00:00Z'],
    ],
    [
      'a month',
      'Europe/Berlin',
      '2026-02-20T00:00Z',
      '2026-04-02T00:00Z',
      'historicalMonth',
      ['2026-02-28T23:00:00Z', '2026-03-31T22:00:00Z'],
    ],
    [
      'a year',
      'Pacific/Kiritimati',
      '2025-12-20T00:00Z',
      '2026-01-05T00:00Z',
      'historicalYear',
      ['2025-12-31T10:00:00Z'],
    ],
    [
      'a minute',
      'Europe/Berlin',
      '2026-03-29T00:59Z',
      '2026-03-29T01:00Z',
      'historicalMinute',
      ['2026-03-29T00:59:00Z', '2026-03-29T01:00:00Z'],
    ],
  ] as const)('of %s (%s)', (_case, name, from, to, period, shifts) => {
    const where = zone(name);
    expect(shiftsSeen(period, from, to, where)).toEqual(shifts);
    const found: string[] = [];
    for (let ms = Date.parse(from); ; ms += 1) {
      ms = shiftFrom(period, ms, where);
      if (ms > Date.parse(to)) break;
      found.push(iso(ms));
    }
    expect(found).toEqual(shifts);
  });

  it('are found beyond a day that was left out, and beyond a midnight that clocks were put back over', () => {
    const [apia, stJohns] = [zone('Pacific/Apia'), zone('America/St_Johns')];
    const skipped = Date.parse('2011-12-30T10:00Z');
    expect(iso(shiftBefore('historicalDay', skipped, apia))).toBe('2011-12-29T10:00:00Z');
    expect(iso(shiftFrom('historicalDay', skipped + 1, apia))).toBe('2011-12-31T10:00:00Z');
    const again = Date.parse('2000-10-29T02:50Z'); // after 00:01 it was 23:01 once more
    expect(iso(shiftFrom('historicalDay', again, stJohns))).toBe('2000-10-30T03:30:00Z');
    expect(iso(shiftBefore('historicalDay', again, stJohns))).toBe('2000-10-29T02:30:00Z');
  });

  const ZONES = [
    'UTC',
    'Europe/Berlin',
    'America/Havana',
    'Africa/Cairo',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'Pacific/Apia',
    'America/St_Johns',
  ];
  // Around changes of clocks, and anywhere.
  const times = fc.oneof(
    fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2037, 0) }),
    fc
      .tuple(
        fc.constantFrom(
          '2026-03-29T01:00Z',
          '2026-10-25T01:00Z',
          '2026-11-01T05:00Z',
          '2026-04-23T22:00Z',
          '2026-10-03T15:30Z',
          '2011-12-30T10:00Z',
          '2000-10-29T02:31Z',
        ),
        fc.integer({ min: -30 * 60, max: 30 * 60 }),
        fc.constantFrom(0, 1, 30_000),
      )
      .map(([time, minutes, ms]) => Date.parse(time) + minutes * MINUTE + ms),
  );

  it('lie where history has them, one after the other', () => {
    const zones = new Map(ZONES.map((name) => [name, zone(name)]));
    fc.assert(
      fc.property(fc.constantFrom(...PERIODS), fc.constantFrom(...ZONES), times, (period, name, ms) => {
        const where = zones.get(name) ?? expect.fail();
        const shift = shiftFrom(period, ms, where);
        expect(shift).toBeGreaterThanOrEqual(ms);
        expect(historicalTypes(shift, where)).toContain(period);
        expect(shiftFrom(period, shift, where)).toBe(shift);
        const before = shiftBefore(period, shift, where);
        expect(before).toBeLessThan(ms);
        expect(historicalTypes(before, where)).toContain(period);
        expect(shiftFrom(period, before + 1, where)).toBe(shift);
        const inBetween = ms + Math.floor((shift - ms) / 2);
        expect(shiftFrom(period, inBetween, where)).toBe(shift);
        if (shift > ms) expect(historicalTypes(ms, where)).not.toContain(period);
      }),
      { numRuns: 2_000 },
    );
  });
});
