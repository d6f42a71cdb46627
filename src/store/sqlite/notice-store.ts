import type { Database } from 'better-sqlite3';
import type { BareJid, FullJid } from '../../domain/jid.js';
import type { Notice, StateNews } from '../../domain/notice.js';
import type { NoticeStore } from '../../domain/ports.js';
import type { ThingAddress } from '../../domain/thing.js';
import { friendNotices } from './friend-store.js';
import type { GroupCommit } from './group-commit.js';
import { AT_ADDRESS, addressOf, type Quadruple, quadruple } from './thing-rows.js';

interface NoticeRow {
  readonly jid: BareJid;
  readonly node_id: string;
  readonly source_id: string;
  readonly cache_type: string;
  readonly id: string;
  readonly kind: StateNews['kind'];
  readonly owner: BareJid | null;
  readonly public: number | null;
  readonly spoke_from: FullJid | null;
  readonly since: number;
  readonly deliveries: number;
}

export function noticeStore(db: Database, commit: GroupCommit): NoticeStore {
  const owed = db.prepare<[string], NoticeRow>('SELECT * FROM notice WHERE jid = ?');
  const debtors = db.prepare<[], BareJid>('SELECT jid FROM notice UNION SELECT jid FROM friend_notice').pluck();
  const settle = db.prepare<[string]>('DELETE FROM notice WHERE id = ?');
  const delivered = db.prepare<[string]>('UPDATE notice SET deliveries = deliveries + 1 WHERE id = ?');
  const ofFriends = friendNotices(db);
  return {
    owedTo: async (jid) => [...owed.all(jid).map(noticeOf), ...ofFriends.owedTo(jid)],
    debtors: async () => debtors.all(),
    settle: (id) =>
      commit.run(() => {
        settle.run(id);
        ofFriends.settle(id);
      }),
    delivered: (id) =>
      commit.run(() => {
        delivered.run(id);
        ofFriends.delivered(id);
      }),
  };
}

/** How a change writes notices; to be called inside a transaction. */
export function noticeWrites(db: Database) {
  const put = db.prepare(
    `INSERT OR REPLACE INTO notice (jid, node_id, source_id, cache_type, id, kind, owner, public, spoke_from, since, deliveries)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const forget = db.prepare<Quadruple>(`DELETE FROM notice WHERE ${AT_ADDRESS}`);
  return {
    put({ address, id, news, spokeFrom, since, deliveries }: Notice<StateNews>): void {
      const [owner, isPublic] = news.kind === 'claimed' ? [news.owner, Number(news.isPublic)] : [null, null];
      put.run(...quadruple(address), id, news.kind, owner, isPublic, spokeFrom ?? null, since, deliveries);
    },
    forget(address: ThingAddress): void {
      forget.run(...quadruple(address));
    },
  };
}

function noticeOf(row: NoticeRow): Notice<StateNews> {
  return {
    id: row.id,
    address: addressOf(row),
    news: newsOf(row),
    ...(row.spoke_from !== null && { spokeFrom: row.spoke_from }),
    since: row.since,
    deliveries: row.deliveries,
  };
}

function newsOf({ id, kind, owner, public: isPublic }: NoticeRow): StateNews {
  if (kind !== 'claimed') return { kind };
  if (owner === null) throw new Error(`Notice ${id} says claimed, but not by whom`);
  return { kind, owner, isPublic: isPublic === 1 };
}
