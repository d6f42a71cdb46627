import type { Decimal } from '../domain/decimal.js';
import { type Rational, rational } from './rational.js';

/** The exact value; the exponent should be one that xs:double has, for the number is as long as that. */
export function rationalOf({ digits, exponent }: Decimal): Rational {
  return exponent < 0 ? rational(digits, 10n ** BigInt(-exponent)) : rational(digits * 10n ** BigInt(exponent));
}

/** How many digits of a result that ends are written at most: as many as the longest decimal of IEEE 754 has. */
export const MOST_DIGITS = 34;
/** To how many digits any other result is rounded: those that every xs:double keeps. */
export const ROUNDED_DIGITS = 15;

/**
 * The quotient `n / d` in full where it ends within {@link MOST_DIGITS} significant digits, else rounded to
 * {@link ROUNDED_DIGITS}. `d` is positive.
 */
export function divide(n: bigint, d: bigint): Decimal {
  if (n === 0n) return { digits: 0n, exponent: 0 };
  const size = n < 0n ? -n : n;
  const full = quotient(size, d, MOST_DIGITS);
  const { digits, exponent } = full.rest === 0n ? full : rounded(size, d);
  return withoutZeros(n < 0n ? -digits : digits, exponent);
}

/** As xs:double: plain where that is short, else with an exponent, like `1.5E-9`. */
export function writeDecimal({ digits, exponent }: Decimal): string {
  const [sign, text] = digits < 0n ? ['-', String(-digits)] : ['', String(digits)];
  const point = text.length + exponent;
  if (point > 21 || point < -5) return `${sign}${pointed(text, 1)}E${point - 1}`;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${text}`;
  return sign + pointed(text.padEnd(point, '0'), point);
}

function pointed(text: string, point: number): string {
  return text.length === point ? text : `${text.slice(0, point)}.${text.slice(point)}`;
}

interface Quotient extends Decimal {
  /** What is left over `over`; 0 where the quotient is exact. */
  readonly rest: bigint;
  readonly over: bigint;
}

// Exactly `count` digits of n / d, cut off.
function quotient(n: bigint, d: bigint, count: number): Quotient {
  const estimate = count - (String(n).length - String(d).length);
  const first = scaled(n, d, estimate);
  return String(first.digits).length > count ? scaled(n, d, estimate - 1) : first;
}

function scaled(n: bigint, d: bigint, shift: number): Quotient {
  const [top, over] = shift < 0 ? [n, d * 10n ** BigInt(-shift)] : [n * 10n ** BigInt(shift), d];
  return { digits: top / over, rest: top % over, over, exponent: -shift };
}

function rounded(n: bigint, d: bigint): Decimal {
  const { digits, rest, over, exponent } = quotient(n, d, ROUNDED_DIGITS);
  // Just in the middle would be a result that ends, and that is not rounded.
  const up = rest * 2n > over;
  return { digits: up ? digits + 1n : digits, exponent };
}

function withoutZeros(digits: bigint, exponent: number): Decimal {
  const zeros = /0*$/.exec(String(digits))?.[0].length ?? 0;
  return { digits: digits / 10n ** BigInt(zeros), exponent: exponent + zeros };
}
