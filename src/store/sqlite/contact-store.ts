import type { Database } from 'better-sqlite3';
import type { BareJid } from '../../domain/jid.js';
import type { Contact, ContactStore } from '../../domain/ports.js';
import type { GroupCommit } from './group-commit.js';

interface ContactRow extends Omit<Contact, 'theirs'> {
  readonly theirs: number;
}

export function contactStore(db: Database, commit: GroupCommit): ContactStore {
  const find = db.prepare<[string, string], ContactRow>(
    'SELECT jid, local, ours, theirs FROM contact WHERE local = ? AND jid = ?',
  );
  const save = db.prepare('INSERT OR REPLACE INTO contact (local, jid, ours, theirs) VALUES (?, ?, ?, ?)');
  const forget = db.prepare<[string, string]>('DELETE FROM contact WHERE local = ? AND jid = ?');
  const subscribers = db
    .prepare<[string], BareJid>('SELECT jid FROM contact WHERE local = ? AND theirs = 1 ORDER BY jid')
    .pluck();
  const all = db.prepare<[], ContactRow>('SELECT jid, local, ours, theirs FROM contact ORDER BY local, jid');
  return {
    find: async (jid, local) => {
      const row = find.get(local, jid);
      return row && contactOf(row);
    },
    save: ({ jid, local, ours, theirs }) => commit.run(() => void save.run(local, jid, ours, Number(theirs))),
    forget: (jid, local) => commit.run(() => void forget.run(local, jid)),
    subscribersOf: async (local) => subscribers.all(local),
    all: async () => all.all().map(contactOf),
  };
}

function contactOf(row: ContactRow): Contact {
  return { ...row, theirs: row.theirs === 1 };
}
