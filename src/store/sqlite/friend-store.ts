import type { Database } from 'better-sqlite3';
import { changeOfRights, entitled } from '../../domain/friendship.js';
import type { BareJid, FullJid } from '../../domain/jid.js';
import type { FriendNews, Notice } from '../../domain/notice.js';
import type { FriendStore } from '../../domain/ports.js';
import type { Audience, Thing } from '../../domain/thing.js';
import type { GroupCommit } from './group-commit.js';

export function friendStore(db: Database, commit: GroupCommit): FriendStore {
  const add = db.prepare<[string]>('INSERT OR IGNORE INTO friend_asker (jid) VALUES (?)');
  // Where nothing is inserted nothing is written, and nothing waits for the disk.
  return { asked: (jid) => commit.run(() => void add.run(jid)) };
}

interface FriendNoticeRow {
  readonly jid: BareJid;
  readonly id: string;
  readonly spoke_from: FullJid | null;
  readonly since: number;
  readonly deliveries: number;
  readonly lost: string;
}

/** What is owed of changed rights, as a part of the notices. */
export function friendNotices(db: Database) {
  const owed = db.prepare<[string], FriendNoticeRow>(
    `SELECT n.*, (SELECT json_group_array(friend ORDER BY friend) FROM lost_friend l WHERE l.jid = n.jid) AS lost
       FROM friend_notice n WHERE n.jid = ?`,
  );
  const settle = db.prepare<[string], BareJid>('DELETE FROM friend_notice WHERE id = ? RETURNING jid').pluck();
  const delivered = db.prepare<[string]>('UPDATE friend_notice SET deliveries = deliveries + 1 WHERE id = ?');
  const forget = forgetAsker(db);
  return {
    owedTo: (jid: BareJid): readonly Notice<FriendNews>[] => owed.all(jid).map(noticeOf),
    /** To be called inside a transaction. */
    settle(id: string): void {
      const jid = settle.get(id); // whom it lost goes with it
      if (jid !== undefined) forget(jid);
    },
    delivered: (id: string): void => void delivered.run(id),
  };
}

/** How a change of ownership or shares makes debts; to be called inside a transaction. */
export function friendWrites(db: Database) {
  const isAsker = db.prepare<[string]>('SELECT 1 FROM friend_asker WHERE jid = ?');
  const before = db
    .prepare<[{ key: number }], Audience>(
      `SELECT owner FROM ownership WHERE key = :key UNION ALL SELECT audience FROM share WHERE ownership = :key`,
    )
    .pluck();
  const owe = db.prepare<[string, FullJid | null, number]>(
    `INSERT INTO friend_notice (jid, id, spoke_from, since, deliveries) VALUES (?, hex(randomblob(16)), ?, ?, 0)
     ON CONFLICT (jid) DO UPDATE SET id = excluded.id, spoke_from = coalesce(excluded.spoke_from, spoke_from),
                                     since = excluded.since, deliveries = 0`,
  );
  const lose = db.prepare<[string, string]>('INSERT OR IGNORE INTO lost_friend (jid, friend) VALUES (?, ?)');
  return {
    /** Who is entitled now, for {@link changed} to compare; undefined where nobody would be told. */
    entitledBefore(jid: BareJid, ownership: number | null): readonly Audience[] | undefined {
      if (isAsker.get(jid) === undefined) return undefined;
      return ownership === null ? [] : before.all({ key: ownership });
    },
    changed(before: readonly Audience[], { address: { jid }, ownership, spokeFrom }: OwnedThing, at: number): void {
      const change = changeOfRights(jid, before, entitled(ownership));
      if (change === undefined) return;
      owe.run(jid, spokeFrom ?? null, at);
      for (const friend of change.lost) lose.run(jid, friend);
    },
    /** A Thing of this JID is no longer there. */
    forgotten: forgetAsker(db),
  };
}

interface OwnedThing extends Pick<Thing, 'address' | 'ownership'> {
  readonly spokeFrom?: FullJid | undefined;
}

/** Forgets that a JID has asked, if no Thing of it is left and nothing is owed to it. */
function forgetAsker(db: Database): (jid: BareJid) => void {
  const forget = db.prepare<[{ jid: string }]>(
    `DELETE FROM friend_asker WHERE jid = :jid AND NOT EXISTS (SELECT 1 FROM thing WHERE jid = :jid)
                                AND NOT EXISTS (SELECT 1 FROM friend_notice WHERE jid = :jid)`,
  );
  return (jid) => void forget.run({ jid });
}

function noticeOf({ jid, id, spoke_from, since, deliveries, lost }: FriendNoticeRow): Notice<FriendNews> {
  return {
    id,
    address: { jid, nodeId: '', sourceId: '', cacheType: '' },
    news: { kind: 'friends', lost: JSON.parse(lost) },
    ...(spoke_from !== null && { spokeFrom: spoke_from }),
    since,
    deliveries,
  };
}
