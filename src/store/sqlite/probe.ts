import type { Database } from 'better-sqlite3';
import type { GroupCommit } from './group-commit.js';

/** A write that reached the disk this recently (ms) says that the next one will. */
const FRESH_MS = 1_000;

/** More than a page, so that a disk or file without room refuses it. */
const FILLER_BYTES = 16_384;

/** Whether a write would succeed now: by the last one, or by one that changes nothing but needs room. */
export function probe(db: Database, commit: GroupCommit): () => Promise<boolean> {
  const fill = db.prepare<[number]>('UPDATE probe SET filler = zeroblob(?) WHERE id = 1');
  return async () => {
    const { ok, at } = commit.lastWrite();
    if (ok && Date.now() - at < FRESH_MS) return true;
    try {
      await commit.run(() => {
        fill.run(FILLER_BYTES);
        fill.run(0);
      });
      return true;
    } catch {
      return false;
    }
  };
}
