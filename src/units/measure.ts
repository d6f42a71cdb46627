import { minus, ONE, plus, power, type Rational, times, ZERO } from './rational.js';

/**
 * What a unit measures, and how its scale stands to that of the base units: a value of `v` is `v * scale + zero` in them.
 */
export interface Measure {
  readonly scale: Rational;
  /** 0 but for those that count from a zero of their own, like °C. */
  readonly zero: Rational;
  /** The scale is not straight (dBm, pH): there is no `scale` for it. */
  readonly bent: boolean;
  /** The power of each base unit; never 0. */
  readonly dimensions: ReadonlyMap<string, number>;
}

export const NUMBER: Measure = { scale: ONE, zero: ZERO, bent: false, dimensions: new Map() };

/** A unit from which others are made. */
export function base(name: string): Measure {
  return { ...NUMBER, dimensions: new Map([[name, 1]]) };
}

export function scaled(measure: Measure, by: Rational): Measure {
  return { ...measure, scale: times(measure.scale, by) };
}

/** `a * b^exponent`. Neither may be bent or have a zero of its own. */
export function product(a: Measure, b: Measure, exponent: number): Measure {
  const dimensions = new Map(a.dimensions);
  for (const [name, count] of b.dimensions) {
    const sum = (dimensions.get(name) ?? 0) + count * exponent;
    if (sum === 0) dimensions.delete(name);
    else dimensions.set(name, sum);
  }
  return { ...NUMBER, scale: times(a.scale, power(b.scale, exponent)), dimensions };
}

/** Whether a unit can be part of a product: twice as many degrees Celsius are not twice as warm. */
export function multiplies(measure: Measure): boolean {
  return !measure.bent && measure.zero.n === 0n;
}

/** The same for units that measure the same. */
export function dimensionsOf(measure: Measure): string {
  return [...measure.dimensions]
    .map(([name, count]) => `${name}${count}`)
    .sort()
    .join('.');
}

/** Values of `from` become `value * factor + shift` in `to`. Neither may be bent. */
export function step(from: Measure, to: Measure): { readonly factor: Rational; readonly shift: Rational } {
  const inverse = power(to.scale, -1);
  return { factor: times(from.scale, inverse), shift: times(minus(from.zero, to.zero), inverse) };
}

/** With a zero of its own, which is so far above that of the base units. */
export function from(zero: Rational, measure: Measure): Measure {
  return { ...measure, zero: plus(measure.zero, zero) };
}
