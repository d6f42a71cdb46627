import { type Comparison, type Criterion, holds } from '../../../domain/search.js';
import type { Tag } from '../../../domain/thing.js';

/** A test of a value in SQL: `@` stands for the value, `?` for each of `values`. */
export interface Test {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** All that is asked of one tag. */
export interface Condition {
  readonly name: string;
  readonly table: 'tag_str' | 'tag_num';
  /** Tests that are one stretch of the index on values, so that counting what meets them (up to a bound) is cheap. */
  readonly narrow: readonly Test[];
  readonly rest: readonly Test[];
  /** Whether it is one value that is asked for: those who have it lie in order. There is no `rest` then. */
  readonly isEqual: boolean;
  /** Whether a text is looked for inside of values. */
  readonly hasText: boolean;
}

const COMPARISONS: Readonly<Record<Comparison, string>> = {
  Eq: '=',
  NEq: '<>',
  Gt: '>',
  GtEq: '>=',
  Lt: '<',
  LtEq: '<=',
};

/** Name of the SQL function that answers masks: see `maskFunction` in find-things.ts. */
export const MASK_FUNCTION = 'matches_mask';

/**
 * Says criteria in SQL, exactly as `matches` in domain/search.ts means them, a condition a tag: a Thing has no two tags of
 * one name, so that what is asked of a name is asked of one value.
 *
 * @returns undefined where no tag can be all that is asked of it.
 */
export function conditionsOf(criteria: readonly Criterion[]): readonly Condition[] | undefined {
  const byName = new Map<string, Criterion[]>();
  for (const criterion of criteria) {
    const others = byName.get(criterion.name);
    if (others === undefined) byName.set(criterion.name, [criterion]);
    else others.push(criterion);
  }
  const conditions = [...byName.values()].map(conditionOf);
  return conditions.every((each) => each !== undefined) ? conditions : undefined;
}

/** Tests as SQL on a column; TRUE where there is none. */
export function sqlOf(tests: readonly Test[], column: string): string {
  return allOf(tests.map(({ sql }) => sql.replaceAll('@', column)));
}

export function valuesOf(tests: readonly Test[]): readonly (string | number)[] {
  return tests.flatMap(({ values }) => values);
}

// As a balanced tree: SQLite bounds how deep an expression is, and a chain of a thousand ANDs is a thousand deep.
export function allOf(conditions: readonly string[]): string {
  if (conditions.length === 0) return 'TRUE';
  if (conditions.length <= 2) return conditions.join(' AND ');
  const middle = conditions.length >> 1;
  return `(${allOf(conditions.slice(0, middle))}) AND (${allOf(conditions.slice(middle))})`;
}

function conditionOf(criteria: readonly Criterion[]): Condition | undefined {
  const [first] = criteria;
  if (first === undefined || criteria.some(({ kind }) => kind !== first.kind)) return undefined;
  const { name, kind } = first;
  const about = { name, table: kind === 'str' ? 'tag_str' : 'tag_num' } as const;
  const only = criteria.flatMap((each) => tagBy(each) ?? [])[0];
  if (only !== undefined) {
    const narrow = [{ sql: '@ = ?', values: [only.value] }];
    return criteria.every((each) => holds(only, each))
      ? { ...about, narrow, rest: [], isEqual: true, hasText: false }
      : undefined;
  }
  const tests = criteria.map(testsOf);
  return {
    ...about,
    narrow: tests.flatMap(({ narrow = [] }) => narrow),
    rest: tests.flatMap(({ rest = [] }) => rest),
    isEqual: false,
    hasText: tests.some(({ hasText = false }) => hasText),
  };
}

/** The one tag that a criterion asks for, if it does. */
function tagBy({ name, ...criterion }: Criterion): Tag | undefined {
  if (criterion.operator !== 'Eq') return undefined;
  return criterion.kind === 'str'
    ? { name, kind: 'str', value: criterion.value }
    : { name, kind: 'num', value: criterion.value, text: String(criterion.value) };
}

type Tests = Partial<Pick<Condition, 'narrow' | 'rest' | 'hasText'>>;

function testsOf(criterion: Criterion): Tests {
  if (criterion.operator === 'Mask') return mask(criterion.parts);
  if ('value' in criterion) {
    const test = { sql: `@ ${COMPARISONS[criterion.operator]} ?`, values: [criterion.value] };
    return criterion.operator === 'NEq' ? { rest: [test] } : { narrow: [test] };
  }
  const { min, max, operator } = criterion;
  const values = [min.value, max.value];
  if (operator === 'Range') {
    return { narrow: [{ sql: `@ ${min.included ? '>=' : '>'} ? AND @ ${max.included ? '<=' : '<'} ?`, values }] };
  }
  // Outside is: below the lower end or above the upper one, where an end that does not belong to the range is outside.
  return { rest: [{ sql: `(@ ${min.included ? '<' : '<='} ? OR @ ${max.included ? '>' : '>='} ?)`, values }] };
}

// What begins with a literal lies between that and its successor, and there the index helps. SQLite's own look for the
// longest literal spares most values the function, which has the say.
function mask(parts: readonly string[]): Tests {
  const [head = '', ...others] = parts;
  const end = successor(head);
  const narrow = [
    ...(head === '' ? [] : [{ sql: '@ >= ?', values: [head] }]),
    ...(end === undefined ? [] : [{ sql: '@ < ?', values: [end] }]),
  ];
  const isBeginning = others.length === 1 && others[0] === '';
  if (isBeginning && (head === '' || end !== undefined)) return { narrow };
  const longest = others.reduce((best, part) => (part.length > best.length ? part : best), '');
  const rest = [
    ...(longest === '' ? [] : [{ sql: 'instr(@, ?) > 0', values: [longest] }]),
    { sql: `${MASK_FUNCTION}(@, ?)`, values: [JSON.stringify(parts)] },
  ];
  return { narrow, rest, hasText: longest !== '' };
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
