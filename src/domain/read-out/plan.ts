import type { Part } from './part.js';
import type { Ends } from './ports.js';
import type { Fault } from './report.js';
import type { ReadRequest } from './request.js';

/** A request that was accepted. */
export interface Plan {
  readonly ends: Ends;
  readonly request: Omit<ReadRequest, 'nodes' | 'when'>;
  readonly parts: readonly Part[];
  /** What is known already not to be readable. */
  readonly faults: readonly Fault[];
  /** Whether it had to wait, and the reader is to be told that it has begun. */
  readonly wasQueued: boolean;
}
