import type { Database } from 'better-sqlite3';
import type { BareJid } from '../../domain/jid.js';

/** Lists who owns Things: see ThingStore.owners in domain/ports.ts. */
export function owners(db: Database): (after: string, limit: number) => readonly BareJid[] {
  const page = db
    .prepare<[string, number], BareJid>(
      `SELECT DISTINCT owner FROM ownership WHERE ended IS NULL AND self_owned = 0 AND owner > ? ORDER BY owner LIMIT ?`,
    )
    .pluck();
  return (after, limit) => page.all(after, limit);
}
