import type { Database } from 'better-sqlite3';
import type { AuditEntry, AuditLog } from '../../domain/ports.js';
import type { GroupCommit } from './group-commit.js';

export function auditLog(db: Database, commit: GroupCommit): AuditLog {
  const append = appendAudit(db);
  return { append: (entry) => commit.run(() => append(entry)) };
}

/** Writes one row; to be called inside a transaction. */
export function appendAudit(db: Database): (entry: AuditEntry) => void {
  const insert = db.prepare(
    'INSERT INTO audit (at, actor, action, subject, outcome, ownership) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return ({ at, actor, action, subject, outcome, ownership }) =>
    void insert.run(at, actor, action, subject, outcome, ownership ?? null);
}
