import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import {
  KINDS,
  type Kind,
  LIMITED,
  type Limited,
  METRICS,
  type Metric,
  type MetricName,
  OUTCOMES,
  type Outcome,
} from './table.js';

/** What is asked at each scrape; it should cost next to nothing. */
export type Gauges = Readonly<Record<GaugeName, () => number | Promise<number>>>;
type GaugeName = { [Name in MetricName]: (typeof METRICS)[Name]['type'] extends 'gauge' ? Name : never }[MetricName];

/** What happens, as those to whom it happens tell it: in ms, as everywhere in here; the page has seconds. */
export interface Metrics {
  /** @param outcome a condition of RFC 6120, or one of {@link OUTCOMES}; anything else counts as `other`. */
  stanzaIn(kind: string, outcome: string, ms: number): void;
  stanzaOut(kind: string, isSent: boolean): void;
  limited(limit: Limited): void;
  disconnected(): void;
  committed(units: number, ms: number): void;
  commitFailed(): void;
  stored(readings: number): void;
  damaged(): void;
  /** The page for Prometheus, and its media type. */
  page(): Promise<{ readonly type: string; readonly text: string }>;
}

/**
 * Counts for one component; two in one process know nothing of each other. The children for all labels are made before
 * anything is counted, so that a stanza costs an addition or two.
 */
export function createMetrics(gauges: Gauges): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of GAUGES) gauge(registry, METRICS[name], gauges[name]);
  const inTotal = byKind(counter(registry, METRICS.stanzasIn), (child, kind) =>
    byName(OUTCOMES, (outcome) => child.labels({ kind, outcome })),
  );
  const seconds = byKind(histogram(registry, METRICS.stanzaSeconds), (child, kind) => child.labels({ kind }));
  const sent = byKind(counter(registry, METRICS.stanzasOut), (child, kind) => child.labels({ kind }));
  const unsent = byKind(counter(registry, METRICS.stanzasUnsent), (child, kind) => child.labels({ kind }));
  const limitedTotal = counter(registry, METRICS.limited);
  const limited = byName(LIMITED, (limit) => limitedTotal.labels({ limit }));
  const disconnects = counter(registry, METRICS.disconnects);
  const commitSeconds = histogram(registry, METRICS.commitSeconds);
  const commitUnits = histogram(registry, METRICS.commitUnits);
  const commitFailures = counter(registry, METRICS.commitFailures);
  const readings = counter(registry, METRICS.readings);
  const damaged = counter(registry, METRICS.damaged);

  return {
    stanzaIn(kind, outcome, ms) {
      if (!isKind(kind)) return;
      inTotal[kind][isOutcome(outcome) ? outcome : 'other'].inc();
      seconds[kind].observe(ms / SECOND);
    },
    stanzaOut(kind, isSent) {
      if (isKind(kind)) (isSent ? sent : unsent)[kind].inc();
    },
    limited: (limit) => limited[limit].inc(),
    disconnected: () => disconnects.inc(),
    committed(units, ms) {
      commitSeconds.observe(ms / SECOND);
      commitUnits.observe(units);
    },
    commitFailed: () => commitFailures.inc(),
    stored: (count) => readings.inc(count),
    damaged: () => damaged.inc(),
    page: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

const SECOND = 1000;

const GAUGES = Object.keys(METRICS).filter((name): name is GaugeName => METRICS[name as MetricName].type === 'gauge');

function isKind(text: string): text is Kind {
  return KINDS.some((kind) => kind === text);
}

const OUTCOME_SET: ReadonlySet<string> = new Set(OUTCOMES);
function isOutcome(text: string): text is Outcome {
  return OUTCOME_SET.has(text);
}

function counter(registry: Registry, { name, help, labels = {} }: Metric): Counter {
  return new Counter({ name, help, labelNames: Object.keys(labels), registers: [registry] });
}

function histogram(registry: Registry, { name, help, labels = {}, buckets = [] }: Metric): Histogram {
  return new Histogram({ name, help, labelNames: Object.keys(labels), buckets: [...buckets], registers: [registry] });
}

function gauge(registry: Registry, { name, help }: Metric, value: () => number | Promise<number>): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    async collect() {
      this.set(await value());
    },
  });
}

function byKind<Parent, Child>(parent: Parent, make: (parent: Parent, kind: Kind) => Child): Record<Kind, Child> {
  return byName(KINDS, (kind) => make(parent, kind));
}

function byName<Name extends string, Made>(names: readonly Name[], make: (name: Name) => Made): Record<Name, Made> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<Name, Made>;
}
