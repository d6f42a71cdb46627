import type { Database } from 'better-sqlite3';
import type { Step } from './expire-readings.js';
import type { GroupCommit } from './group-commit.js';
import type { KeptReadings } from './readings/kept-readings.js';

/** Failed claims older than this (ms) are in no window any more. */
const FAILED_CLAIMS_KEPT_MS = 24 * 60 * 60 * 1000;

/** What hangs on an ownership, what refers to others first; each to be deleted a few rows at a time. */
const OF_OWNERSHIP = [
  ...['chunk', 'open_chunk'].map(
    (table) => `DELETE FROM ${table} WHERE rowid IN (
     SELECT rowid FROM ${table} WHERE series IN (
       SELECT s.key FROM node n JOIN series s ON s.node = n.key WHERE n.ownership = :key) LIMIT :most)`,
  ),
  `DELETE FROM series WHERE key IN (
     SELECT s.key FROM node n JOIN series s ON s.node = n.key WHERE n.ownership = :key LIMIT :most)`,
  'DELETE FROM manner WHERE key IN (SELECT key FROM manner WHERE ownership = :key LIMIT :most)',
  'DELETE FROM node WHERE key IN (SELECT key FROM node WHERE ownership = :key LIMIT :most)',
  // Who was subscribed to its address.
  `DELETE FROM contact WHERE (local, jid) IN (
     SELECT c.local, c.jid FROM ownership o JOIN contact c ON c.local = o.id WHERE o.key = :key LIMIT :most)`,
  'DELETE FROM ownership WHERE key = :key AND :most > 0',
];

/** Pages given back to the file system in one step, at most; to move one takes about as long as to delete ten rows. */
const PAGES_A_STEP = 100;

/**
 * @param steps each does a step of what else is to go of present Things.
 * @returns how to do one step: see Store.purge in domain/ports.ts.
 */
export function purger(
  db: Database,
  commit: GroupCommit,
  kept: KeptReadings,
  keptSince: () => number,
  now: () => number,
  ...steps: readonly ((most: number) => Step)[]
): (limit: number) => Promise<boolean> {
  const ended = db
    .prepare<[number], number>('SELECT key FROM ownership WHERE ended <= ? ORDER BY ended LIMIT 1')
    .pluck();
  const deletes = OF_OWNERSHIP.map((sql) => db.prepare<[{ key: number; most: number }]>(sql));
  const claims = db.prepare<[number, number]>(
    'DELETE FROM failed_claim WHERE (subject, at) IN (SELECT subject, at FROM failed_claim WHERE at < ? LIMIT ?)',
  );

  function step(limit: number): boolean {
    let left = limit - claims.run(now() - FAILED_CLAIMS_KEPT_MS, limit).changes;
    while (left > 0) {
      const key = ended.get(keptSince());
      if (key === undefined) break;
      kept.seal(key);
      for (const statement of deletes) left -= statement.run({ key, most: left }).changes;
      kept.keysChanged();
    }
    let isMore = false;
    for (const each of steps) {
      const { rows, more } = each(left);
      left -= rows;
      isMore ||= more;
    }
    const free = giveBack();
    return left <= 0 || isMore || free > 0;
  }

  /** @returns how many pages are left that could be given back. */
  function giveBack(): number {
    const free = Number(db.pragma('freelist_count', { simple: true }));
    if (free > 0) db.pragma(`incremental_vacuum(${PAGES_A_STEP})`);
    return Math.max(0, free - PAGES_A_STEP);
  }

  return (limit) => commit.run(() => step(limit));
}
