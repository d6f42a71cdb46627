import type { Database } from 'better-sqlite3';
import { bareOf } from '../../domain/jid.js';
import type { QueuedReadOut, QueueStore } from '../../domain/ports.js';
import type { GroupCommit } from './group-commit.js';

interface Row {
  readonly plan: string;
  readonly due: number;
  readonly answers_pings: number;
}

export function queueStore(db: Database, commit: GroupCommit): QueueStore {
  const insert = db.prepare(
    `INSERT INTO queued_read_out (asker, seqnr, account, due, answers_pings, plan) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  const find = db.prepare<[string, number]>('SELECT 1 FROM queued_read_out WHERE asker = ? AND seqnr = ?');
  const answers = db.prepare(
    'UPDATE queued_read_out SET answers_pings = 1 WHERE asker = :asker AND seqnr = coalesce(:seqnr, seqnr)',
  );
  const remove = db.prepare('DELETE FROM queued_read_out WHERE asker = ? AND seqnr = ?');
  const count = db.prepare<[string], number>('SELECT count(*) FROM queued_read_out WHERE account = ?').pluck();
  const ofAccount = db.prepare<[string, number], Row>(
    'SELECT plan, due, answers_pings FROM queued_read_out WHERE account = ? ORDER BY due, rowid LIMIT ?',
  );
  const due = db.prepare<[number, number], Row>(
    'SELECT plan, due, answers_pings FROM queued_read_out WHERE due <= ? ORDER BY due, rowid LIMIT ?',
  );
  const next = db.prepare<[], number | null>('SELECT min(due) FROM queued_read_out').pluck();
  return {
    add: ({ plan, due: at, answersPings }) =>
      commit.run(() => {
        const { asker } = plan.ends;
        const { value } = plan.request.seqnr;
        return insert.run(asker, value, bareOf(asker), at, Number(answersPings), planToText(plan)).changes > 0;
      }),
    has: async (asker, seqnr) => find.get(asker, seqnr) !== undefined,
    answersPings: (asker, seqnr) => commit.run(() => void answers.run({ asker, seqnr: seqnr ?? null })),
    remove: (asker, seqnr) => commit.run(() => remove.run(asker, seqnr).changes > 0),
    countOf: async (asker) => count.get(asker) ?? 0,
    ofAccount: async (asker, limit) => ofAccount.all(asker, limit).map(queuedOf),
    due: async (by, limit) => due.all(by, limit).map(queuedOf),
    nextDue: async () => next.get() ?? undefined,
  };
}

/** Tokens never get here: a request with a token cannot be queued. */
function planToText({ request, ...plan }: QueuedReadOut['plan']): string {
  return JSON.stringify({ ...plan, request: { ...request, types: [...request.types], tokens: {} } });
}

function queuedOf({ plan, due, answers_pings }: Row): QueuedReadOut {
  const { request, ...rest } = JSON.parse(plan);
  return {
    plan: { ...rest, request: { ...request, types: new Set(request.types) } },
    due,
    answersPings: answers_pings === 1,
  };
}
