import { createInfluxClient } from './influx-client.js';
import { connectMqtt } from './mqtt.js';

/*
 * Stores in InfluxDB what devices publish to a broker, as such programs do: takes the JSON of a message apart, makes a line of
 * it, and writes lines in batches, one batch at a time. Tells its parent how many values are stored so far.
 *
 *     node subscriber.js BROKER_PORT INFLUX_PORT
 */
const [brokerPort, influxPort] = process.argv.slice(2).map(Number);
/** As Telegraf, InfluxDB's own collector, has it. */
const LINES = 1_000;
/** Telegraf waits for 10 s; here it is to be over when the load is. */
const WAIT_MS = 50;

/** What a device publishes, without check: this program is to be as cheap as it can be. */
interface Published {
  readonly thing: string;
  readonly ts: number;
  readonly values: Readonly<Record<string, number>>;
}

const influx = createInfluxClient(influxPort ?? 0);
let lines: string[] = [];
let values = 0;
let stored = 0;
let isWriting = false;

process.once('disconnect', () => process.exit(0));
const client = await connectMqtt(brokerPort ?? 0, 'subscriber');
await client.subscribe('things/+', (payload) => {
  const { thing, ts, values: reported }: Published = JSON.parse(payload);
  const fields = Object.entries(reported).map(([name, value]) => `${name.replaceAll(' ', '\\ ')}=${value}`);
  lines.push(`reading,thing=${thing} ${fields.join(',')} ${ts}`);
  values += fields.length;
  if (lines.length >= LINES) void write();
  else if (lines.length === 1) setTimeout(() => void write(), WAIT_MS);
});
process.send?.(stored);

async function write(): Promise<void> {
  if (isWriting || lines.length === 0) return;
  isWriting = true;
  const batch = lines;
  const now = values;
  lines = [];
  await influx.write(batch);
  isWriting = false;
  stored = now;
  process.send?.(stored);
  if (lines.length >= LINES) void write();
  else if (lines.length > 0) setTimeout(() => void write(), WAIT_MS);
}
