/**
 * How large things may be. Lengths are in characters (UTF-16 units) as written; what is larger is refused by name, and
 * nothing is cut.
 */
export const LIMITS = {
  /** The value of a string or an enum. */
  text: 64 * 1024,
  /** The value of any other type. */
  value: 1024,
  /** The name of a field. */
  name: 1023,
  unit: 255,
  dataType: 1023,
  module: 1023,
  stringIds: 1023,
  /** A node id, source id or cache type. */
  node: 1023,
  token: 8 * 1024,
  /** A device's words on what went wrong. */
  errorText: 1023,
  /** Fields, timestamps and nodes together in one message. */
  itemsPerMessage: 10_000,
  /** Errors in one `failure`. */
  errorsPerMessage: 1000,
  /** Nodes, and names of fields, in one request. */
  nodesPerRequest: 100,
  fieldsPerRequest: 1000,
} as const;

/** Those that an operator may set. */
export interface ReportLimits {
  readonly text: number;
  readonly itemsPerMessage: number;
}
