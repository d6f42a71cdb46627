import type { Database } from 'better-sqlite3';
import type { AuditEntry, AuditLog } from '../../domain/audit.js';
import type { GroupCommit } from './group-commit.js';
import { readAudit } from './read-audit.js';

/** @param keptSince ended ownerships that ended before this (ms since 1970) are nobody's any more. */
export function auditLog(db: Database, commit: GroupCommit, keptSince: () => number): AuditLog {
  const append = appendAudit(db);
  const read = readAudit(db, keptSince);
  return {
    append: (entry) => commit.run(() => append(entry)),
    read: async (query, limit, after) => read(query, limit, after),
  };
}

/** Writes one row; to be called inside a transaction. */
export function appendAudit(db: Database): (entry: AuditEntry) => void {
  const insert = db.prepare(
    `INSERT INTO audit (at, actor, action, subject, outcome, refusal, ownership, owner)
     VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT owner FROM ownership WHERE id = ?))`,
  );
  return ({ at, actor, action, subject, outcome, isRefusal = false, ownership = null }) =>
    void insert.run(at, actor, action, subject, outcome, Number(isRefusal), ownership, ownership);
}
