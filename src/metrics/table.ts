/** What is measured of a component. Times are in seconds and sizes in bytes, as Prometheus has them. */
export interface Metric {
  readonly name: `thingstead_${string}`;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** Each label with all values that it can have: nothing that comes from the wire is ever one. */
  readonly labels?: Readonly<Record<string, readonly string[]>>;
  /** Upper bounds of a histogram. */
  readonly buckets?: readonly number[];
}

export const KINDS = ['iq', 'message', 'presence'] as const;
export type Kind = (typeof KINDS)[number];

/** RFC 6120 section 8.3.3. */
const CONDITIONS = [
  'bad-request',
  'conflict',
  'feature-not-implemented',
  'forbidden',
  'gone',
  'internal-server-error',
  'item-not-found',
  'jid-malformed',
  'not-acceptable',
  'not-allowed',
  'not-authorized',
  'policy-violation',
  'recipient-unavailable',
  'redirect',
  'registration-required',
  'remote-server-not-found',
  'remote-server-timeout',
  'resource-constraint',
  'service-unavailable',
  'subscription-required',
  'undefined-condition',
  'unexpected-request',
] as const;

/** What a stanza came to: an answer, the condition of an error, nothing (as is due to most), or it was for nobody here. */
export const OUTCOMES = ['result', 'none', 'dropped', ...CONDITIONS, 'other'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What is counted by limits; see RATES in domain/rates.ts, and those that hold for all together. */
export const LIMITED = ['iqs', 'messages', 'presence', 'registrations', 'readings', 'under-way'] as const;
export type Limited = (typeof LIMITED)[number];

const FAST = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** THE TABLE of metrics. README, the dashboard and the alerts in contrib/ are held against it by a test. */
export const METRICS = {
  stanzasIn: {
    name: 'thingstead_stanzas_in_total',
    type: 'counter',
    help: 'Stanzas that came in and what they came to',
    labels: { kind: KINDS, outcome: OUTCOMES },
  },
  stanzaSeconds: {
    name: 'thingstead_stanza_seconds',
    type: 'histogram',
    help: 'Time from a stanza to its answer, or to the end of what it asks for',
    labels: { kind: KINDS },
    buckets: FAST,
  },
  stanzasOut: {
    name: 'thingstead_stanzas_out_total',
    type: 'counter',
    help: 'Stanzas that were sent',
    labels: { kind: KINDS },
  },
  stanzasUnsent: {
    name: 'thingstead_stanzas_unsent_total',
    type: 'counter',
    help: 'Stanzas that there was no connection for',
    labels: { kind: KINDS },
  },
  limited: {
    name: 'thingstead_limited_total',
    type: 'counter',
    help: 'What was refused because somebody had done too much of it',
    labels: { limit: LIMITED },
  },
  underWay: { name: 'thingstead_stanzas_under_way', type: 'gauge', help: 'Stanzas that are being dealt with' },
  online: { name: 'thingstead_online', type: 'gauge', help: '1 while the server has let us in' },
  ready: { name: 'thingstead_ready', type: 'gauge', help: '1 while stanzas are served, as /readyz says' },
  disconnects: {
    name: 'thingstead_disconnects_total',
    type: 'counter',
    help: 'Streams that ended, and attempts that failed',
  },
  commitSeconds: {
    name: 'thingstead_commit_seconds',
    type: 'histogram',
    help: 'Time of a transaction, with the work in it and the wait for the disk',
    buckets: FAST,
  },
  commitUnits: {
    name: 'thingstead_commit_units',
    type: 'histogram',
    help: 'Changes that were committed together',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
  },
  commitFailures: {
    name: 'thingstead_commit_failures_total',
    type: 'counter',
    help: 'Transactions that the disk or the database refused',
  },
  commitWaiting: {
    name: 'thingstead_commit_waiting',
    type: 'gauge',
    help: 'Changes that wait for a transaction',
  },
  readings: { name: 'thingstead_readings_stored_total', type: 'counter', help: 'Readings that were stored' },
  unsealed: {
    name: 'thingstead_unsealed_bytes',
    type: 'gauge',
    help: 'Readings that are kept as they arrived, in bytes',
  },
  damaged: {
    name: 'thingstead_damaged_total',
    type: 'counter',
    help: 'Pieces of history that were found damaged and set aside',
  },
  sessions: { name: 'thingstead_sessions', type: 'gauge', help: 'Sessions of Things that are believed to be on line' },
  readOuts: { name: 'thingstead_read_outs', type: 'gauge', help: 'Read-outs that are open' },
  queued: {
    name: 'thingstead_queued_requests',
    type: 'gauge',
    help: 'Requests that wait for their time, or for a device',
  },
  notices: { name: 'thingstead_notices_owed', type: 'gauge', help: 'What Things have yet to be told' },
  commands: { name: 'thingstead_command_sessions', type: 'gauge', help: 'Ad-hoc commands that are being executed' },
} as const satisfies Readonly<Record<string, Metric>>;

export type MetricName = keyof typeof METRICS;
