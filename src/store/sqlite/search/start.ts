import { type Condition, sqlOf, valuesOf } from './condition.js';

/** What a statement takes. */
export type Values = readonly (string | number)[];

/** Things among which a search is made, in SQL: `SELECT thing ... WHERE ...`. */
export interface Start {
  readonly sql: string;
  readonly values: Values;
  /** What else its rows say of them; not looked at where they are counted, so that this has its bound. */
  readonly also?: { readonly sql: string; readonly values: Values };
}

/** Things that lie in order in each of some lists, which have none in common; `all` are those of any. */
export interface Lists {
  readonly all: Start;
  readonly lists: readonly Start[];
}

/** All public Things. */
export const PUBLIC: Start = {
  sql: 'SELECT thing FROM (SELECT id AS thing FROM thing WHERE visibility = 1) WHERE TRUE',
  values: [],
};

/** Those whose tag meets a condition: in order of registration, where it asks for one value. */
export function startOf({ name, table, narrow, rest }: Condition): Start {
  const sql = `SELECT thing FROM ${table} WHERE name = ? AND ${sqlOf(narrow, 'value')}`;
  const values = [name, ...valuesOf(narrow)];
  return rest.length === 0
    ? { sql, values }
    : { sql, values, also: { sql: sqlOf(rest, 'value'), values: valuesOf(rest) } };
}

/** Those that are named. */
export function listed(things: readonly number[]): Start {
  return { sql: 'SELECT value AS thing FROM json_each(?) WHERE TRUE', values: [JSON.stringify(things)] };
}

/** Those of which all is so that is said. */
export function narrowed({ sql, values, also }: Start): Start {
  return also === undefined ? { sql, values } : { sql: `${sql} AND ${also.sql}`, values: [...values, ...also.values] };
}

/** Those after one, up to and with another. */
export function between({ sql, values, also }: Start, after: number, last: number): Start {
  const slice = { sql: `${sql} AND thing > ? AND thing <= ?`, values: [...values, after, last] };
  return also === undefined ? slice : { ...slice, also };
}
