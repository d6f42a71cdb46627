import type { Database } from 'better-sqlite3';
import type { BareJid } from '../../domain/jid.js';
import { type Contact, type ContactStore, STRANGERS, type Subscriptions } from '../../domain/ports.js';
import type { GroupCommit } from './group-commit.js';

interface SubscriptionsRow {
  readonly ours: Subscriptions['ours'];
  readonly theirs: number;
}
type ContactRow = SubscriptionsRow & Pick<Contact, 'jid' | 'local'>;

export function contactStore(db: Database, commit: GroupCommit): ContactStore {
  const find = db.prepare<[string, string], SubscriptionsRow>(
    'SELECT ours, theirs FROM contact WHERE local = ? AND jid = ?',
  );
  const put = db.prepare('INSERT OR REPLACE INTO contact (local, jid, ours, theirs) VALUES (?, ?, ?, ?)');
  const forget = db.prepare<[string, string]>('DELETE FROM contact WHERE local = ? AND jid = ?');
  const subscribers = db
    .prepare<[string], BareJid>('SELECT jid FROM contact WHERE local = ? AND theirs = 1 ORDER BY jid')
    .pluck();
  const all = db.prepare<[], ContactRow>('SELECT jid, local, ours, theirs FROM contact ORDER BY local, jid');
  return {
    change: (jid, local, decide) =>
      commit.run(() => {
        const row = find.get(local, jid);
        const before = row === undefined ? STRANGERS : { ...row, theirs: row.theirs === 1 };
        const after = decide(before);
        if (isSame(before, after)) return false;
        if (isSame(after, STRANGERS)) forget.run(local, jid);
        else put.run(local, jid, after.ours, Number(after.theirs));
        return true;
      }),
    subscribersOf: async (local) => subscribers.all(local),
    all: async () => all.all().map((row) => ({ ...row, theirs: row.theirs === 1 })),
  };
}

function isSame(one: Subscriptions, other: Subscriptions): boolean {
  return one.ours === other.ours && one.theirs === other.theirs;
}
