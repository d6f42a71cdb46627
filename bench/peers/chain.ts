import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { end } from '../../scripts/server/child.js';
import { cpuOf } from '../wire/rig.js';
import { type Influx, startInflux } from './influx.js';
import { type Mosquitto, startMosquitto } from './mosquitto.js';
import { connectMqtt, type MqttClient } from './mqtt.js';

/** Devices that publish to Mosquitto, from which a subscriber stores in InfluxDB. */
export interface Chain {
  /** Publishes so many messages with so many fields each; resolves when all of it is stored. */
  run(messages: number, fields: number): Promise<ChainRun>;
  /** @throws where InfluxDB does not have every value that was published. */
  verify(): Promise<void>;
  stop(): Promise<void>;
}

export interface ChainRun {
  /** Stored values per second, from the first message to the last write. */
  readonly perSecond: number;
  /** CPU time for each stored value, in microseconds. */
  readonly cpu: Readonly<Record<'mosquitto' | 'subscriber' | 'influxd', number>>;
}

/** As the readings part has it: so many devices, behind so many gateways, so many messages under way. */
const THINGS = 1_000;
const GATEWAYS = 8;
const AT_ONCE = 512;
const PATIENCE_MS = 60_000;
const START = Date.UTC(2026, 0, 1);

export async function openChain(programs: { mosquitto: string; influxd: string }, folder: string): Promise<Chain> {
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const each of stops.reverse()) await each();
  };
  try {
    const mosquitto = await startMosquitto(programs.mosquitto, folder);
    stops.push(mosquitto.stop);
    const influx = await startInflux(programs.influxd, `${folder}/chain`, 'as it comes');
    stops.push(influx.stop);
    const file = fileURLToPath(new URL('subscriber.js', import.meta.url));
    const subscriber = fork(file, [String(mosquitto.port), String(influx.port)]);
    stops.push(() => end(subscriber, 'SIGTERM'));
    await once(subscriber, 'message');
    const publishers = await Promise.all(
      Array.from({ length: GATEWAYS }, (_, n) => connectMqtt(mosquitto.port, `gateway${n}`)),
    );
    for (const { close } of publishers) stops.push(close);
    return { ...runs(mosquitto, influx, subscriber, publishers), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function runs(mosquitto: Mosquitto, influx: Influx, subscriber: ChildProcess, publishers: readonly MqttClient[]) {
  const pids = { mosquitto: mosquitto.pid, subscriber: subscriber.pid ?? 0, influxd: influx.pid };
  let published = 0;
  let stored = 0;
  let wanted = Number.POSITIVE_INFINITY;
  let done: () => void = () => undefined;
  subscriber.on('message', (values) => {
    stored = Number(values);
    if (stored >= wanted) done();
  });

  /** Publishes the next when one is acknowledged. */
  function publish(messages: number, fields: number): void {
    let sent = 0;
    const next = (): void => {
      if (sent === messages) return;
      const n = sent++ % THINGS;
      const at = published++;
      publishers[n % GATEWAYS]?.publish(`things/${n}`, payloadOf(n, Math.floor(at / THINGS), at, fields), next);
    };
    for (let n = 0; n < AT_ONCE; n++) next();
  }

  return {
    async verify(): Promise<void> {
      const there = await influx.count('SELECT count(*) FROM reading');
      if (there !== stored) throw new Error(`InfluxDB has ${there} values, ${stored} were published`);
    },
    async run(messages: number, fields: number): Promise<ChainRun> {
      const values = messages * fields;
      wanted = stored + values;
      const before = cpuOfEach(pids);
      const begun = performance.now();
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${wanted - stored} are not stored`)), PATIENCE_MS);
        done = () => {
          clearTimeout(late);
          resolve();
        };
        publish(messages, fields);
      });
      const perSecond = (1000 * values) / (performance.now() - begun);
      const after = cpuOfEach(pids);
      const each = (name: keyof typeof pids): number => (after[name] - before[name]) / values;
      const cpu = { mosquitto: each('mosquitto'), subscriber: each('subscriber'), influxd: each('influxd') };
      return { perSecond, cpu };
    },
  };
}

function cpuOfEach(pids: ChainRun['cpu']): ChainRun['cpu'] {
  return { mosquitto: cpuOf(pids.mosquitto), subscriber: cpuOf(pids.subscriber), influxd: cpuOf(pids.influxd) };
}

/** The names, times and values of the readings part, in JSON: without units, types and flags, for which there is no custom. */
function payloadOf(thing: number, minute: number, at: number, fields: number): string {
  const values = Array.from(
    { length: fields },
    (_, n) => `"Field ${n}":${(20 + (((at + n * 31) * 7) % 53) / 10).toFixed(1)}`,
  );
  const ts = START + minute * 60_000 + ((at * 7919) % 400);
  return `{"thing":"n${thing}","ts":${ts},"values":{${values.join(',')}}}`;
}
