import { setTimeout as delay } from 'node:timers/promises';
import { groups } from '../store/groups.js';
import { type Report, reports } from '../store/minute-series.js';
import { cpuOf } from '../wire/rig.js';
import { type Stored, startInflux } from './influx.js';

const FIELDS = 10;
const LINES = 5_000;
const POLL_MS = 500;
/** It looks for what to compact once a second; what does not change for so long is done. */
const STILL_MS = 8_000;
const PATIENCE_MS = 90_000;

/** What InfluxDB makes of minute series, fully compacted. */
export interface InfluxSize {
  /** Bytes of data and log for each value. */
  readonly bytes: number;
  /** CPU time of the server for each value, from its being written to its being compacted, in microseconds. */
  readonly cpu: number;
}

/** @throws where the compaction does not come to an end. */
export async function influxSize(
  program: string,
  folder: string,
  things: number,
  minutes: number,
): Promise<InfluxSize> {
  const influx = await startInflux(program, folder, 'soon');
  try {
    const before = cpuOf(influx.pid);
    for (const group of groups(reports(things, minutes, FIELDS), LINES)) await influx.write(group.map(lineOf));
    const values = things * minutes * FIELDS;
    const { data, log } = await compacted(influx.stored);
    const cpu = (cpuOf(influx.pid) - before) / values;
    const there = await influx.count('SELECT count(*) FROM reading');
    if (there !== values) throw new Error(`InfluxDB has ${there} values, ${values} were written`);
    return { bytes: (data + log) / values, cpu };
  } finally {
    await influx.stop();
  }
}

function lineOf({ thing, ms, values }: Report): string {
  return `reading,thing=t${thing} ${values.map((value, n) => `Field\\ ${n}=${value}`).join(',')} ${ms}`;
}

/** Waits until each shard is one file, the log is empty, and nothing changes any more. */
async function compacted(look: () => Stored): Promise<Stored> {
  const deadline = performance.now() + PATIENCE_MS;
  let before = look();
  for (let since = performance.now(); performance.now() < deadline; ) {
    await delay(POLL_MS);
    const now = look();
    const isStill = now.data === before.data && now.log === before.log && now.files === now.shards && now.shards > 0;
    if (!isStill) since = performance.now();
    before = now;
    if (performance.now() - since >= STILL_MS && now.log === 0) return now;
  }
  throw new Error(`not compacted after ${PATIENCE_MS} ms: ${JSON.stringify(before)}`);
}
