import type { Database } from 'better-sqlite3';
import type { Condition } from './condition.js';

/** Values that are looked at before others have their turn: some milliseconds' work. */
const STEP = 10_000;

interface Place {
  readonly value: string;
  readonly thing: number;
}

/** Finds Things by a mask that begins with a wildcard, through all values of its tag: worth it where it is met by few. */
export function maskedThings(db: Database, few: number, stepRows = STEP) {
  const rows = 'FROM tag_str WHERE name = :name AND (value, thing) > (:value, :thing)';
  const endOfStep = db.prepare<[object], Place>(
    `SELECT value, thing ${rows} ORDER BY value, thing LIMIT 1 OFFSET :step`,
  );

  async function all({ name, sql, values }: Condition): Promise<readonly number[] | undefined> {
    const within = '(value, thing) > (?, ?) AND (value, thing) <= (?, ?)';
    const hits = db.prepare<unknown[], number>(`SELECT thing FROM tag_str WHERE ${within} AND ${sql}`).pluck();
    const found: number[] = [];
    for (let after: Place = { value: '', thing: -1 }; ; ) {
      const end = endOfStep.get({ name, ...after, step: stepRows - 1 });
      const { value, thing } = end ?? LAST;
      found.push(...hits.all(after.value, after.thing, value, thing, ...values));
      if (found.length > few) return undefined;
      if (end === undefined) return found;
      after = end;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  return {
    /** The Things that meet one of the conditions; undefined where that would be many, or none is such a mask. */
    async ofOne(conditions: readonly Condition[]): Promise<readonly number[] | undefined> {
      const mask = conditions.find(({ isInnerMask }) => isInnerMask);
      return mask && all(mask);
    },
  };
}

/** After all texts: no character has this code. */
const LAST: Place = { value: '\u{10ffff}'.repeat(200), thing: Number.MAX_SAFE_INTEGER };
