import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDecimals,
  compareDecimals,
  decimalsIn,
  divideDecimal,
  finiteNumber,
  readDecimal,
} from '../../src/domain/decimal.js';

const read = (text: string) => readDecimal(text) ?? expect.fail(`${text} is no number`);

it.each([
  ['10', 0],
  ['10.', 0],
  ['10.00', 2],
  ['0.00', 2],
  ['-.5', 1],
  ['1.5E-3', 4],
  ['1.5E3', 0],
  [' 1.25\n', 2],
])('%j has %i decimals', (text, decimals) => {
  expect(decimalsIn(text)).toBe(decimals);
});

describe('a mean', () => {
  it.each([
    ['of what divides', '6', 3, 2, '2.00'],
    ['of thirds', '1', 3, 4, '0.3333'],
    ['of two thirds', '2', 3, 4, '0.6667'],
    ['in the middle, away from zero', '5', 2, 0, '3'],
    ['in the middle below zero, away from zero', '-5', 2, 0, '-3'],
    ['below zero', '-2', 3, 4, '-0.6667'],
    ['that is zero when rounded has no sign', '-1', 1000, 1, '0.0'],
    ['with fewer decimals than the sum', '1.2345', 1, 2, '1.23'],
    ['of large ones', '1E30', 4, 2, `25${'0'.repeat(28)}.00`],
    ['of tiny ones', '3E-40', 2, 42, '150E-42'],
    ['that doubles cannot hold', '18014398509481986', 2, 0, '9007199254740993'],
  ])('%s', (_case, sum, by, decimals, mean) => {
    expect(divideDecimal(read(sum), by, decimals)).toBe(mean);
  });
});

it('adds and compares without loss', () => {
  const number = fc.tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.integer({ min: -20, max: 20 }));
  fc.assert(
    fc.property(number, number, ([m, a], [n, b]) => {
      const [one, other] = [read(`${m}E${a}`), read(`${n}e${b}`)];
      const whole = (digits: bigint, exponent: number): bigint => digits * 10n ** BigInt(exponent + 20);
      const sum = addDecimals(one, other);
      expect(whole(sum.digits, sum.exponent)).toBe(whole(m, a) + whole(n, b));
      const difference = whole(m, a) - whole(n, b);
      expect(Math.sign(compareDecimals(one, other))).toBe(difference === 0n ? 0 : difference < 0n ? -1 : 1);
    }),
  );
});

it.each<[string, number | undefined]>([
  [' -1.50 ', -1.5],
  ['.5E1', 5],
  ['5.', 5],
  ['1e308', 1e308],
  ['1e309', undefined],
  ['INF', undefined],
  ['NaN', undefined],
  ['0x10', undefined],
  ['1 2', undefined],
  ['', undefined],
  ['\u00a01', undefined],
])('%j is the finite number %s', (text, value) => expect(finiteNumber(text)).toBe(value));
