import { describe, expect, it } from 'vitest';
import type { OwnershipId, Thing } from '../../src/domain/thing.js';
import { instantOf, type TimeZone, timeZone, UTC, wallTime, zonesOfThings } from '../../src/domain/time-zone.js';
import { at, bare } from './world.js';

function zone(name: string): TimeZone {
  return timeZone(name) ?? expect.fail(`no zone ${name}`);
}
const berlin = zone('Europe/Berlin');

describe('a time without zone', () => {
  it.each([
    ['in winter', 'Europe/Berlin', '2026-01-15T12:00:00', '2026-01-15T11:00:00Z'],
    ['in summer', 'Europe/Berlin', '2026-07-15T12:00:00', '2026-07-15T10:00:00Z'],
    ['before clocks are put forward', 'Europe/Berlin', '2026-03-29T01:59:59', '2026-03-29T00:59:59Z'],
    ['that clocks are put forward over', 'Europe/Berlin', '2026-03-29T02:30:00', '2026-03-29T01:30:00Z'],
    ['after clocks were put forward', 'Europe/Berlin', '2026-03-29T03:00:00', '2026-03-29T01:00:00Z'],
    ['that comes twice: the first', 'Europe/Berlin', '2026-10-25T02:30:00', '2026-10-25T00:30:00Z'],
    ['after clocks were put back', 'Europe/Berlin', '2026-10-25T03:00:00', '2026-10-25T02:00:00Z'],
    ['west of Greenwich', 'America/St_Johns', '2026-01-15T12:00:00', '2026-01-15T15:30:00Z'],
    ['a quarter of an hour off', 'Asia/Kathmandu', '2026-01-15T12:00:00', '2026-01-15T06:15:00Z'],
    ['beyond the date line', 'Pacific/Kiritimati', '2026-01-15T12:00:00', '2026-01-14T22:00:00Z'],
    ['in UTC', 'UTC', '2026-01-15T12:00:00', '2026-01-15T12:00:00Z'],
  ])('%s', (_case, name, wall, instant) => {
    expect(new Date(instantOf(zone(name), Date.parse(`${wall}Z`))).toISOString()).toBe(new Date(instant).toISOString());
  });
});

it('shows what clocks show', () => {
  expect(new Date(wallTime(berlin, Date.parse('2026-07-15T10:00:00.123Z'))).toISOString()).toBe(
    '2026-07-15T12:00:00.123Z',
  );
  expect(new Date(wallTime(berlin, Date.parse('2026-01-15T10:00:00.123Z'))).toISOString()).toBe(
    '2026-01-15T11:00:00.123Z',
  );
});

it('knows no zone that is none', () => {
  expect(timeZone('Europe/Atlantis')).toBeUndefined();
  expect(timeZone('')).toBeUndefined();
});

describe('the zone of a Thing', () => {
  const zoneOf = zonesOfThings(UTC);
  function thing(zone?: string): Thing {
    const owned = { id: 'a' as OwnershipId, owner: bare('o@example.org'), isPublic: false, selfOwned: false };
    return {
      address: at('t@example.org'),
      tags: [],
      ownership: { ...owned, since: 1, sharedWith: [], ...(zone && { zone }) },
    };
  }

  it('is its own, made once, and the general one where it has none', () => {
    expect(zoneOf(thing('Europe/Berlin')).name).toBe('Europe/Berlin');
    expect(zoneOf(thing('Europe/Berlin'))).toBe(zoneOf(thing('Europe/Berlin')));
    expect(zoneOf(thing('Asia/Kathmandu')).offsetAt(0)).toBe(5.5 * 60 * 60 * 1000);
    expect(zoneOf(thing())).toBe(UTC);
    expect(zoneOf({ address: at('t@example.org'), tags: [] })).toBe(UTC);
    expect(zoneOf(undefined)).toBe(UTC);
  });

  it('that nobody knows any more is the general one', () => expect(zoneOf(thing('Europe/Atlantis'))).toBe(UTC));
});
