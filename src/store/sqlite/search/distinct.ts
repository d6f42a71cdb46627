import { sqlOf, type Test, valuesOf } from './condition.js';
import type { Prepare } from './statement-cache.js';

/** An index by which rows of one `key` lie in the order of their values. */
interface Index {
  readonly table: string;
  readonly key: string;
  readonly value: string;
}
export const MODELS: Index = { table: 'of_model', key: 'man', value: 'model' };
export const TEXTS: Index = { table: 'tag_str', key: 'name', value: 'value' };

/**
 * Which values there are under a key, from one to the next past all Things that have the same.
 *
 * @param most undefined is returned where there are more: each costs a look-up.
 * @returns those that meet the tests.
 */
export function distinctValues(
  prepare: Prepare,
  index: Index,
  key: string | number,
  tests: readonly Test[],
  most: number,
): readonly string[] | undefined {
  const { table, value } = index;
  const from = `FROM ${table} WHERE ${index.key} = ?`;
  const text = `
    WITH RECURSIVE each_one (value) AS (
      SELECT min(${value}) ${from}
      UNION ALL
      SELECT (SELECT min(${value}) ${from} AND ${value} > each_one.value) FROM each_one WHERE each_one.value IS NOT NULL
      LIMIT ${most + 1})
    SELECT value, ${sqlOf(tests, 'value')} AS isMet FROM each_one WHERE value IS NOT NULL`;
  const rows = prepare<{ value: string; isMet: number }>(text).all(...valuesOf(tests), key, key);
  return rows.length > most ? undefined : rows.filter(({ isMet }) => isMet === 1).map((row) => row.value);
}
