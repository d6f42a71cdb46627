import type { Field, Moment, NodeName } from '../reading.js';
import type { SequenceNumber } from './request.js';

/** Values of one node at one time. */
export interface Sample {
  readonly node: NodeName;
  readonly at: Moment;
  readonly fields: readonly Field[];
}

/** Something that could not be read or taken: of which node and time, as they were written, and why, in words. */
export interface Fault {
  readonly node: NodeName;
  /** Empty where there was none. */
  readonly timestamp: string;
  readonly reason: string;
}

/** What a device, or a reader, is sent as `fields` (XEP-0323 section 3). */
export interface Report {
  readonly seqnr: SequenceNumber;
  readonly done: boolean;
  readonly samples: readonly Sample[];
  /** Items that were refused; the others stand. */
  readonly faults: readonly Fault[];
}

/** What is sent as `failure` (XEP-0323 section 3.2). */
export interface Failure {
  readonly seqnr: SequenceNumber;
  readonly done: boolean;
  readonly errors: readonly Fault[];
}
