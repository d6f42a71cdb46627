import { setImmediate as turn } from 'node:timers/promises';
import type { Pace } from './pace.js';
import { between, type Lists, listed, type Start } from './start.js';
import type { Prepare } from './statement-cache.js';

/** Lists beyond these are not merged: what they ask is asked of what the others leave. */
const MERGED = 6;

/** Ways through long lists, each in order of registration, in stretches after each of which others have their turn. */
export function walks(prepare: Prepare, { step, window }: Pace) {
  /** The first after one. */
  function next({ sql, values }: Start, after: number): number | undefined {
    const text = `${sql} AND thing > ? ORDER BY thing LIMIT 1`;
    return prepare<{ thing: number }>(text).get(...values, after)?.thing;
  }

  /** The last of the next so many; undefined where there are fewer. */
  function endOf({ sql, values }: Start, after: number, rows: number): number | undefined {
    const text = `${sql} AND thing > ? ORDER BY thing LIMIT 1 OFFSET ?`;
    return prepare<{ thing: number }>(text).get(...values, after, rows - 1)?.thing;
  }

  function isShort({ sql, values }: Start): boolean {
    return prepare(`${sql} LIMIT 1 OFFSET ${step - 1}`).get(...values) === undefined;
  }

  function inAll(lists: readonly Start[]): readonly number[] {
    const text = `${lists.map(({ sql }) => sql).join(' INTERSECT ')} ORDER BY thing LIMIT ${step}`;
    return prepare<{ thing: number }>(text)
      .all(...lists.flatMap(({ values }) => values))
      .map(({ thing }) => thing);
  }

  return {
    /** @param rows how many are looked at before others have their turn. */
    async *inAny({ all, lists }: Lists, rows = step): AsyncGenerator<Start> {
      const ofEach = Math.ceil(rows / lists.length);
      for (let after = 0; ; ) {
        const ends = lists.flatMap((list) => endOf(list, after, ofEach) ?? []);
        const last = Math.min(...ends, Number.MAX_SAFE_INTEGER);
        yield between(all, after, last);
        if (ends.length === 0) return;
        after = last;
        await turn();
      }
    },

    /**
     * Among whom all are that are in each of some lists. Where one of them has few, it is these; where all have many, to
     * merge them costs a tenth of looking for each in the others.
     */
    async *inEach(lists: readonly Start[]): AsyncGenerator<Start> {
      const merged = lists.slice(0, MERGED);
      let width = Math.max(1, step >> 1);
      for (let after = 0; ; ) {
        const firsts = merged.map((list) => next(list, after) ?? Number.POSITIVE_INFINITY);
        const first = Math.max(...firsts); // before it one of them has none
        if (!Number.isFinite(first)) return;
        const until = first + width - 1;
        const slices = merged.map((list) => between(list, first - 1, until));
        const short = slices.find(isShort);
        const things = short === undefined ? inAll(slices) : [];
        yield short ?? listed(things);
        after = things.length < step ? until : (things.at(-1) ?? until);
        width = Math.min(window, width * 2); // who finds enough at once has not looked far
        await turn();
      }
    },
  };
}
