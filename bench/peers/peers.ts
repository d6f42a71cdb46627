import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { type Context, type Figure, median, type Part, quantile } from '../part.js';
import { type Chain, type ChainRun, openChain } from './chain.js';
import { influxSize } from './influx-size.js';
import { findPostgres } from './postgres.js';
import { findProgram } from './program.js';
import { rowPerValue } from './thingsboard-layout.js';

/** Fields a message, as the readings part has them. */
const FIELDS = [1, 3, 10];

/** What others need for the same, on the same machine. One that is not installed is left out. */
export const peers: Part = {
  name: 'peers',
  title: 'Peers: Mosquitto, a subscriber and InfluxDB; PostgreSQL with a row for each value',
  async run(context: Context): Promise<readonly Figure[]> {
    chmodSync(context.folder, 0o711); // PostgreSQL runs as another user, and its folder is inside
    return [...(await influx(context)), ...(await postgres(context))];
  },
};

async function influx({ quick, folder, say }: Context): Promise<readonly Figure[]> {
  const [mosquitto, influxd] = [findProgram('mosquitto'), findProgram('influxd')];
  if (mosquitto === undefined || influxd === undefined) {
    say('left out: Mosquitto or InfluxDB is not installed');
    return [];
  }
  const figures: Figure[] = [];
  const chain = await openChain({ mosquitto, influxd }, folder);
  try {
    for (const fields of FIELDS) {
      say(`${fields} fields a message through Mosquitto into InfluxDB`);
      figures.push(...chainFigures(fields, await rounds(chain, fields, quick)));
    }
    await chain.verify();
  } finally {
    await chain.stop();
  }
  const [things, minutes] = quick ? [4, 3_000] : [40, 10_000];
  say(`${things * 10} series of ${minutes} in InfluxDB, until it has compacted them`);
  const { bytes, cpu } = await influxSize(influxd, join(folder, 'size'), things, minutes);
  return [
    ...figures,
    { id: 'peers.bytes.influx', title: 'InfluxDB: bytes a value, fully compacted', unit: 'B', value: bytes, note: 'data and log; not its index' }, // biome-ignore format: one figure
    { id: 'peers.cpu-compacted.influxd', title: 'InfluxDB alone: CPU time a value, 5,000 lines at once, until compacted', unit: 'µs', value: cpu }, // biome-ignore format: one figure
  ];
}

async function rounds(chain: Chain, fields: number, quick: boolean): Promise<readonly ChainRun[]> {
  const messages = quick ? 5_000 : 30_000;
  const runs: ChainRun[] = [];
  await chain.run(messages, fields); // its series are made by the first
  for (let round = 0; round < (quick ? 3 : 5); round++) runs.push(await chain.run(messages, fields));
  return runs;
}

function chainFigures(fields: number, runs: readonly ChainRun[]): readonly Figure[] {
  const figure = (what: string, words: string, unit: string, values: readonly number[], note?: string): Figure => ({
    id: `peers.${what}.${fields}`,
    title: `${fields} fields a message: ${words}`,
    unit,
    value: median(values),
    rounds: values,
    ...(note !== undefined && { note }),
  });
  const cpu = (of: keyof ChainRun['cpu']): readonly number[] => runs.map((run) => run.cpu[of]);
  const parts = `subscriber ${median(cpu('subscriber')).toFixed(2)}, InfluxDB ${median(cpu('influxd')).toFixed(2)}, not compacted`;
  const both = runs.map(({ cpu: { subscriber, influxd } }) => subscriber + influxd);
  const rate = runs.map(({ perSecond }) => perSecond);
  return [
    figure('rate.influx', 'values stored per second', '/s', rate, 'publishers are acknowledged before storage'),
    figure('cpu-per-reading.influx', 'CPU time of subscriber and InfluxDB for each value', 'µs', both, parts),
    figure('cpu-per-reading.mosquitto', 'CPU time of Mosquitto for each value', 'µs', cpu('mosquitto')),
  ];
}

async function postgres({ quick, folder, say }: Context): Promise<readonly Figure[]> {
  const programs = findPostgres();
  if (programs === undefined) {
    say('left out: PostgreSQL is not installed');
    return [];
  }
  const [things, minutes, times] = quick ? [2, 3_000, 30] : [10, 10_000, 300];
  say(`${things * 10} series of ${minutes} in PostgreSQL`);
  const { bytes, last, day } = await rowPerValue(programs, join(folder, 'postgres'), things, minutes, times);
  return [
    { id: 'peers.bytes.postgres', title: 'PostgreSQL, a row for each value: bytes a value', unit: 'B', value: bytes },
    { id: 'peers.last-2000.postgres', title: 'PostgreSQL: the last 2,000 points of a series, 99th percentile', unit: 'ms', value: quantile(last, 0.99) }, // biome-ignore format: one figure
    { id: 'peers.day.postgres', title: 'PostgreSQL: a day of a minute series, 99th percentile', unit: 'ms', value: quantile(day, 0.99) }, // biome-ignore format: one figure
  ];
}
