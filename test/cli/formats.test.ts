import { describe, expect, test } from 'vitest';
import { createConverter } from '../../src/cli/read/converter.js';
import { FORMATS } from '../../src/cli/read/formats.js';
import type { Reading } from '../../src/client/index.js';
import { field } from '../../src/device/index.js';
import { ucumUnits } from '../../src/units/ucum.js';

function reading(made: ReturnType<typeof field.numeric>, nodeId = ''): Reading {
  return { ...made, node: { nodeId, sourceId: '', cacheType: '' }, at: { ms: 0 } };
}

const TEMPERATURE = reading(field.numeric('Temperature', '21.40', '°C'), 'n1');

describe('readings', () => {
  test('are a line each for people', () => {
    expect(FORMATS.table.row(TEMPERATURE)).toBe('1970-01-01T00:00:00.000Z  n1  Temperature = 21.40 °C');
  });

  test('cannot do anything to a terminal', () => {
    const hostile = reading(field.string('a\u009b2J', 'b\r\nc\u0007\u202e'));
    expect(FORMATS.table.row(hostile)).toBe('1970-01-01T00:00:00.000Z  a\ufffd2J = b\ufffd\ufffdc\ufffd\ufffd');
  });

  test('are a JSON object to a line, digits and all', () => {
    expect(JSON.parse(FORMATS.json.row(TEMPERATURE))).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      node: 'n1',
      name: 'Temperature',
      type: 'numeric',
      value: '21.40',
      unit: '°C',
      flags: 'momentary automaticReadout',
    });
    expect(FORMATS.json.row(reading(field.string('a', 'b\nc')))).not.toContain('\n');
  });

  test('are comma-separated values, quoted where they need it', () => {
    const row = FORMATS.csv.row(reading(field.string('Say, "what"', 'two\nlines')));
    expect(row).toBe('1970-01-01T00:00:00.000Z,,"Say, ""what""",string,"two\nlines",,momentary automaticReadout\r');
  });
});

describe('another unit', () => {
  test('is exact, and what has another dimension is told of once', () => {
    const told: string[] = [];
    const converter = createConverter(ucumUnits(), '°F', (words) => told.push(words));
    expect(converter.convert(TEMPERATURE)).toMatchObject({ value: '70.52', unit: '°F' });
    expect(converter.complete).toBe(true);
    const power = reading(field.numeric('Power', 1, 'kW'));
    expect([converter.convert(power), converter.convert(power)]).toEqual([undefined, undefined]);
    expect(converter.convert(reading(field.boolean('On', true)))).toBeUndefined();
    expect(told).toEqual([expect.stringMatching(/^Power is left out: /), expect.stringMatching(/^On is left out: /)]);
    expect(converter.complete).toBe(false);
  });
});
