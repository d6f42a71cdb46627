import type { Database, Statement } from 'better-sqlite3';
import { type Found, matchesMask, type Search } from '../../domain/search.js';
import { type Condition, conditionOf, MASK_FUNCTION } from './search-sql.js';
import { claimedThingOf, THINGS, type ThingRow } from './thing-rows.js';

/**
 * A condition met by fewer than this is where the search starts; if there is none, public Things are walked in order
 * until the page is full. Counting so far costs less than guessing wrong.
 */
const FEW = 1_000;

/** Searches differ in operators, of which there are few combinations; those beyond are compiled again. */
const STATEMENTS_KEPT = 200;

/** Searches public Things, exactly as `matches` in domain/search.ts says. */
export function findThings(db: Database): (search: Search) => Found {
  db.function(MASK_FUNCTION, { deterministic: true }, maskFunction());
  const prepare = statementCache(db, STATEMENTS_KEPT);

  function count({ table, sql, values }: Condition): number {
    const counted = prepare(`SELECT count(*) AS id FROM (SELECT 1 FROM ${table} WHERE ${sql} LIMIT ${FEW})`).get(
      ...values,
    );
    return counted?.id ?? 0;
  }

  /** The conditions, the one to start from first; `start` is undefined where none is met by few. */
  function plan(conditions: readonly Condition[]): { start: Condition | undefined; rest: readonly Condition[] } {
    let start: Condition | undefined;
    let fewest = FEW;
    for (const condition of conditions) {
      const met = condition.narrows ? count(condition) : FEW;
      if (met >= fewest) continue;
      fewest = met;
      start = condition;
    }
    return { start, rest: conditions.filter((condition) => condition !== start) };
  }

  return ({ criteria, offset, maxCount }) => {
    const { start, rest } = plan(criteria.map(conditionOf));
    const sql = `${THINGS} WHERE t.id IN (${idsMeeting(start, rest)}) ORDER BY t.id`;
    const values = [...(start?.values ?? []), ...rest.flatMap((condition) => condition.values)];
    const rows = prepare(sql).all(...values, maxCount + 1, offset);
    return { things: rows.slice(0, maxCount).map(claimedThingOf), more: rows.length > maxCount };
  };
}

function idsMeeting(start: Condition | undefined, rest: readonly Condition[]): string {
  const conditions = [
    'p.visibility = 1',
    ...(start ? [`p.id IN (SELECT thing FROM ${start.table} WHERE ${start.sql})`] : []),
    ...rest.map(({ table, sql }) => `EXISTS (SELECT 1 FROM ${table} WHERE thing = p.id AND ${sql})`),
  ];
  return `SELECT p.id FROM thing p WHERE ${all(conditions)} ORDER BY p.id LIMIT ? OFFSET ?`;
}

// As a balanced tree: SQLite bounds how deep an expression is, and a chain of a thousand ANDs is a thousand deep.
function all(conditions: readonly string[]): string {
  if (conditions.length <= 2) return conditions.join(' AND ');
  const middle = conditions.length >> 1;
  return `(${all(conditions.slice(0, middle))}) AND (${all(conditions.slice(middle))})`;
}

/** Parses a mask once, not for each value. */
function maskFunction(): (value: string, json: string) => number {
  let last = { json: '[]', parts: [] as readonly string[] };
  return (value, json) => {
    if (json !== last.json) last = { json, parts: JSON.parse(json) };
    return Number(matchesMask(value, last.parts));
  };
}

function statementCache(db: Database, most: number): (sql: string) => Statement<unknown[], ThingRow> {
  const kept = new Map<string, Statement<unknown[], ThingRow>>();
  return (sql) => {
    const statement = kept.get(sql) ?? db.prepare<unknown[], ThingRow>(sql);
    kept.delete(sql);
    kept.set(sql, statement);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    return statement;
  };
}
