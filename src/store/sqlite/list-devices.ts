import type { Database } from 'better-sqlite3';
import type { BareJid, FullJid } from '../../domain/jid.js';
import { type Device, MOST_COUNTED, type Overview } from '../../domain/overview.js';
import { inSteps } from './in-steps.js';

interface Row {
  readonly session: FullJid;
  readonly jid: BareJid;
  readonly heard: number;
}

const STEP = 'SELECT session FROM session WHERE session > :after ORDER BY session LIMIT :rows';
/** Made of the session alone, which is in the index: the rows of those that are not listed are not read. */
const BARE = `substr(session, 1, instr(session, '/') - 1)`;
/** Of a JID without local part the whole is its domain. */
const DOMAIN = `substr(${BARE}, instr(${BARE}, '@') + 1)`;

/** Lists sessions that are on line: see Overview.devices in domain/overview.ts. */
export function listDevices(db: Database): Overview['devices'] {
  const steps = inSteps<{ n: number }, string>(db, STEP, 'max(session) AS last, count(*) AS n');
  const select = db.prepare<[object], Row>(
    `SELECT session, jid, seen AS heard FROM session
      WHERE session > :after AND session <= :last AND (:of IS NULL OR ${BARE} = :of OR ${DOMAIN} = :of)
      ORDER BY session LIMIT :missing`,
  );
  const countThings = db
    .prepare<[string, number], number>('SELECT count(*) FROM (SELECT 1 FROM thing WHERE jid = ? LIMIT ?)')
    .pluck();

  /** Sessions of one JID lie together. */
  async function withThings(rows: readonly Row[]): Promise<readonly Device[]> {
    const devices: Device[] = [];
    let last: { readonly jid: BareJid; readonly things: number } | undefined;
    for (const { session, jid, heard } of rows) {
      if (last?.jid !== jid) {
        last = { jid, things: countThings.get(jid, MOST_COUNTED) ?? 0 };
        await new Promise((resolve) => setImmediate(resolve));
      }
      devices.push({ session, things: last.things, heard });
    }
    return devices;
  }

  return async ({ of = null, after: from, limit }) => {
    let total = 0;
    for await (const { n } of steps('')) total += n;
    const rows: Row[] = [];
    for await (const { after, last } of steps(from)) {
      rows.push(...select.all({ after, last, of, missing: limit + 1 - rows.length }));
      if (rows.length > limit) break;
    }
    return { devices: await withThings(rows.slice(0, limit)), total, more: rows.length > limit };
  };
}
