import { expect, test } from 'vitest';
import { identityTags } from '../../src/cli/computer/identity.js';
import { readComputer } from '../../src/cli/computer/readings.js';
import { makeTag } from '../../src/domain/tag-text.js';

test('a computer says of itself what a registry takes, the same at each start', () => {
  const tags = identityTags('Boiler room', '0.1.0');
  expect(Object.keys(tags)).toEqual(['SN', 'MAN', 'MODEL', 'V', 'NAME']);
  expect(tags).toMatchObject({ V: 0.1, NAME: 'Boiler room' });
  expect(identityTags('Boiler room', '0.1.0')).toEqual(tags);
  for (const [name, value] of Object.entries(tags)) {
    expect(makeTag(typeof value === 'number' ? 'num' : 'str', name, String(value))).not.toHaveProperty('fault');
  }
});

test('its readings have units and types, each name once', async () => {
  const fields = await readComputer('0.1.0');
  const of = (type: 'momentary' | 'status' | 'identity' | 'computed') =>
    fields.filter(({ fieldTypes }) => fieldTypes.has(type)).map(({ name, unit }) => `${name} ${unit}`.trim());
  expect(of('momentary')).toEqual(expect.arrayContaining(['Memory, Used MB', 'Disk, Free GB', 'Uptime s']));
  expect(of('computed')).toEqual(['Load, 1 min', 'Load, 5 min', 'Load, 15 min']);
  expect(of('status')).toEqual(expect.arrayContaining(['Memory, Total MB', 'Processors']));
  expect(of('identity')).toEqual(expect.arrayContaining(['Host', 'Version']));
  expect(new Set(fields.map(({ name }) => name)).size).toBe(fields.length);
});
