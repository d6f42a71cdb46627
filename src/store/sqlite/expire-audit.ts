import type { Database } from 'better-sqlite3';
import type { Limit } from '../../domain/retention.js';
import type { Step } from './expire-readings.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Deletes entries that are past keeping, the oldest first.
 *
 * @param days for how long they are kept.
 * @returns a step of at most so many rows; to be called inside a transaction.
 */
export function expireAudit(db: Database, days: () => Limit, now: () => number): (most: number) => Step {
  const isThere = db.prepare<[number]>('SELECT 1 FROM audit WHERE at < ? LIMIT 1');
  const allow = db.prepare<[number]>('UPDATE audit_expiry SET before = ?');
  const remove = db.prepare<[number, number]>(
    'DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ? ORDER BY at LIMIT ?)',
  );
  return (most) => {
    const kept = days();
    if (kept === 'off') return { rows: 0, more: false };
    const before = now() - Math.round(kept * DAY_MS);
    // Where there is nothing to delete, nothing is written.
    if (isThere.get(before) === undefined) return { rows: 0, more: false };
    if (most <= 0) return { rows: 0, more: true };
    allow.run(before);
    const rows = remove.run(before, most).changes;
    return { rows, more: rows === most };
  };
}
