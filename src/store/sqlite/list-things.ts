import type { Database, Statement } from 'better-sqlite3';
import { folded, type Overview, THING_STATES, type ThingState } from '../../domain/overview.js';
import { inSteps } from './in-steps.js';
import { THINGS, type ThingRow, thingOf } from './thing-rows.js';

type Row = ThingRow & { readonly online: number };

/** To take tags apart is ten times the work of passing a row over. */
const STEP_ROWS = 500;

const STATES: Readonly<Record<ThingState, string>> = {
  all: 'TRUE',
  claimed: 't.ownership IS NOT NULL',
  unclaimed: 't.ownership IS NULL',
  public: 't.visibility = 1',
  'self-owned': 'o.self_owned = 1',
  offered: 'o.offered_until > :now',
};

/** `:json` is the text as it would stand in `tags`: few of those have it, and only they are taken apart. */
const HAS_PART = `(
  instr(t.jid, :part) OR instr(lower(t.node_id), :part) OR instr(o.id, :part) OR instr(o.owner, :part) OR
  instr(lower(t.tags), :json) AND EXISTS (
    SELECT 1 FROM json_each(t.tags) tag
     WHERE tag.value ->> 0 IN ('SN', 'NAME') AND instr(lower(tag.value ->> 1), :part)))`;

/** Lists Things for administrators: see Overview.things in domain/overview.ts. */
export function listThings(db: Database): Overview['things'] {
  const steps = inSteps<object, number>(
    db,
    'SELECT id FROM thing WHERE id > :after ORDER BY id LIMIT :rows',
    'max(id) AS last',
    STEP_ROWS,
  );
  const select = new Map(THING_STATES.map((state) => [state, selection(db, STATES[state])]));

  return async ({ state, part, now, after: from, limit }) => {
    const text = folded(part);
    const json = JSON.stringify(text).slice(1, -1);
    const rows: Row[] = [];
    for await (const { after, last } of steps(from)) {
      // One more than asked for, to know whether there are more.
      const missing = limit + 1 - rows.length;
      rows.push(...(select.get(state)?.all({ after, last, now, part: text, json, missing }) ?? []));
      if (rows.length > limit) break;
    }
    const page = rows.slice(0, limit);
    const things = page.map((row) => ({ thing: thingOf(row), isOnline: row.online === 1 }));
    const next = rows.length > limit ? page.at(-1)?.id : undefined;
    return { things, ...(next !== undefined && { next }) };
  };
}

function selection(db: Database, state: string): Statement<[object], Row> {
  return db.prepare(
    `SELECT listed.*, EXISTS (SELECT 1 FROM session WHERE session.jid = listed.jid) AS online
       FROM (${THINGS} WHERE t.id > :after AND t.id <= :last AND ${state} AND ${HAS_PART}
              ORDER BY t.id LIMIT :missing) listed ORDER BY listed.id`,
  );
}
