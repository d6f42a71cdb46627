import type { Database } from 'better-sqlite3';
import type { Backlog } from '../../domain/overview.js';
import type { GroupCommit } from './group-commit.js';
import type { KeptReadings } from './readings/kept-readings.js';

/** What is still to be done: see Overview.backlog in domain/overview.ts. */
export function backlog(db: Database, commit: GroupCommit, kept: KeptReadings): () => Backlog {
  const rowsOf = (tables: string) => db.prepare<[], number>(`SELECT ${tables}`).pluck();
  const sessions = rowsOf('(SELECT count(*) FROM session)');
  const notices = rowsOf('(SELECT count(*) FROM notice) + (SELECT count(*) FROM friend_notice)');
  const queued = rowsOf('(SELECT count(*) FROM queued_read_out)');
  return () => ({
    changes: commit.waiting(),
    unsealedBytes: kept.log.bytes(),
    sessions: sessions.get() ?? 0,
    notices: notices.get() ?? 0,
    queued: queued.get() ?? 0,
  });
}
