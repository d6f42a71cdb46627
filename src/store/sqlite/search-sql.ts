import type { Comparison, Criterion } from '../../domain/search.js';

/** A criterion as SQL on the `name` and `value` of a tag. */
export interface Condition {
  readonly table: 'tag_str' | 'tag_num';
  readonly sql: string;
  readonly values: readonly (string | number)[];
  /** Whether the index on values narrows it, so that counting what meets it (up to a bound) is cheap. */
  readonly narrows: boolean;
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
  if (criterion.operator === 'Mask') return { table, ...mask(criterion.name, criterion.parts) };
  if ('value' in criterion) {
    const sql = `name = ? AND value ${COMPARISONS[criterion.operator]} ?`;
    return { table, sql, values: [criterion.name, criterion.value], narrows: criterion.operator !== 'NEq' };
  }
  const { min, max, operator } = criterion;
  const within = operator === 'Range';
  // Outside is: below the lower end or above the upper one, where an end that does not belong to the range is outside.
  const sql = within
    ? `name = ? AND value ${min.included ? '>=' : '>'} ? AND value ${max.included ? '<=' : '<'} ?`
    : `name = ? AND (value ${min.included ? '<' : '<='} ? OR value ${max.included ? '>' : '>='} ?)`;
  return { table, sql, values: [criterion.name, min.value, max.value], narrows: within };
}

// What begins with a literal lies between that and its successor, and there the index helps; the function has the say.
function mask(name: string, parts: readonly string[]): Omit<Condition, 'table'> {
  const [head = ''] = parts;
  const end = successor(head);
  const range = [...(head === '' ? [] : ['value >= ?']), ...(end === undefined ? [] : ['value < ?'])];
  return {
    sql: ['name = ?', ...range, `${MASK_FUNCTION}(value, ?)`].join(' AND '),
    values: [name, ...(head === '' ? [] : [head]), ...(end === undefined ? [] : [end]), JSON.stringify(parts)],
    narrows: head !== '',
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
