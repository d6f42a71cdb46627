import type { QueuedReadOut } from '../ports.js';
import type { Plan } from './plan.js';

/** A request that was accepted and has not ended. */
export interface RequestInProgress {
  readonly plan: Plan;
  /** `open`: it is being answered; `queued`: it waits for its time. */
  readonly state: 'open' | 'queued';
  /** Since when it is open, or when it is due; in ms since 1970. */
  readonly at: number;
}

/** One that begins just now may still have its row in the queue: it is open. */
export function inProgress(
  open: readonly { readonly plan: Plan; readonly since: number }[],
  queued: readonly QueuedReadOut[],
): readonly RequestInProgress[] {
  const waiting = queued.filter((each) => !open.some(({ plan }) => isSame(plan, each.plan)));
  return [
    ...open.map(({ plan, since }): RequestInProgress => ({ plan, state: 'open', at: since })),
    ...waiting.map(({ plan, due }): RequestInProgress => ({ plan, state: 'queued', at: due })),
  ];
}

function isSame(a: Plan, b: Plan): boolean {
  return a.ends.asker === b.ends.asker && a.request.seqnr.value === b.request.seqnr.value;
}
