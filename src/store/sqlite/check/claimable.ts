import { openReadOnly } from '../read-only.js';

/** How many Things wait to be claimed, which only the pepper lets anyone do; 0 where nobody can say. */
export function claimableThings(file: string): number {
  try {
    const { db, close } = openReadOnly(file);
    try {
      return Number(db.prepare('SELECT count(*) FROM thing WHERE claim_digest IS NOT NULL').pluck().get());
    } finally {
      close();
    }
  } catch {
    return 0; // that the database cannot be read is said elsewhere
  }
}
