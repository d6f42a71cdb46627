import type { Database } from 'better-sqlite3';
import { type Found, matchesMask, type Search } from '../../../domain/search.js';
import { claimedThingOf, THINGS, type ThingRow } from '../thing-rows.js';
import { type Area, areaOf, startIn } from './area.js';
import { allOf, type Condition, conditionsOf, MASK_FUNCTION, sqlOf, valuesOf } from './condition.js';
import { maskedThings } from './masked-things.js';
import { byModel } from './models.js';
import { PACE, type Pace } from './pace.js';
import { type Lists, listed, narrowed, PUBLIC, type Start, startOf } from './start.js';
import { statementCache } from './statement-cache.js';
import { walks } from './walks.js';

/** A row of of_model says most of what is asked: so many are looked at where otherwise tags are of one Thing. */
const ROWS_A_THING = 5;

/** What is asked for, in the ways in which it can be looked for. */
interface Asked {
  readonly conditions: readonly Condition[];
  readonly area: Area | undefined;
  /** By manufacturer and model, where these are asked for: see {@link byModel}. */
  readonly models: Lists | undefined;
}

/**
 * Searches public Things, exactly as `matches` in domain/search.ts says: whichever way it finds candidates, each of them is held
 * against all conditions. Where a condition or the area is met by few, these are looked at; else Things are walked in order
 * until the page is full, along the lists of values that are asked for where there are some. A walk goes in steps, so that
 * a search which finds next to nothing keeps nobody waiting.
 */
export function findThings(db: Database, pace: Pace = PACE): (search: Search) => Promise<Found> {
  db.function(MASK_FUNCTION, { deterministic: true }, maskFunction());
  const prepare = statementCache(db);
  const masked = maskedThings(db, prepare, pace.few);
  const walk = walks(prepare, pace);
  const page = db.prepare<[string], ThingRow>(
    `${THINGS} WHERE t.id IN (SELECT value FROM json_each(?)) AND t.visibility = 1 ORDER BY t.id`,
  );

  /** The shortest, if it has fewer than so many. */
  function shortest(starts: readonly Start[], most = pace.few): Start | undefined {
    let [found, least] = [undefined as Start | undefined, most];
    for (const start of starts) {
      const { sql, values } = start;
      const n = prepare<{ n: number }>(`SELECT count(*) AS n FROM (${sql} LIMIT ?)`).get(...values, least)?.n ?? 0;
      if (n < least) [found, least] = [start, n];
    }
    return found;
  }

  /** A short list of candidates: values asked for before the area, that before all else. */
  function few({ conditions, area, models }: Asked): Start | undefined {
    const equal = conditions.filter(({ isEqual }) => isEqual).map(startOf);
    const ranges = conditions.filter(({ isEqual, narrow }) => narrow.length > 0 && !isEqual).map(startOf);
    // Where a walk would go by rows of of_model, an area has to be that much smaller to be worth its while.
    const ofArea = models === undefined ? pace.few : Math.ceil(pace.few / ROWS_A_THING);
    return (
      shortest(models === undefined ? equal : [models.all, ...equal]) ??
      (area && shortest([startIn(area)], ofArea)) ??
      shortest(ranges)
    );
  }

  /** The ids of those that meet all conditions, in order. */
  function among(start: Start, conditions: readonly Condition[], most: number): readonly number[] {
    const { sql, values } = narrowed(start);
    const text = `SELECT c.thing AS id FROM (${sql}) c WHERE ${allOf(conditions.map(meets))} ORDER BY c.thing LIMIT ?`;
    return prepare<{ id: number }>(text)
      .all(
        ...values,
        ...conditions.flatMap((each) => [each.name, ...valuesOf(each.narrow), ...valuesOf(each.rest)]),
        most,
      )
      .map(({ id }) => id);
  }

  function wayOf({ conditions, models }: Asked): AsyncGenerator<Start> {
    if (models !== undefined) return walk.inAny(models, pace.step * ROWS_A_THING);
    const lists = conditions.filter(({ isEqual }) => isEqual).map(startOf);
    if (lists.length > 1) return walk.inEach(lists);
    const [all = PUBLIC] = lists;
    return walk.inAny({ all, lists: [all] });
  }

  async function find(asked: Asked, most: number): Promise<readonly number[]> {
    const { conditions, models } = asked;
    if (models?.lists.length === 0) return [];
    const start = few(asked);
    if (start !== undefined) return among(start, conditions, most);
    const found: number[] = [];
    let steps = 0;
    for await (const stretch of wayOf(asked)) {
      found.push(...among(stretch, conditions, most - found.length));
      if (found.length >= most) return found;
      const rare = ++steps === pace.stepsBeforeMask ? await masked.ofOne(conditions) : undefined;
      if (rare !== undefined) return among(listed(rare), conditions, most);
    }
    return found;
  }

  return async ({ criteria, offset, maxCount }) => {
    const conditions = conditionsOf(criteria);
    if (conditions === undefined) return { things: [], more: false };
    const most = offset + maxCount + 1;
    const ids = await find({ conditions, area: areaOf(criteria), models: byModel(prepare, conditions) }, most);
    const things = page.all(JSON.stringify(ids.slice(offset, offset + maxCount))).map(claimedThingOf);
    return { things, more: ids.length >= most };
  };
}

/** Only public Things have tags here: whoever has one is public. */
function meets({ table, narrow, rest }: Condition): string {
  return `EXISTS (SELECT 1 FROM ${table} WHERE thing = c.thing AND name = ? AND ${sqlOf([...narrow, ...rest], 'value')})`;
}

/** Parses a mask once, not for each value. */
function maskFunction(): (value: string, json: string) => number {
  let last = { json: '[]', parts: [] as readonly string[] };
  return (value, json) => {
    if (json !== last.json) last = { json, parts: JSON.parse(json) };
    return Number(matchesMask(value, last.parts));
  };
}
