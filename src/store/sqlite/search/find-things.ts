import type { Database } from 'better-sqlite3';
import { type Found, matchesMask, type Search } from '../../../domain/search.js';
import { claimedThingOf, THINGS, type ThingRow } from '../thing-rows.js';
import { areaOf, areaValues, IN_AREA } from './area.js';
import { type Condition, conditionOf, MASK_FUNCTION } from './condition.js';
import { maskedThings } from './masked-things.js';
import { statementCache } from './statement-cache.js';

/** Things among which a search is made, in SQL: `SELECT thing ...`. */
interface Start {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** How far a search looks at what before it does something else. */
export interface Pace {
  /** Of fewer candidates than this all are looked at. Counting so far costs less than guessing wrong. */
  readonly few: number;
  /** To choose among long lists it is counted so far. */
  readonly many: number;
  /** Things that are looked at before others have their turn: some milliseconds' work. */
  readonly step: number;
  /** After so many steps that did not fill the page it is worth looking for a rare text through all values. */
  readonly stepsBeforeMask: number;
}
export const PACE: Pace = { few: 5_000, many: 20_000, step: 2_000, stepsBeforeMask: 10 };

/**
 * Searches public Things, exactly as `matches` in domain/search.ts says. Where a condition or the area is met by few, these
 * are looked at; else Things are walked in order until the page is full, along the list of a value that is asked for where
 * there is one. A walk goes in steps, so that a search which finds next to nothing keeps nobody waiting.
 */
export function findThings(db: Database, pace: Pace = PACE): (search: Search) => Promise<Found> {
  db.function(MASK_FUNCTION, { deterministic: true }, maskFunction());
  const prepare = statementCache(db);
  const masked = maskedThings(db, pace.few);
  const page = db.prepare<[string], ThingRow>(
    `${THINGS} WHERE t.id IN (SELECT value FROM json_each(?)) AND t.visibility = 1 ORDER BY t.id`,
  );

  function count({ sql, values }: Start, most: number): number {
    return prepare<{ n: number }>(`SELECT count(*) AS n FROM (${sql} LIMIT ${most})`).get(...values)?.n ?? 0;
  }

  /** The shortest list, if it has fewer than FEW: values asked for before the area, that before all else. */
  function fewest(conditions: readonly Condition[], area: Start | undefined): Start | undefined {
    const classes = [
      conditions.filter(({ isEqual }) => isEqual).map(startOf),
      area ? [area] : [],
      conditions.filter(({ isEqual, narrows }) => narrows && !isEqual).map(startOf),
    ];
    for (const starts of classes) {
      let [fewestOf, least] = [undefined as Start | undefined, pace.few];
      for (const start of starts) {
        const met = count(start, pace.few);
        if (met < least) [fewestOf, least] = [start, met];
      }
      if (fewestOf !== undefined) return fewestOf;
    }
    return undefined;
  }

  /** The ids of those that meet all conditions, in order. */
  function among({ sql, values }: Start, conditions: readonly Condition[], most: number): readonly number[] {
    const text = `SELECT c.thing AS id FROM (${sql}) c WHERE ${all(conditions.map(meets))} ORDER BY c.thing LIMIT ?`;
    return prepare<{ id: number }>(text)
      .all(...values, ...conditions.flatMap((each) => each.values), most)
      .map(({ id }) => id);
  }

  /** What is walked: all that have a value that is asked for, the rarer one; or all public Things. `key` is in order. */
  function path(conditions: readonly Condition[]): Start & { readonly key: string } {
    const lists = conditions.filter(({ isEqual }) => isEqual).map(startOf);
    const counted = lists.map((start) => ({ start, n: lists.length === 1 ? 0 : count(start, pace.many) }));
    const [rarest] = counted.sort((a, b) => a.n - b.n);
    if (rarest !== undefined) return { ...rarest.start, key: 'thing' };
    return { sql: 'SELECT id AS thing FROM thing WHERE visibility = 1', values: [], key: 'id' };
  }

  /** The stretches of a path, each of some Things, with a turn for others after each. */
  async function* stretches({ sql, values, key }: ReturnType<typeof path>): AsyncGenerator<Start> {
    const rows = `${sql} AND ${key} > ?`;
    const end = prepare<{ last: number | null }>(
      `SELECT max(thing) AS last FROM (${rows} ORDER BY ${key} LIMIT ${pace.step})`,
    );
    for (let after = 0; ; ) {
      const last = end.get(...values, after)?.last ?? undefined;
      if (last === undefined) return;
      yield { sql: `${rows} AND ${key} <= ?`, values: [...values, after, last] };
      after = last;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async function walk(conditions: readonly Condition[], most: number): Promise<readonly number[]> {
    const found: number[] = [];
    let steps = 0;
    for await (const stretch of stretches(path(conditions))) {
      found.push(...among(stretch, conditions, most - found.length));
      if (found.length >= most) return found;
      const rare = ++steps === pace.stepsBeforeMask ? await masked.ofOne(conditions) : undefined;
      if (rare !== undefined) return among(listed(rare), conditions, most);
    }
    return found;
  }

  return async ({ criteria, offset, maxCount }) => {
    const conditions = criteria.map(conditionOf);
    const area = areaOf(criteria);
    const inArea = area && { sql: `SELECT thing FROM place WHERE ${IN_AREA}`, values: areaValues(area) };
    const most = offset + maxCount + 1;
    const few = fewest(conditions, inArea);
    const ids = few === undefined ? await walk(conditions, most) : among(few, conditions, most);
    const things = page.all(JSON.stringify(ids.slice(offset, offset + maxCount))).map(claimedThingOf);
    return { things, more: ids.length >= most };
  };
}

function startOf({ table, sql, values }: Condition): Start {
  return { sql: `SELECT thing FROM ${table} WHERE ${sql}`, values };
}

function listed(things: readonly number[]): Start {
  return { sql: 'SELECT value AS thing FROM json_each(?)', values: [JSON.stringify(things)] };
}

/** Only public Things have tags here: whoever has one is public. */
function meets({ table, sql }: Condition): string {
  return `EXISTS (SELECT 1 FROM ${table} WHERE thing = c.thing AND ${sql})`;
}

// As a balanced tree: SQLite bounds how deep an expression is, and a chain of a thousand ANDs is a thousand deep.
function all(conditions: readonly string[]): string {
  if (conditions.length === 0) return 'TRUE';
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
