import { setImmediate as turn } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { type Condition, sqlOf, valuesOf } from './condition.js';
import { distinctValues, TEXTS } from './distinct.js';
import type { Prepare } from './statement-cache.js';

/** Values that are looked at before others have their turn: some milliseconds' work. */
const STEP = 10_000;
/** Of fewer values than this each is looked at once, however many Things have it. */
const FEW_VALUES = 1_000;

interface Place {
  readonly value: string;
  readonly thing: number;
}

/** Finds Things by a text that is inside of a value, through all values of its tag: worth it where few have it. */
export function maskedThings(db: Database, prepare: Prepare, few: number, stepRows = STEP) {
  const rows = 'FROM tag_str WHERE name = :name AND (value, thing) > (:value, :thing)';
  const endOfStep = db.prepare<[object], Place>(
    `SELECT value, thing ${rows} ORDER BY value, thing LIMIT 1 OFFSET :step`,
  );

  function withValue(name: string, values: readonly string[]): readonly number[] | undefined {
    const text = 'SELECT thing FROM tag_str WHERE name = ? AND value IN (SELECT value FROM json_each(?)) LIMIT ?';
    const found = prepare<{ thing: number }>(text).all(name, JSON.stringify(values), few + 1);
    return found.length > few ? undefined : found.map(({ thing }) => thing);
  }

  async function throughAll({ name, narrow, rest }: Condition): Promise<readonly number[] | undefined> {
    const tests = [...narrow, ...rest];
    const within = 'name = ? AND (value, thing) > (?, ?) AND (value, thing) <= (?, ?)';
    const hits = prepare<{ thing: number }>(`SELECT thing FROM tag_str WHERE ${within} AND ${sqlOf(tests, 'value')}`);
    const found: number[] = [];
    for (let after: Place = { value: '', thing: -1 }; ; ) {
      const end = endOfStep.get({ name, ...after, step: stepRows - 1 });
      const { value, thing } = end ?? LAST;
      for (const hit of hits.all(name, after.value, after.thing, value, thing, ...valuesOf(tests)))
        found.push(hit.thing);
      if (found.length > few) return undefined;
      if (end === undefined) return found;
      after = end;
      await turn();
    }
  }

  return {
    /** The Things that meet one of the conditions; undefined where that would be many, or none looks for a text. */
    async ofOne(conditions: readonly Condition[]): Promise<readonly number[] | undefined> {
      const condition = conditions.find(({ hasText }) => hasText);
      if (condition === undefined) return undefined;
      const { name, narrow, rest } = condition;
      const values = distinctValues(prepare, TEXTS, name, [...narrow, ...rest], FEW_VALUES);
      return values === undefined ? throughAll(condition) : withValue(name, values);
    },
  };
}

/** After all texts: no character has this code. */
const LAST: Place = { value: '\u{10ffff}'.repeat(200), thing: Number.MAX_SAFE_INTEGER };
