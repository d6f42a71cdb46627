import { describe, expect, it } from 'vitest';
import { faultOfValue } from '../../../src/xep/0323-sensor-data/value-types.js';

const LONGEST = 1024 * 1024;

describe('the value of a field', () => {
  it.each([
    ['boolean', ' true\n'],
    ['numeric', '\t-1.50e3\r\n'],
    ['long', ' 9223372036854775807 '],
    ['string', '  '],
  ] as const)('of type %s may have the white space of XML around it: %j', (type, value) => {
    expect(faultOfValue(type, value, LONGEST)).toBeUndefined();
  });

  it.each([
    ['boolean', '\u00a0true'],
    ['numeric', '1.5\u2003'],
    ['int', '1 2'],
  ] as const)('of type %s may have no other: %j', (type, value) => {
    expect(faultOfValue(type, value, LONGEST)).toMatch(/^is no /);
  });

  // A pattern that is tried anew at each of the spaces takes minutes for this, and all other Things wait.
  it('may hold a long run of spaces', { timeout: 10_000 }, () => {
    expect(faultOfValue('string', `x${' '.repeat(400_000)}x`, LONGEST)).toBeUndefined();
    expect(faultOfValue('numeric', `1${' '.repeat(1000)}x`, LONGEST)).toMatch(/^is no numeric/);
  });
});
