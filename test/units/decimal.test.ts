import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDecimal } from '../../src/domain/decimal.js';
import { divide, writeDecimal } from '../../src/units/decimal.js';

function quotient(n: bigint, d: bigint): string {
  return writeDecimal(divide(n, d));
}

describe('a quotient', () => {
  it.each([
    ['is plain where it is whole', 36n, 12n, '3'],
    ['is plain where it ends', 1n, 8n, '0.125'],
    ['keeps no zeros at its end', 1000n, 10n, '100'],
    ['is nothing', 0n, 7n, '0'],
    ['is rounded where it does not end', 1n, 3n, '0.333333333333333'],
    ['is rounded up', 2n, 3n, '0.666666666666667'],
    ['is rounded below nothing', -2n, 3n, '-0.666666666666667'],
    ['has all of 34 digits', 1234567890123456789012345678901234n, 10n, '1.234567890123456789012345678901234E32'],
    ['has 15 instead of 35', 12345678901234567890123456789012345n, 1n, '1.23456789012346E34'],
    [
      'that ends in the middle of two is not rounded',
      10000000000000050000000000000000000000n,
      1n,
      '1.000000000000005E37',
    ],
    ['just above the middle is rounded up', 10000000000000050000000000000000000001n, 1n, '1.00000000000001E37'],
    ['just below the middle is rounded down', 10000000000000049999999999999999999999n, 1n, '1E37'],
    ['is rounded alike below nothing', -10000000000000050000000000000000000001n, 1n, '-1.00000000000001E37'],
    ['carries', 99999999999999960000000000000000000001n, 1n, '1E38'],
    ['is plain to six zeros', 1n, 1_000_000n, '0.000001'],
    ['has an exponent beyond', 15n, 100_000_000n, '1.5E-7'],
    ['is plain to 21 digits', 10n ** 20n, 1n, `1${'0'.repeat(20)}`],
    ['has an exponent above', 10n ** 21n, 1n, '1E21'],
  ])('%s', (_case, n, d, text) => {
    expect(quotient(n, d)).toBe(text);
  });

  it('is within half a unit of its last digit', () => {
    const over = fc.bigInt({ min: 1n, max: 10n ** 50n });
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 60n), max: 10n ** 60n }), over, (n, d) => {
        const { digits, exponent } = divide(n, d);
        const [up, down] = exponent < 0 ? [1n, 10n ** BigInt(-exponent)] : [10n ** BigInt(exponent), 1n];
        const error = digits * up * d - n * down;
        const size = error < 0n ? -error : error;
        const places = 15 - String(digits < 0n ? -digits : digits).length;
        expect(size === 0n || (places >= 0 && size * 2n * 10n ** BigInt(places) <= up * d)).toBe(true);
      }),
    );
  });
});

describe('a number of xs:double', () => {
  it.each([
    '',
    ' ',
    '.',
    '-',
    '+-1',
    '1e',
    'e5',
    '1e1.5',
    '0x10',
    '1,5',
    '1 2',
    'NaN',
    'INF',
    '-INF',
    'Infinity',
    '１',
    '\u00a01',
    '--1',
  ])('is not %j', (text) => {
    expect(readDecimal(text)).toBeUndefined();
  });

  it.each([
    ['+1', 1n, 0],
    ['-.5', -5n, -1],
    ['5.', 5n, 0],
    [' \t10.00\n', 1000n, -2],
    ['-1.5E+3', -15n, 2],
    ['0.0e99', 0n, 0],
  ])('is %j', (text, digits, exponent) => {
    expect(readDecimal(text)).toEqual({ digits, exponent });
  });

  it('comes back as the same number', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const decimal = readDecimal(String(value));
        expect(decimal && Number(writeDecimal(decimal))).toBe(value === 0 ? 0 : value);
      }),
    );
  });
});
