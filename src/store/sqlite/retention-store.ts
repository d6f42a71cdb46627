import type { Database } from 'better-sqlite3';
import type { RetentionStore } from '../../domain/ports.js';
import type { Limit, Retention } from '../../domain/retention.js';
import { appendAudit } from './audit-log.js';
import type { GroupCommit } from './group-commit.js';

/** An age in ms. */
export function ageOf(days: Limit | undefined): Limit | undefined {
  return typeof days === 'number' ? Math.round(days * DAY_MS) : days;
}

const DAY_MS = 24 * 60 * 60 * 1000;

interface Row {
  readonly age: number | null;
  readonly count: number | null;
}

export function retentionStore(db: Database, commit: GroupCommit): RetentionStore {
  const find = db.prepare<[string], Row>(
    'SELECT r.age, r.count FROM retention r JOIN ownership o ON o.key = r.ownership WHERE o.id = ? AND o.ended IS NULL',
  );
  const put = db.prepare<[number | null, number | null, string]>(
    `INSERT INTO retention (ownership, age, count) SELECT key, ?, ? FROM ownership WHERE id = ? AND ended IS NULL
     ON CONFLICT (ownership) DO UPDATE SET age = excluded.age, count = excluded.count`,
  );
  const append = appendAudit(db);
  return {
    of: async (ownership) => retentionOf(find.get(ownership)),
    put: (ownership, { days, count }, entry) =>
      commit.run(() => {
        const isDone = put.run(columnOf(ageOf(days)), columnOf(count), ownership).changes > 0;
        if (isDone) append(entry);
        return isDone;
      }),
  };
}

/** See the table's comments: a limit, none, or that for all. */
function columnOf(limit: Limit | undefined): number | null {
  return limit === 'off' ? -1 : (limit ?? null);
}

function retentionOf({ age, count }: Row = { age: null, count: null }): Retention {
  return {
    ...(age !== null && { days: age < 0 ? 'off' : age / DAY_MS }),
    ...(count !== null && { count: count < 0 ? 'off' : count }),
  };
}
