import type { Collected } from '../read-out/collect.js';

/** What owners are told of the runs of a recording. */
export const RECORDED = {
  offline: 'The Thing was off line; it was not asked.',
  collected: ({ values, faults, reason }: Collected): string => {
    const first = reason ?? faults[0]?.reason;
    return first === undefined || first === '' ? counted(values) : `${counted(values)} ${first}`;
  },
} as const;

function counted(values: number): string {
  if (values === 0) return 'No values came.';
  return values === 1 ? '1 value was stored.' : `${values} values were stored.`;
}
