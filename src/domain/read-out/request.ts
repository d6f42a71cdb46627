import type { FieldType, Moment, NodeName } from '../reading.js';

/** An xs:int that names a read-out to the one who asked for it. The text is echoed to the letter: `007` stays `007`. */
export interface SequenceNumber {
  readonly value: number;
  readonly text: string;
}

/** What a provisioning server gave the asker: passed on to the device, never stored and never logged (XEP-0323 section 7). */
export interface Tokens {
  readonly service?: string;
  readonly device?: string;
  readonly user?: string;
}

/** A field that is wanted in another unit than that in which it is reported. */
export interface UnitAsked {
  readonly name: string;
  /** In any spelling that a device may use. */
  readonly unit: string;
}

/** A request for a read-out (XEP-0323 section 3). */
export interface ReadRequest {
  readonly seqnr: SequenceNumber;
  /** Those asked for, `all` and `historical` spelt out; empty where none was named. */
  readonly types: ReadonlySet<FieldType>;
  /** Empty: everything that the address stands for. */
  readonly nodes: readonly NodeName[];
  /** Names of fields; empty: all. */
  readonly fields: readonly string[];
  /** Of some of these, the unit in which they are wanted; each name once. */
  readonly units?: readonly UnitAsked[];
  /** Both inclusive; they bound historical values only. */
  readonly from?: Moment;
  readonly to?: Moment;
  /** When to begin; absent: now. */
  readonly when?: Moment;
  readonly tokens: Tokens;
}
