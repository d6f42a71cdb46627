import type { Database } from 'better-sqlite3';
import type { FullJid } from '../../domain/jid.js';
import type { SessionStore } from '../../domain/ports.js';
import type { GroupCommit } from './group-commit.js';

/** How exact the time of the latest session's last sign of life is: a Thing that pushes costs one write a minute, not one each. */
const EXACT_TO_MS = 60_000;

export function sessionStore(db: Database, commit: GroupCommit): SessionStore {
  const of = db
    .prepare<[string], FullJid>('SELECT session FROM session WHERE jid = ? ORDER BY seen DESC, rowid DESC')
    .pluck();
  const latest = db.prepare<[string], { session: FullJid; seen: number }>(
    'SELECT session, seen FROM session WHERE jid = ? ORDER BY seen DESC, rowid DESC LIMIT 1',
  );
  // Replacing gives a new rowid: of two seen in one millisecond, the later arrival comes first.
  const put = db.prepare(
    `INSERT OR REPLACE INTO session (session, jid, seen)
     VALUES (:session, :jid, max(:at, coalesce((SELECT seen FROM session WHERE session = :session), :at)))`,
  );
  const remove = db.prepare<[string]>('DELETE FROM session WHERE session = ?');
  return {
    seen: (session, at) =>
      commit.run(() => {
        const jid = session.slice(0, session.indexOf('/'));
        const first = latest.get(jid);
        if (first?.session === session && at - first.seen < EXACT_TO_MS) return;
        put.run({ session, jid, at });
      }),
    gone: (session) => commit.run(() => void remove.run(session)),
    of: async (jid) => of.all(jid),
  };
}
