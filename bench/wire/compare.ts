import { type Figure, median, quantile, type Target } from '../part.js';
import type { Ran } from './load.js';
import { cpuOf, type Joined, settled } from './rig.js';

/** One and the same work, given to ours and to a ceiling in turn. */
export interface Comparison {
  readonly id: string;
  readonly title: string;
  /** Operations a request; 1 unless told. */
  readonly each?: number;
  readonly of?: string;
  readonly share?: Target;
  readonly floor?: Target;
  readonly rounds: number;
  readonly requests: number;
  readonly ours: (round: number) => Promise<Ran>;
  readonly ceiling: (round: number) => Promise<Ran>;
}

/**
 * Runs both in alternating rounds.
 *
 * @returns the rate, its share of the ceiling's (the median of the rounds' shares), and CPU time per operation of both.
 */
export async function compare(work: Comparison, ours: Joined, ceiling: Joined): Promise<readonly Figure[]> {
  const { id, title, rounds, requests, each = 1, of = 'operations' } = work;
  const [rates, shares, ourCpu, ceilingCpu]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round < rounds; round++) {
    const before = [cpuOf(ours.pid), cpuOf(ceiling.pid)] as const;
    const one = await work.ours(round);
    await settled(ours.pid); // what ours still does belongs to its own round
    const between = cpuOf(ours.pid);
    const other = await work.ceiling(round);
    rates.push(one.perSecond * each);
    shares.push(one.perSecond / other.perSecond);
    ourCpu.push((between - before[0]) / (requests * each));
    ceilingCpu.push((cpuOf(ceiling.pid) - before[1]) / (requests * each));
  }
  const figure = (
    what: string,
    words: string,
    unit: string,
    values: readonly number[],
    more: Partial<Figure> = {},
  ): Figure => ({
    id: `${id}.${what}`,
    title: `${title}: ${words}`,
    unit,
    value: median(values),
    rounds: values,
    ...more,
  });
  const { share, floor } = work;
  return [
    figure('rate', `${of} per second`, '/s', rates),
    figure('share', 'share of the ceiling', '', shares, { ...(share && { target: share }), ...(floor && { floor }) }),
    figure('cpu', `CPU time of ours per operation`, 'µs', ourCpu),
    figure('ceiling-cpu', `CPU time of the ceiling per operation`, 'µs', ceilingCpu),
  ];
}

/** The latencies of both at so many outstanding, in turn. */
export async function compareLatency(
  work: Comparison,
  ours: Joined,
  atOnce: number,
  target?: Target,
): Promise<readonly Figure[]> {
  const [p50, p99, multiples]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < work.rounds; round++) {
    const one = await work.ours(round);
    await settled(ours.pid);
    const other = await work.ceiling(round);
    p50.push(median(one.latencies));
    p99.push(quantile(one.latencies, 0.99));
    multiples.push(quantile(one.latencies, 0.99) / quantile(other.latencies, 0.99));
  }
  const { id, title } = work;
  const at = `at ${atOnce} outstanding`;
  return [
    { id: `${id}.p50-${atOnce}`, title: `${title}: median latency ${at}`, unit: 'ms', value: median(p50), rounds: p50 },
    {
      id: `${id}.p99-${atOnce}`,
      title: `${title}: 99th percentile ${at}`,
      unit: 'ms',
      value: median(p99),
      rounds: p99,
    },
    {
      id: `${id}.p99-multiple-${atOnce}`,
      title: `${title}: 99th percentile ${at}, multiple of the ceiling's`,
      unit: '×',
      value: median(multiples),
      rounds: multiples,
      ...(target && { target }),
    },
  ];
}
