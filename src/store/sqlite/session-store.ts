import type { Database } from 'better-sqlite3';
import { bareOf, type FullJid } from '../../domain/jid.js';
import { MOST_SESSIONS, type SessionStore } from '../../domain/ports.js';
import type { GroupCommit } from './group-commit.js';

export function sessionStore(db: Database, commit: GroupCommit): SessionStore {
  const of = db
    .prepare<[string], FullJid>('SELECT session FROM session WHERE jid = ? ORDER BY seen DESC, rowid DESC')
    .pluck();
  const hasAny = db.prepare<[string]>('SELECT 1 FROM session WHERE jid = ? LIMIT 1');
  // Replacing gives a new rowid: of two seen in one millisecond, the later arrival comes first.
  const put = db.prepare(
    `INSERT OR REPLACE INTO session (session, jid, seen)
     VALUES (:session, :jid, max(:at, coalesce((SELECT seen FROM session WHERE session = :session), :at)))`,
  );
  const removeOldest = db.prepare<[{ jid: string; most: number }]>(
    `DELETE FROM session WHERE jid = :jid AND rowid IN (
       SELECT rowid FROM session WHERE jid = :jid ORDER BY seen DESC, rowid DESC LIMIT -1 OFFSET :most)`,
  );
  const remove = db.prepare<[string]>('DELETE FROM session WHERE session = ?');
  return {
    seen: (session, at) =>
      commit.run(() => {
        const jid = bareOf(session);
        const isFirst = hasAny.get(jid) === undefined;
        put.run({ session, jid, at });
        removeOldest.run({ jid, most: MOST_SESSIONS });
        return isFirst;
      }),
    gone: (session) => commit.run(() => remove.run(session).changes > 0 && hasAny.get(bareOf(session)) === undefined),
    of: async (jid) => of.all(jid),
  };
}
