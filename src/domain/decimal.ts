/** The number `digits * 10^exponent`. */
export interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/**
 * Reads a number as xs:double writes it (XML Schema part 2, section 3.2.5), white space around it allowed, without loss.
 * @returns undefined for what is none, INF and NaN among it.
 */
export function readDecimal(text: string): Decimal | undefined {
  const parts = partsOf(text);
  if (parts === undefined) return undefined;
  const digits = BigInt(parts.whole + parts.fraction);
  const exponent = digits === 0n ? 0 : parts.exponent - parts.fraction.length;
  return { digits: parts.isNegative ? -digits : digits, exponent };
}

/** The value of an xs:double, white space around it allowed; undefined for what is none, and for INF and NaN. */
export function finiteNumber(text: string): number | undefined {
  const value = partsOf(text) === undefined ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** With how many decimals a number is written: `1.50` has 2, `1.5E-3` has 4, `1.5E3` none. */
export function decimalsIn(text: string): number {
  const { fraction = '', exponent = 0 } = partsOf(text) ?? {};
  return Math.max(0, fraction.length - exponent);
}

/** Below, at or above 0 as `a` is less than, equal to or greater than `b`. Their exponents should not be far apart. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const [left, right] = aligned(a, b);
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Their exponents should not be far apart. */
export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [left, right, exponent] = aligned(a, b);
  return { digits: left + right, exponent };
}

/**
 * `value / by`, with so many decimals, rounded to the nearest; just in the middle, away from zero.
 * @param by positive.
 * @returns as xs:double: plain up to 30 decimals, beyond that with an exponent (`15E-31`).
 */
export function divideDecimal({ digits, exponent }: Decimal, by: number, decimals: number): string {
  const shift = exponent + decimals;
  const [dividend, divisor] =
    shift < 0 ? [digits, BigInt(by) * 10n ** BigInt(-shift)] : [digits * 10n ** BigInt(shift), BigInt(by)];
  const size = dividend < 0n ? -dividend : dividend;
  const rounded = (2n * size + divisor) / (2n * divisor);
  return fixed(dividend < 0n && rounded > 0n ? '-' : '', String(rounded), decimals);
}

/** The most decimals that are written out. */
const PLAIN_DECIMALS = 30;

function fixed(sign: string, digits: string, decimals: number): string {
  if (decimals === 0) return sign + digits;
  if (decimals > PLAIN_DECIMALS) return `${sign}${digits}E-${decimals}`;
  const text = digits.padStart(decimals + 1, '0');
  return `${sign}${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
}

interface Parts {
  readonly isNegative: boolean;
  readonly whole: string;
  readonly fraction: string;
  readonly exponent: number;
}

function partsOf(text: string): Parts | undefined {
  const parts = /^[ \t\r\n]*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?[ \t\r\n]*$/.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = parts;
  if (whole === '' && fraction === '') return undefined;
  return { isNegative: sign === '-', whole, fraction, exponent: Number(exponent) };
}

function aligned(a: Decimal, b: Decimal): readonly [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.digits * 10n ** BigInt(a.exponent - exponent), b.digits * 10n ** BigInt(b.exponent - exponent), exponent];
}
