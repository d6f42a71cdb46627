import type { Database } from 'better-sqlite3';
import type { Overview, Use } from '../../domain/overview.js';
import { inSteps } from './in-steps.js';

/** Groups that one step looks at; each may have a hundred rows. */
const GROUPS = 50;

/** How far limits are used: see Overview.uses in domain/overview.ts. */
export function uses(db: Database): Overview['uses'] {
  const tags = greatestOf(
    db,
    'SELECT id AS place, json_array_length(tags) AS n FROM thing WHERE id > :after ORDER BY id LIMIT :rows',
    0,
  );
  const shares = greatestOf(
    db,
    `SELECT ownership AS place, count(*) AS n FROM share WHERE ownership > :after
      GROUP BY ownership ORDER BY ownership LIMIT :rows`,
    0,
    GROUPS,
  );
  const queued = greatestOf(
    db,
    `SELECT account AS place, count(*) AS n FROM queued_read_out WHERE account > :after
      GROUP BY account ORDER BY account LIMIT :rows`,
    '',
    GROUPS,
  );
  const idOf = db.prepare<[number | string], string>('SELECT id FROM ownership WHERE key = ?').pluck();
  const jidOf = db.prepare<[number | string], string>('SELECT jid FROM thing WHERE id = ?').pluck();
  // There are no more of these than the limits on them let through in an hour.
  const failures = db.prepare<[number], { who: string; count: number }>(
    'SELECT subject AS who, sum(count) AS count FROM failed_claim WHERE at >= ? GROUP BY subject ORDER BY 2 DESC',
  );

  function failedClaims(since: number) {
    const all = failures.all(since);
    const first = (isOf: (who: string) => boolean): Use => {
      const greatest = all.find(({ who }) => isOf(who));
      return greatest === undefined ? {} : { greatest };
    };
    return {
      byJid: first((who) => who !== '*' && !who.startsWith('@')),
      byDomain: first((who) => who.startsWith('@')),
      total: { total: all.find(({ who }) => who === '*')?.count ?? 0 },
    };
  }

  return async (since) => ({
    tags: named(await tags(), (thing) => jidOf.get(thing)),
    shares: named(await shares(), (ownership) => idOf.get(ownership)),
    queued: named(await queued(), String),
    failedClaims: failedClaims(since),
  });
}

interface Greatest {
  readonly place: number | string;
  readonly n: number;
  /** Of all. */
  readonly total: number;
}

/** @param rows see {@link inSteps}: a `place` and its number `n`. */
function greatestOf(
  db: Database,
  rows: string,
  from: number | string,
  stepRows?: number,
): () => Promise<Greatest | undefined> {
  // Of the rows with the greatest n SQLite gives the place of one beside it, if there is but one max or min.
  const gather = `(SELECT max(place) FROM (${rows})) AS last, place, max(n) AS n, total(n) AS total`;
  const steps = inSteps<Greatest, number | string>(db, rows, gather, stepRows);
  return async () => {
    let greatest: Greatest | undefined;
    for await (const step of steps(from)) {
      const total = (greatest?.total ?? 0) + step.total;
      greatest = { ...(greatest === undefined || step.n > greatest.n ? step : greatest), total };
    }
    return greatest;
  };
}

function named(found: Greatest | undefined, nameOf: (place: number | string) => string | undefined): Use {
  const who = found && nameOf(found.place);
  if (found === undefined || who === undefined) return { total: found?.total ?? 0 };
  return { total: found.total, greatest: { who, count: found.n } };
}
