import { stat } from 'node:fs/promises';
import type { Database } from 'better-sqlite3';
import type { Counts, Overview } from '../../domain/overview.js';
import { inSteps } from './in-steps.js';
import type { Sealer } from './readings/sealer.js';

/** Counts all that there is: see Overview.counts in domain/overview.ts. Readings are counted as they are sealed, so all are. */
export function counts(db: Database, sealing: Sealer): Overview['counts'] {
  const things = tally(db, 'thing (id, visibility)', { rows: 'count(*)', isPublic: 'total(visibility = 1)' });
  const ownerships = tally(db, 'ownership (key, ended, self_owned)', {
    claimed: 'total(ended IS NULL)',
    selfOwned: 'total(self_owned AND ended IS NULL)',
    ended: 'total(ended IS NOT NULL)',
  });
  const series = tally(db, 'series (key, readings)', { rows: 'count(*)', readings: 'total(readings)' });
  const sessions = tally(db, 'session (session)', { rows: 'count(*)' }, '');
  const notices = tally(db, 'notice (id)', { rows: 'count(*)' }, '');
  const friendNotices = tally(db, 'friend_notice (id)', { rows: 'count(*)' }, '');
  const words = tally(db, 'owed_words (key)', { rows: 'count(*)' });
  const recordings = tally(db, 'recording (ownership)', { rows: 'count(*)' });
  const queued = tally(db, 'queued_read_out (rowid)', { rows: 'count(*)' });
  const owners = ownersOf(db);
  // Entries have neighbouring numbers, and go from the oldest on.
  const audit = db.prepare<[], number>('SELECT coalesce(max(id) - min(id) + 1, 0) FROM audit').pluck();
  const pragma = (name: string) => Number(db.pragma(name, { simple: true }));

  async function bytes(): Promise<Counts['bytes']> {
    const page = pragma('page_size');
    const log = await stat(`${db.name}-wal`).then(
      ({ size }) => size,
      () => 0,
    ); // in memory there is none
    return { database: page * pragma('page_count'), log, free: page * pragma('freelist_count') };
  }

  return async () => {
    await sealing.all();
    const { rows, isPublic } = await things();
    const { claimed, selfOwned, ended } = await ownerships();
    const kept = await series();
    return {
      things: rows,
      claimed,
      isPublic,
      selfOwned,
      owners: await owners(),
      ended,
      sessions: (await sessions()).rows,
      notices: (await notices()).rows + (await friendNotices()).rows,
      words: (await words()).rows,
      recordings: (await recordings()).rows,
      queued: (await queued()).rows,
      series: kept.rows,
      readings: kept.readings,
      auditEntries: audit.get() ?? 0,
      bytes: await bytes(),
      schema: pragma('user_version'),
    };
  };
}

/**
 * @param what a table and the columns that are looked at, the first of which is its key: others would take time to read.
 * @param sums by name, what is to be added up over all steps.
 */
function tally<Name extends string>(
  db: Database,
  what: `${string} (${string})`,
  sums: Readonly<Record<Name, string>>,
  from: number | string = 0,
): () => Promise<Readonly<Record<Name, number>>> {
  const [table = '', columns = ''] = what.slice(0, -1).split(' (');
  const [key] = columns.split(', ');
  const names = Object.keys(sums) as Name[];
  const steps = inSteps<Record<Name, number>, number | string>(
    db,
    `SELECT ${columns} FROM ${table} WHERE ${key} > :after ORDER BY ${key} LIMIT :rows`,
    [`max(${key}) AS last`, ...names.map((name) => `${sums[name]} AS ${name}`)].join(', '),
  );
  return async () => {
    const totals = Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
    for await (const step of steps(from)) for (const name of names) totals[name] += step[name];
    return totals;
  };
}

/** From one owner to the next, past all that each has: one may have a million Things. */
function ownersOf(db: Database): () => Promise<number> {
  const next = (owner: string) => `(SELECT min(owner) FROM ownership WHERE ended IS NULL AND owner > ${owner})`;
  const steps = inSteps<{ n: number }, string>(
    db,
    `WITH RECURSIVE one (owner) AS (
       SELECT ${next(':after')} UNION ALL SELECT ${next('one.owner')} FROM one WHERE one.owner IS NOT NULL LIMIT :rows)
     SELECT owner FROM one`,
    'max(owner) AS last, count(owner) AS n',
  );
  return async () => {
    let owners = 0;
    for await (const { n } of steps('')) owners += n;
    return owners;
  };
}
