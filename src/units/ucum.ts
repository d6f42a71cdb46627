import { type Decimal, readDecimal } from '../domain/decimal.js';
import type { Converted, Units } from '../domain/units.js';
import { ALIASES, AMBIGUOUS, SPELLINGS } from './aliases.js';
import { divide, writeDecimal } from './decimal.js';
import { evaluate, type Lookup, type Misunderstood, type Understood } from './expression.js';
import { base, dimensionsOf, type Measure, NUMBER, step } from './measure.js';
import { ucumTable } from './ucum-table.js';

/** The longest unit that is looked at, in characters; none that is used is nearly as long. */
const LONGEST_UNIT = 64;
/** The longest value, in characters. */
const LONGEST_VALUE = 1024;
/** How many pairs of units are remembered. */
const PAIRS = 500;

/** Remarks that make a difference: apparent and reactive power are measured in volt-amperes, and are no watts. */
const KINDS: ReadonlySet<string> = new Set(['apparent', 'reactive']);

/** What some units measure, where UCUM's table has no word for it or one that few know. */
const QUANTITIES: Readonly<Record<string, string>> = {
  '1': 'a plain number',
  'V.A{apparent}': 'apparent power',
  'V.A{reactive}': 'reactive power',
  'm/s': 'speed',
  'm3/s': 'flow',
  'kg/s': 'mass flow',
  'W/m2': 'power per area',
  'J/m2': 'energy per area',
  'g/m3': 'density',
  'S/m': 'conductivity',
  'bit/s': 'data rate',
  'mol/l': 'concentration',
  '/m': 'a number per length',
};

/** How values of one unit become values of another: `(value * factor + shift) / over`, or not at all. */
type Conversion =
  | { readonly kind: 'same' }
  | { readonly kind: 'straight'; readonly factor: bigint; readonly shift: bigint; readonly over: bigint }
  | { readonly kind: 'refused'; readonly refused: string };

/** Units by UCUM (https://ucum.org), and by the names that devices have for them (aliases.ts). */
export function ucumUnits(): Units {
  const table = ucumTable();
  const pairs = new Map<string, Conversion>();
  let quantities: ReadonlyMap<string, string> | undefined;

  return {
    convert(value, from, to) {
      const number = value.length > LONGEST_VALUE ? undefined : readDecimal(value);
      if (number === undefined) return { refused: `"${clipped(value)}" is not a number that can be converted.` };
      const conversion = conversionOf(from, to);
      if (conversion.kind === 'refused') return { refused: conversion.refused };
      return conversion.kind === 'same' ? { value } : apply(conversion, number, value, to);
    },
    code(unit) {
      const understood = understand(unit);
      return 'refused' in understood ? understood : { code: understood.code };
    },
  };

  function conversionOf(from: string, to: string): Conversion {
    if (from === to) return { kind: 'same' };
    const pair = `${from.length} ${from}${to}`;
    const known = pairs.get(pair);
    if (known !== undefined) return known;
    const found = decide(from, to);
    if (from.length > LONGEST_UNIT || to.length > LONGEST_UNIT) return found;
    if (pairs.size >= PAIRS) pairs.delete(pairs.keys().next().value ?? '');
    pairs.set(pair, found);
    return found;
  }

  function decide(from: string, to: string): Conversion {
    const [source, target] = [understand(from), understand(to)];
    if ('refused' in target) return { kind: 'refused', ...target };
    if ('refused' in source) return { kind: 'refused', ...source };
    if (source.code === target.code) return { kind: 'same' };
    const why = obstacle(source.measure, target.measure, from, to);
    if (why !== undefined) return { kind: 'refused', refused: `Cannot convert "${from}" to "${to}": ${why}` };
    return conversionBy(step(source.measure, target.measure));
  }

  function obstacle(source: Measure, target: Measure, from: string, to: string): string | undefined {
    const bent = source.bent ? from : target.bent ? to : undefined;
    if (bent !== undefined) return `the scale of "${bent}" is not linear, and its values are not converted.`;
    return dimensionsOf(source) === dimensionsOf(target) ? undefined : differ(source, target, from, to);
  }

  function understand(unit: string): Understood | { readonly refused: string } {
    const spelt = unit.length > LONGEST_UNIT ? undefined : respelt(unit.trim());
    if (spelt === '') return { refused: 'A value without a unit cannot be converted: what it measures is not known.' };
    const found = spelt === undefined ? { fault: '' } : (byName(spelt) ?? evaluate(spelt, lookup, kindOf));
    if (!('fault' in found)) return found;
    return { refused: `"${clipped(unit)}" is not a unit that is understood${found.fault}.` };
  }

  // The names of devices go before those of UCUM; a code of UCUM that stands for a name does not.
  function byName(name: string): Understood | Misunderstood | undefined {
    const meanings = AMBIGUOUS.get(name);
    if (meanings !== undefined) return { fault: `: it may be ${meanings}` };
    const code = ALIASES.get(name);
    return code === undefined ? undefined : evaluate(code, table.find, kindOf);
  }

  function lookup(name: string): ReturnType<Lookup> {
    return byName(name) ?? table.find(name);
  }

  function differ(source: Measure, target: Measure, from: string, to: string): string {
    quantities ??= namesOfQuantities();
    const [measured, asked] = [quantities.get(dimensionsOf(source)), quantities.get(dimensionsOf(target))];
    if (measured === undefined || asked === undefined || measured === asked) return 'they measure different things.';
    return `"${from}" measures ${measured}, "${to}" ${asked}.`;
  }

  function namesOfQuantities(): ReadonlyMap<string, string> {
    const names = new Map<string, string>();
    for (const [code, name] of Object.entries(QUANTITIES)) {
      const unit = evaluate(code, table.find, kindOf);
      if (!('fault' in unit)) names.set(dimensionsOf(unit.measure), name);
    }
    for (const [measure, name] of table.quantities()) {
      const dimensions = dimensionsOf(measure);
      if (!names.has(dimensions)) names.set(dimensions, name);
    }
    return names;
  }
}

function conversionBy({ factor, shift }: ReturnType<typeof step>): Conversion {
  if (factor.n === factor.d && shift.n === 0n) return { kind: 'same' };
  return { kind: 'straight', factor: factor.n * shift.d, shift: shift.n * factor.d, over: factor.d * shift.d };
}

function apply(
  { factor, shift, over }: Conversion & { kind: 'straight' },
  number: Decimal,
  value: string,
  to: string,
): Converted {
  const refused = { refused: `${clipped(value)} is too large or too small to be given in "${to}".` };
  // Beyond what xs:double holds, and so long that to write it out would take for ever.
  const size = String(number.digits).length + number.exponent;
  if (size > 400 || number.exponent < -1500) return refused;
  const [digits, below] =
    number.exponent < 0
      ? [number.digits, 10n ** BigInt(-number.exponent)]
      : [number.digits * 10n ** BigInt(number.exponent), 1n];
  const result = divide(digits * factor + shift * below, over * below);
  const text = writeDecimal(result);
  const held = Number(text);
  return Number.isFinite(held) && (held !== 0 || result.digits === 0n) ? { value: text } : refused;
}

function kindOf(remark: string): Measure {
  return KINDS.has(remark) ? base(`{${remark}}`) : NUMBER;
}

function respelt(unit: string): string {
  return SPELLINGS.reduce((text, [pattern, plain]) => text.replace(pattern, plain), unit);
}

function clipped(text: string): string {
  return text.length > LONGEST_UNIT ? `${text.slice(0, LONGEST_UNIT)}...` : text;
}
