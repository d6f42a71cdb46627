import type { Database } from 'better-sqlite3';
import type { FormerStore, FormerThing } from '../../domain/erasure.js';
import type { BareJid } from '../../domain/jid.js';
import type { OwnershipId } from '../../domain/thing.js';
import { appendAudit } from './audit-log.js';
import type { GroupCommit } from './group-commit.js';
import { addressOf } from './thing-rows.js';

interface Row {
  readonly id: OwnershipId;
  readonly jid: BareJid;
  readonly node_id: string;
  readonly source_id: string;
  readonly cache_type: string;
  readonly ended: number;
  readonly readings: number;
}

const FORMER = `
  SELECT id, jid, node_id, source_id, cache_type, ended,
         (SELECT coalesce(sum(s.readings), 0) FROM node n JOIN series s ON s.node = n.key WHERE n.ownership = o.key) AS readings
    FROM ownership o`;

/** Before all others, and longer ago than anything is kept; in ms since 1970. */
const LONG_AGO = Number.MIN_SAFE_INTEGER;

/** @param keptSince what ended before this (ms since 1970) is past keeping, and being purged. */
export function formerStore(db: Database, commit: GroupCommit, keptSince: () => number): FormerStore {
  const of = db.prepare<[string, number, number], Row>(
    `${FORMER} WHERE owner = ? AND ended > ? ORDER BY ended DESC, key DESC LIMIT ?`,
  );
  const byId = db.prepare<[string, string, number], Row>(`${FORMER} WHERE id = ? AND owner = ? AND ended > ?`);
  const forget = db.prepare<[number, string, string, number]>(
    'UPDATE ownership SET ended = ? WHERE id = ? AND owner = ? AND ended > ?',
  );
  const append = appendAudit(db);
  return {
    of: async (owner, limit) => of.all(owner, keptSince(), limit).map(formerOf),
    byId: async (id, owner) => {
      const row = byId.get(id, owner, keptSince());
      return row && formerOf(row);
    },
    forget: (id, owner, entry) =>
      commit.run(() => {
        const isDone = forget.run(LONG_AGO, id, owner, keptSince()).changes > 0;
        if (isDone) append(entry);
        return isDone;
      }),
  };
}

function formerOf(row: Row): FormerThing {
  const { id, ended, readings } = row;
  return { id, address: addressOf(row), ended, readings };
}
