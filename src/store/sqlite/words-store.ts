import type { Database } from 'better-sqlite3';
import type { BareJid } from '../../domain/jid.js';
import type { Thing, ThingAddress } from '../../domain/thing.js';
import { type Owned, type State, type Words, wordsOfChange } from '../../domain/words/owner-words.js';
import type { OwedWords, WordsStore } from '../../domain/words/words-store.js';
import { appendAudit } from './audit-log.js';
import type { GroupCommit } from './group-commit.js';
import { tagsFromText } from './tag-text.js';
import { claimedThingOf, THINGS, type ThingRow } from './thing-rows.js';

export function wordsStore(db: Database, commit: GroupCommit): WordsStore {
  const isNotified = db.prepare<[string]>('SELECT 1 FROM notified WHERE owner = ?');
  const notify = db.prepare<[string]>('INSERT OR IGNORE INTO notified (owner) VALUES (?)');
  const unnotify = db.prepare<[string]>('DELETE FROM notified WHERE owner = ?');
  const forgetAsked = db.prepare<[string]>('DELETE FROM owed_words WHERE jid = ? AND NOT unasked');
  const refusalTold = db.prepare<[number, string, number]>(
    `UPDATE ownership SET told_refused = ? WHERE id = ? AND ended IS NULL AND told_refused <= ?
        AND owner IN (SELECT owner FROM notified)`,
  );
  // CROSS JOIN: few owners are notified, and SQLite would walk all ownerships.
  const silent = db.prepare<[number, number], ThingRow & { readonly last_heard: number; readonly key: number }>(
    `SELECT r.*, s.key, s.last_heard FROM (
       SELECT o.key, o.id, max(o.heard, o.since) AS last_heard FROM notified n
         CROSS JOIN ownership o ON o.owner = n.owner AND o.ended IS NULL
        WHERE NOT o.told_silent AND NOT o.self_owned AND max(o.heard, o.since) < ? LIMIT ?
     ) s JOIN (${THINGS}) r ON r.ownership = s.id`,
  );
  const silenceTold = db.prepare<[number]>('UPDATE ownership SET told_silent = 1 WHERE key = ?');
  // From one JID to the next by the index: somebody may be owed very much.
  const receivers = db
    .prepare<[], BareJid>(
      `WITH RECURSIVE owed (jid) AS (
         SELECT min(jid) FROM owed_words
         UNION ALL SELECT (SELECT min(jid) FROM owed_words w WHERE w.jid > owed.jid) FROM owed WHERE owed.jid IS NOT NULL
       ) SELECT jid FROM owed WHERE jid IS NOT NULL`,
    )
    .pluck();
  const first = db.prepare<[string, number], OwedWords>(
    'SELECT key, text FROM owed_words WHERE jid = ? ORDER BY key LIMIT ?',
  );
  const all = db.prepare<[string], { total: number; last: number | null }>(
    'SELECT count(*) AS total, max(key) AS last FROM owed_words WHERE jid = ?',
  );
  const settle = db.prepare<[string, number]>('DELETE FROM owed_words WHERE jid = ? AND key <= ?');
  const old = db.prepare<[number]>(
    'SELECT 1 FROM owed_words WHERE key = (SELECT min(key) FROM owed_words) AND since < ?',
  );
  const forgetOld = db.prepare<[number]>('DELETE FROM owed_words WHERE since < ?');
  const owe = oweWords(db);
  const append = appendAudit(db);

  return {
    isNotified: async (jid) => isNotified.get(jid) !== undefined,
    setNotified: (jid, wanted, entry) =>
      commit.run(() => {
        if ((wanted ? notify : unnotify).run(jid).changes === 0) return false;
        if (!wanted) forgetAsked.run(jid);
        append(entry);
        return true;
      }),
    owe: (words, at) => commit.run(() => owe(words, at)),
    oweRefusal: (ownership, words, at, notSince) =>
      commit.run(() => {
        if (refusalTold.run(at, ownership, notSince).changes > 0) owe(words, at);
      }),
    oweSilence: (heardBefore, at, limit, wordsOf) =>
      commit.run(() => {
        const rows = silent.all(heardBefore, limit);
        for (const row of rows) {
          owe(wordsOf({ thing: claimedThingOf(row), heard: row.last_heard }), at);
          silenceTold.run(row.key);
        }
        return rows.length === limit;
      }),
    receivers: async () => receivers.all(),
    async owedTo(jid, limit) {
      const { total = 0, last = null } = all.get(jid) ?? {};
      return { words: first.all(jid, limit), total, last: last ?? 0 };
    },
    settle: (jid, upTo) => commit.run(() => void settle.run(jid, upTo)),
    async forgetBefore(at) {
      if (old.get(at) !== undefined) await commit.run(() => void forgetOld.run(at));
    },
  };
}

interface OwnedRow {
  readonly owner: BareJid;
  readonly self_owned: number;
  readonly offered_to: BareJid | null;
  readonly offered_history: number;
  readonly offered_until: number;
}

/** How a change of ownership makes people be told of it; to be called inside a transaction. */
export function wordsWrites(db: Database) {
  const find = db.prepare<[number], OwnedRow>(
    'SELECT owner, self_owned, offered_to, offered_history, offered_until FROM ownership WHERE key = ?',
  );
  const owe = oweWords(db);
  return {
    /** How a Thing is now, for {@link changed} to compare. */
    stateBefore(row: { readonly tags: string; readonly ownership: number | null } | undefined): State | undefined {
      if (row === undefined) return undefined;
      const owned = row.ownership === null ? undefined : find.get(row.ownership);
      const { tags } = row;
      return {
        // Few changes are told of: only then are they read.
        get tags() {
          return tagsFromText(tags);
        },
        ownership: owned && ownedOf(owned),
      };
    },
    changed(address: ThingAddress, before: State | undefined, after: Thing | undefined, at: number): void {
      for (const words of wordsOfChange(address, before, after)) owe(words, at);
    },
  };
}

/** Writes words that somebody is owed, unless he does not want to be told. */
function oweWords(db: Database): (words: Words, at: number) => void {
  const owe = db.prepare<[{ to: string; text: string; unasked: number; at: number }]>(
    `INSERT INTO owed_words (jid, text, unasked, since) SELECT :to, :text, :unasked, :at
      WHERE :unasked OR EXISTS (SELECT 1 FROM notified WHERE owner = :to)`,
  );
  return ({ to, text, isUnasked }, at) => void owe.run({ to, text, unasked: Number(isUnasked), at });
}

function ownedOf(row: OwnedRow): Owned {
  return {
    owner: row.owner,
    selfOwned: row.self_owned === 1,
    ...(row.offered_to !== null && {
      offer: { to: row.offered_to, withHistory: row.offered_history === 1, until: row.offered_until },
    }),
  };
}
