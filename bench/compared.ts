import type { Figure, Target } from './part.js';

/** A figure of ours as a multiple of one of a peer, or what speaks for us the other way round. */
interface Ratio {
  readonly id: string;
  readonly title: string;
  readonly of: string;
  readonly to: string;
  readonly target?: Target;
  readonly note?: string;
}

const RATIOS: readonly Ratio[] = [
  {
    id: 'compared.cpu-per-reading.10',
    title: 'CPU time per stored reading, 10 fields, sealing all the time, against subscriber and InfluxDB',
    of: 'readings.10x1-sealing.cpu',
    to: 'peers.cpu-per-reading.influx.10',
    target: { atMost: 1.5 },
    note: 'theirs without compaction',
  },
  {
    id: 'compared.cpu-per-reading.3',
    title: 'CPU time per stored reading, 3 fields, against subscriber and InfluxDB',
    of: 'readings.3x1.cpu',
    to: 'peers.cpu-per-reading.influx.3',
  },
  {
    id: 'compared.rate.10',
    title: 'Stored readings per second, 10 fields a message, against Mosquitto, subscriber and InfluxDB',
    of: 'readings.10x1.rate',
    to: 'peers.rate.influx.10',
    note: 'their publishers are acknowledged before storage, ours after',
  },
  {
    id: 'compared.rate.batched',
    title: 'Stored readings per second, ours 10 fields at 20 times a message, theirs 10 fields',
    of: 'readings.10x20.rate',
    to: 'peers.rate.influx.10',
    note: 'what batching buys',
  },
  {
    id: 'compared.bytes.influx',
    title: 'Bytes per reading on disk, ours sealed, against InfluxDB compacted',
    of: 'history.many.bytes',
    to: 'peers.bytes.influx',
  },
  {
    id: 'compared.bytes.postgres',
    title: 'Bytes per reading on disk, ours sealed, against a row for each value',
    of: 'history.many.bytes',
    to: 'peers.bytes.postgres',
  },
  {
    id: 'compared.last-2000.postgres',
    title: 'The last 2,000 points of a series, against a row for each value, 99th percentiles',
    of: 'history.last-2000',
    to: 'peers.last-2000.postgres',
    note: 'theirs with what a Unix socket costs',
  },
];

/** What of it can be said: for which both have been measured in this run. */
export function compared(figures: readonly Figure[]): readonly Figure[] {
  const values = new Map(figures.map(({ id, value }) => [id, value]));
  return RATIOS.flatMap(({ of, to, ...ratio }): readonly Figure[] => {
    const [ours, theirs] = [values.get(of), values.get(to)];
    return ours === undefined || theirs === undefined ? [] : [{ ...ratio, unit: '×', value: ours / theirs }];
  });
}
