import type { Counts } from '../domain/overview.js';
import type { Context } from './context.js';
import type { Load } from './load.js';
import { operation } from './operation.js';
import { done } from './outcome.js';

/** An administrator sees how much there is of everything. */
export const statistics = operation({
  name: 'statistics',
  label: 'Statistics',
  about:
    'Counts what there is: Things, owners, readings, what is on line and under way, and what it takes of disk and memory.',
  may: 'administrator',
  fields: {},

  async run(_input, { services }) {
    const measured = { ...services.load(), ...(await services.store.overview.counts()), ...(await failures(services)) };
    const facts = FACTS.map(([name, label, of]) => ({ name, label, values: [String(of(measured))] }));
    const { things, owners } = measured;
    return done(`${things} ${things === 1 ? 'Thing' : 'Things'}, ${owners} ${owners === 1 ? 'owner' : 'owners'}.`, {
      facts,
    });
  },
});

const HOUR = 60 * 60 * 1000;

type Measured = Counts & Load & { readonly failedClaims: number };

const FACTS: readonly (readonly [name: string, label: string, of: (measured: Measured) => string | number])[] = [
  ['things', 'Things', ({ things }) => things],
  ['claimed', 'Things with an owner', ({ claimed }) => claimed],
  ['public', 'Public Things', ({ isPublic }) => isPublic],
  ['self-owned', 'Things that are their own', ({ selfOwned }) => selfOwned],
  ['owners', 'Owners', ({ owners }) => owners],
  ['ended', 'Ended ownerships, kept for now', ({ ended }) => ended],
  ['sessions', 'Sessions of Things on line', ({ sessions }) => sessions],
  ['notices', 'Notices owed to Things', ({ notices }) => notices],
  ['words', 'Words owed to people', ({ words }) => words],
  ['recordings', 'Recordings', ({ recordings }) => recordings],
  ['queued', 'Requests that wait for their time', ({ queued }) => queued],
  ['read-outs', 'Read-outs under way', ({ readOuts }) => readOuts.total ?? 0],
  ['command-sessions', 'Commands under way', ({ commandSessions }) => commandSessions.total ?? 0],
  ['failed-claims', 'Failed claims in the last hour', ({ failedClaims }) => failedClaims],
  ['series', 'Series of readings', ({ series }) => series],
  ['readings', 'Readings', ({ readings }) => readings],
  ['audit-entries', 'Entries of the audit trail', ({ auditEntries }) => auditEntries],
  ['database', 'Database (bytes)', ({ bytes }) => bytes.database],
  ['database-free', 'Free room in the database (bytes)', ({ bytes }) => bytes.free],
  ['log', 'Write-ahead log of the database (bytes)', ({ bytes }) => bytes.log],
  ['memory', 'Memory of the process (bytes)', ({ memory }) => memory.rss],
  ['heap', 'Heap of the process (bytes)', ({ memory }) => memory.heap],
  ['delay-p50', 'Delay of the event loop, median (ms)', ({ eventLoopDelay }) => eventLoopDelay.p50],
  ['delay-p99', 'Delay of the event loop, 99th percentile (ms)', ({ eventLoopDelay }) => eventLoopDelay.p99],
  ['uptime', 'Running for (seconds)', ({ uptimeMs }) => Math.floor(uptimeMs / 1000)],
  ['version', 'Version', ({ version }) => version],
  ['schema', 'Version of the database', ({ schema }) => schema],
];

async function failures({ store, clock }: Context['services']): Promise<{ readonly failedClaims: number }> {
  const [failedClaims = 0] = await store.failedClaims.count(['*'], clock.now() - HOUR);
  return { failedClaims };
}
