import type { Comparison, Criterion } from '../../../domain/search.js';

/** A criterion as SQL on the `name` and `value` of a tag. */
export interface Condition {
  readonly name: string;
  readonly table: 'tag_str' | 'tag_num';
  readonly sql: string;
  readonly values: readonly (string | number)[];
  /** Whether the index on values narrows it, so that counting what meets it (up to a bound) is cheap. */
  readonly narrows: boolean;
  /** Whether it is one value that is asked for: those who have it lie in order. */
  readonly isEqual: boolean;
  /** Whether it is a mask that begins with a wildcard, and has a text somewhere. */
  readonly isInnerMask: boolean;
}

const COMPARISONS: Readonly<Record<Comparison, string>> = {
  Eq: '=',
  NEq: '<>',
  Gt: '>',
  GtEq: '>=',
  Lt: '<',
  LtEq: '<=',
};

/** Name of the SQL function that answers masks: see {@link maskFunction}. */
export const MASK_FUNCTION = 'matches_mask';

/** Says a criterion in SQL, exactly as `matches` in domain/search.ts means it. */
export function conditionOf(criterion: Criterion): Condition {
  const table = criterion.kind === 'str' ? 'tag_str' : 'tag_num';
  const { name } = criterion;
  const plain = { name, table, isEqual: false, isInnerMask: false } as const;
  if (criterion.operator === 'Mask') return { ...plain, ...mask(name, criterion.parts) };
  if ('value' in criterion) {
    const { operator, value } = criterion;
    const sql = `name = ? AND value ${COMPARISONS[operator]} ?`;
    return { ...plain, sql, values: [name, value], narrows: operator !== 'NEq', isEqual: operator === 'Eq' };
  }
  const { min, max, operator } = criterion;
  const within = operator === 'Range';
  // Outside is: below the lower end or above the upper one, where an end that does not belong to the range is outside.
  const sql = within
    ? `name = ? AND value ${min.included ? '>=' : '>'} ? AND value ${max.included ? '<=' : '<'} ?`
    : `name = ? AND (value ${min.included ? '<' : '<='} ? OR value ${max.included ? '>' : '>='} ?)`;
  return { ...plain, sql, values: [name, min.value, max.value], narrows: within };
}

// What begins with a literal lies between that and its successor, and there the index helps. SQLite's own look for the
// longest literal spares most values the function, which has the say.
function mask(name: string, parts: readonly string[]): Pick<Condition, 'sql' | 'values' | 'narrows' | 'isInnerMask'> {
  const [head = ''] = parts;
  const end = successor(head);
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '');
  const tests: readonly (readonly [sql: string, value: string])[] = [
    ['name = ?', name],
    ...(head === '' ? [] : [['value >= ?', head] as const]),
    ...(end === undefined ? [] : [['value < ?', end] as const]),
    ...(longest === '' ? [] : [['instr(value, ?) > 0', longest] as const]),
    [`${MASK_FUNCTION}(value, ?)`, JSON.stringify(parts)],
  ];
  return {
    sql: tests.map(([sql]) => sql).join(' AND '),
    values: tests.map(([, value]) => value),
    narrows: head !== '',
    isInnerMask: head === '' && longest !== '',
  };
}

/** The least string, by code point, above all that begin with `prefix`; undefined where there is none. */
export function successor(prefix: string): string | undefined {
  const points = [...prefix];
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) ?? 0;
    // Surrogates are no characters: after U+D7FF comes U+E000.
    if (point < 0x10ffff) return points.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
  }
  return undefined;
}
