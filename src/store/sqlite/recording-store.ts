import type { Database } from 'better-sqlite3';
import type { RecordingStore } from '../../domain/ports.js';
import type { Recording } from '../../domain/recording/recording.js';
import type { OwnershipId } from '../../domain/thing.js';
import { appendAudit } from './audit-log.js';
import type { GroupCommit } from './group-commit.js';

interface Row {
  readonly id: OwnershipId;
  readonly period: number;
  readonly types: string;
  readonly due: number;
  readonly last_at: number | null;
  readonly last_outcome: string | null;
}

const RECORDINGS = `SELECT o.id, r.period, r.types, r.due, r.last_at, r.last_outcome
  FROM recording r JOIN ownership o ON o.key = r.ownership`;
/** The key of an ownership that lasts. */
const OF = '(SELECT key FROM ownership WHERE id = ? AND ended IS NULL)';

export function recordingStore(db: Database, commit: GroupCommit): RecordingStore {
  const find = db.prepare<[string], Row>(`${RECORDINGS} WHERE o.id = ?`);
  const due = db.prepare<[number, number], Row>(`${RECORDINGS} WHERE r.due <= ? ORDER BY r.due, r.ownership LIMIT ?`);
  const next = db.prepare<[], number | null>('SELECT min(due) FROM recording').pluck();
  const put = db.prepare(
    `INSERT INTO recording (ownership, period, types, due)
     SELECT key, ?, ?, ? FROM ownership WHERE id = ? AND ended IS NULL
     ON CONFLICT (ownership) DO UPDATE SET period = excluded.period, types = excluded.types, due = excluded.due`,
  );
  const remove = db.prepare(`DELETE FROM recording WHERE ownership = ${OF}`);
  const postpone = db.prepare(`UPDATE recording SET due = ? WHERE ownership = ${OF}`);
  const ran = db.prepare(`UPDATE recording SET last_at = ?, last_outcome = ? WHERE ownership = ${OF}`);
  const append = appendAudit(db);
  return {
    of: async (ownership) => {
      const row = find.get(ownership);
      return row && recordingOf(row);
    },
    put: ({ ownership, periodMs, types, due: at }, entry) =>
      commit.run(() => {
        const isDone = put.run(periodMs, JSON.stringify([...types]), at, ownership).changes > 0;
        if (isDone) append(entry);
        return isDone;
      }),
    remove: (ownership, entry) =>
      commit.run(() => {
        const isDone = remove.run(ownership).changes > 0;
        if (isDone) append(entry);
        return isDone;
      }),
    due: async (by, limit) => due.all(by, limit).map(recordingOf),
    nextDue: async () => next.get() ?? undefined,
    postpone: (recordings) =>
      commit.run(() => {
        for (const { ownership, due: at } of recordings) postpone.run(at, ownership);
      }),
    ran: (ownership, { at, outcome }) => commit.run(() => void ran.run(at, outcome, ownership)),
  };
}

function recordingOf({ id, period, types, due, last_at, last_outcome }: Row): Recording {
  return {
    ownership: id,
    periodMs: period,
    types: new Set(JSON.parse(types)),
    due,
    ...(last_at !== null && last_outcome !== null && { last: { at: last_at, outcome: last_outcome } }),
  };
}
