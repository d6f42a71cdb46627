import { count, type Wrong } from './model.js';
import type { Played } from './play-seed.js';

/** Of many seeds. */
export interface Total {
  seeds: number;
  requests: number;
  wrongs: number;
  readonly failed: number[];
  readonly faults: Map<string, number>;
  readonly acknowledged: Map<string, number>;
  readonly maybe: Map<string, number>;
  readonly byWrong: Map<string, number>;
}

export function createTotal(): Total {
  return {
    ...{ seeds: 0, requests: 0, wrongs: 0, failed: [] },
    ...{ faults: new Map(), acknowledged: new Map(), maybe: new Map(), byWrong: new Map() },
  };
}

export function addTo(total: Total, { seed, requests, faults, acknowledged, maybe, wrongs }: Played): void {
  total.seeds += 1;
  total.requests += requests;
  total.wrongs += wrongs.length;
  if (wrongs.length > 0) total.failed.push(seed);
  for (const [kind, n] of faults) count(total.faults, kind, n);
  for (const [kind, n] of acknowledged) count(total.acknowledged, kind, n);
  for (const [kind, n] of maybe) count(total.maybe, kind, n);
  for (const { wrong } of wrongs) count(total.byWrong, wrong);
}

/** A line for a seed, and one for everything that was wrong. */
export function describe({ seed, requests, faults, acknowledged, wrongs, ms }: Played): string {
  const line =
    `seed ${seed}: ${wrongs.length === 0 ? 'nothing lost' : `${wrongs.length} WRONG`}, ${requests} requests, ` +
    `${sum(acknowledged)} acknowledged, ${Math.round(ms / 1000)} s; ${table(faults)}`;
  return [line, ...wrongs.map(({ wrong, text }) => `  ${WORDS[wrong]}: ${text}`)].join('\n');
}

export function describeTotal(total: Total): string {
  const { seeds, requests, faults, acknowledged, maybe, byWrong, failed } = total;
  return [
    `${seeds} seeds, ${requests} requests, ${sum(faults)} faults`,
    `faults: ${table(faults)}`,
    `acknowledged: ${table(acknowledged)}`,
    `answers lost with a connection: ${table(maybe)}`,
    ...Object.entries(WORDS).map(([wrong, words]) => `${words}: ${byWrong.get(wrong) ?? 0}`),
    failed.length === 0 ? 'all seeds passed' : `failed: SEED=${failed.join(', SEED=')}`,
  ].join('\n');
}

const WORDS: Readonly<Record<Wrong, string>> = {
  lost: 'lost',
  seen: 'wrongly seen',
  happened: 'happened although refused',
  unanswered: 'unanswered',
  log: 'unexpected in the log',
  other: 'otherwise wrong',
};

function table(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([kind, n]) => `${kind} ${n}`).join(', ') || 'none';
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((all, n) => all + n, 0);
}
