import { type Measure, multiplies, NUMBER, product, scaled } from './measure.js';
import { rational } from './rational.js';

/** A unit that was understood: its UCUM code, and what that measures. */
export interface Understood {
  readonly code: string;
  readonly measure: Measure;
}
/** Or why not: a sentence that goes on after the unit's name. Empty where there is nothing to say but that. */
export interface Misunderstood {
  readonly fault: string;
}
/** Finds a unit by its name, without operators and powers. */
export type Lookup = (name: string) => Understood | Misunderstood | undefined;

/** The deepest nesting of parentheses that is followed. */
const DEPTH = 8;
// What stands in brackets is a part of the name, operators and digits included: [in_i'H2O], B[10.nV], [m/s2/Hz^(1/2)].
const NAME = /(?:\[[^[\]\s]*\]|[^./(){}[\]\s])+/y;
const REMARK = /\{([!-z|~]*)\}/y;
const POWER = /^(.+?)([+-]?[1-9]\d?)$/;

/**
 * Works out a unit by the grammar of UCUM (section 2.1): units with powers, `.` and `/` from left to right, parentheses,
 * remarks in braces.
 * @param kind what a remark says of the kind of what is measured, if it is one that makes a difference.
 */
export function evaluate(text: string, lookup: Lookup, kind: (remark: string) => Measure): Understood | Misunderstood {
  let at = 0;
  const answer = term(0);
  return 'fault' in answer || at === text.length ? answer : { fault: '' };

  function term(depth: number): Understood | Misunderstood {
    const parts: Part[] = [];
    let operator = text[at] === '/' ? '/' : '';
    do {
      at += operator.length;
      const unit = component(depth);
      if ('fault' in unit) return unit;
      parts.push({ operator, unit });
      operator = text[at] ?? '';
    } while (operator === '.' || operator === '/');
    return multiplied(parts);
  }

  function component(depth: number): Understood | Misunderstood {
    const unit = text[at] === '(' ? parenthesis(depth) : text[at] === '{' ? { code: '', measure: NUMBER } : simple();
    if ('fault' in unit) return unit;
    const remark = match(REMARK);
    if (remark === undefined) return unit.code === '' ? { fault: '' } : unit;
    return remarked(unit, remark);
  }

  function remarked(unit: Understood, remark: string): Understood {
    const kinds = kind(remark.slice(1, -1));
    const measure =
      kinds.dimensions.size > 0 && multiplies(unit.measure) ? product(unit.measure, kinds, 1) : unit.measure;
    return { code: unit.code + remark, measure };
  }

  function parenthesis(depth: number): Understood | Misunderstood {
    if (depth === DEPTH) return { fault: '' };
    at += 1;
    const inner = term(depth + 1);
    if ('fault' in inner) return inner;
    if (text[at] !== ')') return { fault: '' };
    at += 1;
    return { ...inner, code: `(${inner.code})` };
  }

  function simple(): Understood | Misunderstood {
    const name = match(NAME) ?? '';
    if (/^\d{1,15}$/.test(name) && Number(name) > 0) {
      return { code: name, measure: scaled(NUMBER, rational(BigInt(name))) };
    }
    return lookup(name) ?? toPower(name);
  }

  function toPower(name: string): Understood | Misunderstood {
    const [, root = '', exponent = ''] = POWER.exec(name) ?? [];
    const unit = root === '' ? undefined : lookup(root);
    if (unit === undefined || 'fault' in unit) return unit ?? { fault: '' };
    if (!multiplies(unit.measure)) return { fault: cannotMultiply(unit.code) };
    // UCUM has powers of single units only.
    if (grouped(unit.code) !== unit.code) return { fault: '' };
    return { code: unit.code + exponent, measure: product(NUMBER, unit.measure, Number(exponent)) };
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  }
}

interface Part {
  /** Of the first, empty or `/`. */
  readonly operator: string;
  readonly unit: Understood;
}

function multiplied(parts: readonly Part[]): Understood | Misunderstood {
  const [first] = parts;
  if (first !== undefined && parts.length === 1 && first.operator === '') return first.unit;
  const stuck = parts.find(({ unit }) => !multiplies(unit.measure));
  if (stuck !== undefined) return { fault: cannotMultiply(stuck.unit.code) };
  return {
    code: parts.map(({ operator, unit }) => operator + (operator === '' ? unit.code : grouped(unit.code))).join(''),
    measure: parts.reduce((sum, { operator, unit }) => product(sum, unit.measure, operator === '/' ? -1 : 1), NUMBER),
  };
}

// An alias that stands for a product keeps together when it becomes a part of another: kWh/m2 is kW.h/m2, m2/kWh is m2/(kW.h).
function grouped(code: string): string {
  const bare = code.replace(/\[[^\]]*\]|\{[^}]*\}/g, '');
  return /^[^(]*[./]/.test(bare) ? `(${code})` : code;
}

function cannotMultiply(code: string): string {
  return `: ${code} has a scale of its own and cannot be part of another unit`;
}
