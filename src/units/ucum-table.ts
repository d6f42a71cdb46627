import { UcumLhcUtils, type UcumRow, UnitTables } from '@lhncbc/ucum-lhc';
import { readDecimal } from '../domain/decimal.js';
import { rationalOf } from './decimal.js';
import { evaluate, type Understood } from './expression.js';
import { base, from, type Measure, NUMBER, product, scaled } from './measure.js';
import { power, type Rational, rational } from './rational.js';

/** The units of UCUM's table, by code and with prefixes, and what they measure. */
export interface UcumTable {
  find(code: string): Understood | undefined;
  /** What UCUM calls it that these units measure: `energy`. */
  quantities(): Iterable<readonly [Measure, string]>;
}

/** UCUM's prefixes: powers of ten, and those of IEC 60027-2. */
const PREFIXES: readonly (readonly [string, Rational])[] = [
  ...Object.entries({
    ...{ Y: 24, Z: 21, E: 18, P: 15, T: 12, G: 9, M: 6, k: 3, h: 2, da: 1 },
    ...{ d: -1, c: -2, m: -3, u: -6, n: -9, p: -12, f: -15, a: -18, z: -21, y: -24 },
  }).map(([prefix, exponent]) => [prefix, power(rational(10n), exponent)] as const),
  ...Object.entries({ Ki: 10, Mi: 20, Gi: 30, Ti: 40 }).map(
    ([prefix, exponent]) => [prefix, rational(2n ** BigInt(exponent))] as const,
  ),
];

/** The special units whose scale is straight (UCUM section 3.5): how large a degree is, and its zero, both in kelvins. */
const DEGREES: Readonly<Record<string, readonly [degree: Rational, zero: Rational]>> = {
  Cel: [rational(1n), rational(27315n, 100n)],
  '[degF]': [rational(5n, 9n), rational(45967n * 5n, 900n)],
  '[degRe]': [rational(5n, 4n), rational(27315n, 100n)],
};

/**
 * What UCUM's seven dimensions cannot tell apart, and people do: a becquerel is no hertz, a sievert no gray, a bit no
 * per cent. Each of these gets a dimension to itself, beside those that it has.
 */
const APART: ReadonlySet<string> = new Set(['mol', 'bit', 'Bq', 'Gy', 'Sv']);

/**
 * UCUM's table as the library keeps it. Of its numbers we take the definitions (a foot is 12 inches), which are exact, and
 * not what it has worked out from them, which is not. Where the two disagree the definition is not all there is to it
 * (the library leaves pi and powers of ten out of some), and the unit is left out.
 */
export function ucumTable(): UcumTable {
  // The library fills its tables when its first instance is made.
  UcumLhcUtils.getInstance();
  const rows = new Map<string, UcumRow>();
  for (const row of UnitTables.getInstance().allUnitsByDef()) if (row.source_ === 'UCUM') rows.set(row.csCode_, row);
  const known = new Map<string, Measure | undefined>();
  return { find, quantities };

  function find(code: string): Understood | undefined {
    const measure = atom(code) ?? prefixed(code);
    return measure && { code, measure };
  }

  function atom(code: string): Measure | undefined {
    if (!known.has(code)) {
      const row = rows.get(code);
      known.set(code, row && measureOf(row));
    }
    return known.get(code);
  }

  function prefixed(code: string): Measure | undefined {
    for (const [prefix, factor] of PREFIXES) {
      const rest = code.startsWith(prefix) ? code.slice(prefix.length) : '';
      const row = rows.get(rest);
      // All base units take prefixes (UCUM section 4.2); the library does not mark them so.
      const measure = row?.isMetric_ || row?.isBase_ ? atom(rest) : undefined;
      if (measure !== undefined) return scaled(measure, factor);
    }
    return undefined;
  }

  function measureOf(row: UcumRow): Measure | undefined {
    const code = row.csCode_;
    // What is arbitrary compares with nothing but its own other spellings ([IU], [iU]).
    if (row.isBase_ || (row.isArbitrary_ && row.csUnitString_ === '1')) return base(code);
    const [degree, zero] = DEGREES[code] ?? [];
    if (degree !== undefined && zero !== undefined) return from(zero, scaled(base('K'), degree));
    if (row.cnv_ !== null) return { ...base(code), bent: true };
    const measure = definition(row);
    if (measure === undefined || !agrees(measure, row)) return undefined;
    return APART.has(code) ? product(measure, base(code), 1) : measure;
  }

  function definition(row: UcumRow): Measure | undefined {
    const unit = evaluate(row.csUnitString_ ?? '', find, () => NUMBER);
    const factor = readDecimal(row.baseFactorStr_ ?? '');
    if ('fault' in unit || factor === undefined) return undefined;
    return scaled(unit.measure, rationalOf(factor));
  }

  function* quantities(): Iterable<readonly [Measure, string]> {
    for (const row of rows.values()) {
      const measure = atom(row.csCode_);
      if (measure !== undefined && row.property_ !== null) yield [measure, row.property_];
    }
  }
}

function agrees({ scale }: Measure, row: UcumRow): boolean {
  // Far coarser than what doubles lose on the way, far finer than any factor that could be missing.
  const ratio = Number(scale.n) / Number(scale.d) / row.magnitude_;
  return Math.abs(ratio - 1) < 1e-12;
}
