/** A decimal number as it was written: `mantissa` without its point, and how many digits stand after that. */
export interface Decimal {
  readonly mantissa: number;
  readonly places: number;
}

/** Digits that a mantissa may have and be exact. */
const MOST_DIGITS = 15;
const PLAIN = /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/;

/**
 * The number that a text is, if {@link decimalText} makes that very text of it again: `10.00` is, with two places; `+1`,
 * `01`, `1e3`, `.5` and `-0` are not.
 */
export function decimalOf(text: string): Decimal | undefined {
  if (text.length > MOST_DIGITS + 2 || !PLAIN.test(text)) return undefined;
  const point = text.indexOf('.');
  const digits = point < 0 ? text : text.slice(0, point) + text.slice(point + 1);
  const mantissa = Number(digits);
  if (Math.abs(mantissa) >= 10 ** MOST_DIGITS || (mantissa === 0 && text.startsWith('-'))) return undefined;
  return { mantissa, places: point < 0 ? 0 : text.length - point - 1 };
}

export function decimalText(mantissa: number, places: number): string {
  if (places === 0) return String(mantissa);
  const digits = String(Math.abs(mantissa)).padStart(places + 1, '0');
  const point = digits.length - places;
  return `${mantissa < 0 ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}
