import { describe, expect, test } from 'vitest';
import { field } from '../../src/device/index.js';
import { decodeField, encodeField } from '../../src/xep/0323-sensor-data/field-codec.js';

describe('fields', () => {
  test.each([
    [field.numeric('T', '10.00', '°C'), 'numeric', '10.00'],
    [field.numeric('T', -0.5, '°C'), 'numeric', '-0.5'],
    [field.numeric('T', 1e-9), 'numeric', '1e-9'],
    [field.int('N', -3), 'int', '-3'],
    [field.long('N', 2n ** 63n - 1n), 'long', '9223372036854775807'],
    [field.boolean('B', false), 'boolean', 'false'],
    [field.string('S', ''), 'string', ''],
    [field.enumeration('E', 'On', 'Switch'), 'enum', 'On'],
    [field.date('D', '2026-11-21'), 'date', '2026-11-21'],
    [field.dateTime('D', new Date(0)), 'dateTime', '1970-01-01T00:00:00.000Z'],
    [field.duration('D', 93_784), 'duration', 'P1DT2H3M4S'],
    [field.duration('D', -60), 'duration', '-P0DT0H1M0S'],
    [field.time('T', '13:45:00'), 'time', '13:45:00'],
  ])('%j is written and read back', (made, type, value) => {
    expect(made).toMatchObject({ type, value });
    expect(decodeField(encodeField(made))).toEqual({ ok: true, value: made });
  });

  test('says momentary and automatic where nothing else is said', () => {
    const { fieldTypes, qualities } = field.int('N', 1);
    expect([...fieldTypes, ...qualities]).toEqual(['momentary', 'automaticReadout']);
    const said = field.int('N', 1, { types: ['status'], qualities: ['signed'], writable: true });
    expect([...said.fieldTypes, ...said.qualities, said.writable]).toEqual(['status', 'signed', true]);
  });

  test.each([
    () => field.int('N', 2 ** 31),
    () => field.int('N', 1.5),
    () => field.long('N', 2n ** 63n),
    () => field.numeric('N', Number.NaN),
    () => field.numeric('N', Number.POSITIVE_INFINITY),
    () => field.numeric('', 1),
    () => field.date('D', '2026-02-30'),
    () => field.time('T', '25:00:00'),
    () => field.duration('D', 'P'),
  ])('refuses what is no value: %s', (make) => {
    expect(make).toThrow(TypeError);
  });
});
