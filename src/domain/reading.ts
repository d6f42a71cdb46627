import type { OwnershipId } from './thing.js';

/** The ten types of values (XEP-0323 section 5.4). */
export const VALUE_TYPES = [
  'boolean',
  'date',
  'dateTime',
  'duration',
  'enum',
  'int',
  'long',
  'numeric',
  'string',
  'time',
] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/** The field types that a reading may have (XEP-0323 section 5.6), in the order of the schema. */
export const FIELD_TYPES = [
  'momentary',
  'peak',
  'status',
  'computed',
  'identity',
  'historicalSecond',
  'historicalMinute',
  'historicalHour',
  'historicalDay',
  'historicalWeek',
  'historicalMonth',
  'historicalQuarter',
  'historicalYear',
  'historicalOther',
] as const;
export type FieldType = (typeof FIELD_TYPES)[number];

/** The flags of quality (XEP-0323 section 5.7), in the order of the schema. */
export const QUALITIES = [
  'missing',
  'inProgress',
  'automaticEstimate',
  'manualEstimate',
  'manualReadout',
  'automaticReadout',
  'timeOffset',
  'warning',
  'error',
  'signed',
  'invoiced',
  'endOfSeries',
  'powerFailure',
  'invoiceConfirmed',
] as const;
export type Quality = (typeof QUALITIES)[number];

/** One field of a node at a time, as reported: nothing of it is rounded, converted or filled in. */
export interface Field {
  readonly name: string;
  readonly type: ValueType;
  /** As written: `10.00` is not `10`. Checked against its type. */
  readonly value: string;
  /** Of a `numeric`; empty where it has none. */
  readonly unit: string;
  /** Of an `enum`; empty for the others. */
  readonly dataType: string;
  readonly fieldTypes: ReadonlySet<FieldType>;
  readonly qualities: ReadonlySet<Quality>;
  /** Localisation (XEP-0323 section 6.2), kept as written. */
  readonly module?: string;
  readonly stringIds?: string;
  readonly writable?: boolean;
}

/** A moment as reported: UTC milliseconds since 1970 and, where the sender said it, the offset in minutes. */
export interface Moment {
  readonly ms: number;
  readonly offsetMinutes?: number;
}

/**
 * A node as a device names it; all empty where it names none. Of the nodes that a Thing reports, the first one ever
 * reported is the Thing itself (DESIGN section 2).
 */
export interface NodeName {
  readonly nodeId: string;
  readonly sourceId: string;
  readonly cacheType: string;
}

/** A field of a Thing at a time: what is stored. The key is (ownership, node, name, type, unit, time in ms). */
export interface Reading extends Field {
  readonly node: NodeName;
  readonly at: Moment;
}

/** Readings, and whose they are. */
export interface OwnedReadings {
  readonly ownership: OwnershipId;
  readonly readings: readonly Reading[];
}

/**
 * Strengths of trust, weakest first (XEP-0323 section 5.7; DESIGN section 4, "One reading"). A stored value gives way to one of
 * the same trust or more. The other flags do not rank.
 */
const TRUST: readonly Quality[] = [
  'missing',
  'inProgress',
  'automaticEstimate',
  'manualEstimate',
  'manualReadout',
  'automaticReadout',
  'signed',
  'invoiced',
  'invoiceConfirmed',
];

/** The strongest flag of trust that is set; a field without any of them counts as automaticReadout. */
export function strongestOf(qualities: ReadonlySet<Quality>): Quality {
  return TRUST.findLast((quality) => qualities.has(quality)) ?? 'automaticReadout';
}

/**
 * How much a reading is to be trusted: the strongest flag that is set, twice over, plus one if `signed` stands beside a
 * stronger one (which decides ties). A field without any of them counts as automaticReadout.
 */
export function trustOf(qualities: ReadonlySet<Quality>): number {
  const rank = TRUST.indexOf(strongestOf(qualities));
  return rank * 2 + (rank > TRUST.indexOf('signed') && qualities.has('signed') ? 1 : 0);
}

/** What part of a history is asked for. Bounds are inclusive, in ms since 1970. */
export interface HistoryQuery {
  readonly ownership: OwnershipId;
  readonly node?: NodeName;
  readonly names?: readonly string[];
  readonly from?: number;
  readonly to?: number;
  /** The other way round: exactly so. */
  readonly newestFirst?: boolean;
}

/** Where a page of history ended: opaque to all but the store. */
export type HistoryCursor = string & { readonly __cursor: true };

export interface HistoryPage {
  /** Oldest first, unless asked otherwise; of one time, in a fixed order. */
  readonly readings: readonly Reading[];
  /** Absent on the last page. */
  readonly next?: HistoryCursor;
}
