import type { Database } from 'better-sqlite3';
import type { FailedClaimStore } from '../../domain/ports.js';
import type { GroupCommit } from './group-commit.js';

/** One row a subject and millisecond; purge.ts deletes what no window reaches any more. */
export function failedClaimStore(db: Database, commit: GroupCommit): FailedClaimStore {
  const count = db
    .prepare<[string, number], number>('SELECT coalesce(sum(count), 0) FROM failed_claim WHERE subject = ? AND at >= ?')
    .pluck();
  const add = db.prepare(
    `INSERT INTO failed_claim (subject, at, count) VALUES (?, ?, 1)
     ON CONFLICT (subject, at) DO UPDATE SET count = count + 1`,
  );
  return {
    count: async (subjects, since) => subjects.map((subject) => count.get(subject, since) ?? 0),
    add: (subjects, at) =>
      commit.run(() => {
        for (const subject of subjects) add.run(subject, at);
      }),
  };
}
