import type { Database } from 'better-sqlite3';
import type { Block, BlockStore } from '../../domain/block.js';
import { appendAudit } from './audit-log.js';
import type { GroupCommit } from './group-commit.js';

export function blockStore(db: Database, commit: GroupCommit): BlockStore {
  const all = db.prepare<[], Block>('SELECT subject, actor, at, reason FROM blocked ORDER BY subject');
  const put = db.prepare('INSERT INTO blocked (subject, actor, at, reason) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING');
  const remove = db.prepare('DELETE FROM blocked WHERE subject = ?');
  const append = appendAudit(db);
  return {
    all: async () => all.all(),
    put: ({ subject, actor, at, reason }, entry) =>
      commit.run(() => {
        const isDone = put.run(subject, actor, at, reason).changes > 0;
        if (isDone) append(entry);
        return isDone;
      }),
    remove: (subject, entry) =>
      commit.run(() => {
        const wasThere = remove.run(subject).changes > 0;
        if (wasThere) append(entry);
        return wasThere;
      }),
  };
}
