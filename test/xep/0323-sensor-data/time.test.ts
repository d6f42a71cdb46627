import { describe, expect, it } from 'vitest';
import { momentText, parseMoment } from '../../../src/xep/0323-sensor-data/time.js';

const HOUR = 60 * 60 * 1000;
/** Clocks that are one hour ahead. */
const ahead = (wall: number): number => wall - HOUR;

describe('a moment', () => {
  it.each([
    ['2013-03-07T16:24:30Z', '2013-03-07T16:24:30.000Z', 0],
    ['2013-03-07T16:24:30+02:00', '2013-03-07T14:24:30.000Z', 120],
    ['2013-03-07T16:24:30-05:30', '2013-03-07T21:54:30.000Z', -330],
    ['2013-03-07T16:24:30-00:00', '2013-03-07T16:24:30.000Z', 0],
    ['2013-03-07T16:24:30', '2013-03-07T15:24:30.000Z', undefined],
    ['2013-03-07', '2013-03-06T23:00:00.000Z', undefined],
    ['2013-03-07T16:24:30.9999Z', '2013-03-07T16:24:30.999Z', 0],
    ['2013-03-07T16:24:30.5Z', '2013-03-07T16:24:30.500Z', 0],
    ['2013-12-31T24:00:00Z', '2014-01-01T00:00:00.000Z', 0],
    ['0099-01-01T00:00:00Z', '0099-01-01T00:00:00.000Z', 0],
  ])('%s', (text, utc, offsetMinutes) => {
    const moment = parseMoment(text, ahead);
    expect(moment && new Date(moment.ms).toISOString()).toBe(utc);
    expect(moment?.offsetMinutes).toBe(offsetMinutes);
    expect(moment && 'offsetMinutes' in moment).toBe(offsetMinutes !== undefined);
  });

  it.each(['0001-01-01T00:00:00+14:00', '9999-12-31T23:00:00-02:00', '0001-01-01'])(
    '%s leads out of the years',
    (text) => {
      expect(parseMoment(text, ahead)).toBeUndefined();
    },
  );

  it('is written in UTC, with milliseconds only where there are any', () => {
    expect(momentText({ ms: Date.UTC(2013, 2, 7, 16, 24, 30) })).toBe('2013-03-07T16:24:30Z');
    expect(momentText({ ms: Date.UTC(2013, 2, 7, 16, 24, 30, 50) })).toBe('2013-03-07T16:24:30.050Z');
  });
});
