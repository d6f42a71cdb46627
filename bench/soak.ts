import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { packageRoot, startServer } from '../scripts/ejabberd/server.js';
import { startProxy } from '../test/faults/proxy.js';
import { createRandom } from '../test/faults/random.js';
import { createWeather } from '../test/faults/weather.js';
import { startComponentProcess } from '../test/integration/harness/component-under-test.js';
import { until } from '../test/integration/harness/until.js';
import { relayWithKeepalives } from './keepalive-relay.js';
import { drift, quantile } from './soak/drift.js';
import { startLoad } from './soak/load.js';
import { createProbe, type Held } from './soak/measure.js';

/*
 * Shows whether the component keeps what it should let go of: registrations, claims, pushes, reads and pings through a real
 * server, with keepalives, while the connection is cut and the server restarted, never the component. Once a minute it is
 * measured; of the second half of the time it is said whether it was flat.
 *
 *     npm run soak                          ten minutes
 *     npm run soak -- --minutes 60
 *     npm run soak -- --quick               two minutes, measured every ten seconds, and with a fault every twenty
 *
 * What may grow is the database, and SQLite's page cache with it, up to its limit.
 */
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
  },
});
const minutes = options.quick ? 2 : Number(options.minutes);
if (!(minutes > 0 && minutes <= 7 * 24 * 60)) throw new Error('--minutes takes a number up to a week');
const MEASURE_MS = options.quick ? 10_000 : 60_000;
/** After a minute on line the component tries to connect again without a pause worth the name. */
const FAULT_MS = options.quick ? 20_000 : 75_000;
const KEEPALIVE_MS = 100;
const RECOVERY_MS = 90_000;

/** What is looked at once a minute. Latencies in ms. */
interface Sample extends Held {
  readonly minute: number;
  readonly pingHalf: number;
  readonly ping99: number;
  readonly readHalf: number;
  readonly read99: number;
}

type Figure = Exclude<keyof Sample, 'minute'>;

/**
 * What is to be flat, and by how much it may drift over the second half of the time: what the garbage collector may not
 * have come round to, and what a busy machine does to latencies. The database grows by what it is given.
 */
const FLAT: readonly { readonly figure: Figure; readonly words: string; readonly tolerated: number }[] = [
  { figure: 'resident', words: 'resident memory, MiB', tolerated: 16 },
  { figure: 'heap', words: 'heap after garbage was collected, MiB', tolerated: 4 },
  { figure: 'handles', words: 'open file handles', tolerated: 2 },
  { figure: 'timers', words: 'timers', tolerated: 20 },
  { figure: 'resources', words: 'other handles and requests', tolerated: 4 },
  { figure: 'pingHalf', words: 'ping, median, ms', tolerated: 5 },
  { figure: 'readHalf', words: 'read, median, ms', tolerated: 10 },
];

let isOver = false;
// What was measured until then is told.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    isOver = true;
  });
}
const random = createRandom(Number(options.seed));
const weather = createWeather();
const probe = createProbe();
const server = await startServer();
const proxy = await startProxy(server.address, server.componentPort, random);
const relay = await relayWithKeepalives(proxy.port, KEEPALIVE_MS);
const component = await startComponentProcess(
  { ...server, service: `xmpp://127.0.0.1:${relay.port}` },
  { command: join(packageRoot(), 'dist', 'cli', 'main.js') },
  {
    settings: {
      ...probe.environment,
      THINGSTEAD_LOG_LEVEL: 'warn',
      THINGSTEAD_LIMITS: 'off',
      THINGSTEAD_READINGS_UNSEALED: '1',
      // As many as are kept decoded are soon reached: what grows then is a leak.
      THINGSTEAD_RETENTION_COUNT: '50',
      THINGSTEAD_READOUT_DEADLINE: '5',
    },
  },
);
const load = await startLoad(server, weather);
const faults = new Map<string, number>();
const samples: Sample[] = [];
try {
  await soak(Date.now());
  report();
} finally {
  await load.stop();
  await component.remove();
  relay.stop();
  await proxy.stop();
  await server.stop();
  probe.remove();
}

/** Faults and measurements, one after the other, so that none is measured. */
async function soak(start: number): Promise<void> {
  const end = start + minutes * 60_000;
  let [measureAt, faultAt] = [start + MEASURE_MS, start + FAULT_MS];
  while (Date.now() < end && !isOver) {
    if (Date.now() >= faultAt) {
      await fault();
      faultAt = Date.now() + FAULT_MS;
    }
    if (Date.now() >= measureAt) {
      await measure((Date.now() - start) / 60_000);
      measureAt += MEASURE_MS;
    }
    await delay(200);
  }
}

async function measure(minute: number): Promise<void> {
  const { pings, reads } = load.takeLatencies();
  const held = await probe.measure(component.pid, component.database);
  const sample: Sample = {
    ...held,
    minute,
    pingHalf: quantile(pings, 0.5),
    ping99: quantile(pings, 0.99),
    readHalf: quantile(reads, 0.5),
    read99: quantile(reads, 0.99),
  };
  samples.push(sample);
  const { requests, pushes, lost } = load.done;
  console.info(
    `${minute.toFixed(1).padStart(5)} min: resident ${sample.resident.toFixed(1)} MiB, heap ${sample.heap.toFixed(1)}, ` +
      `database ${sample.database.toFixed(1)}; handles ${sample.handles}, timers ${sample.timers}, others ` +
      `${sample.resources}; ping ${sample.pingHalf.toFixed(1)}/${sample.ping99.toFixed(1)} ms, read ` +
      `${sample.readHalf.toFixed(1)}/${sample.read99.toFixed(1)} ms; ${requests} requests, ${pushes} pushes, ${lost} lost`,
  );
}

async function fault(): Promise<void> {
  const kind = random.pick(['cut', 'cut', 'half open', 'server restarted', 'server killed'] as const);
  faults.set(kind, (faults.get(kind) ?? 0) + 1);
  const spell = weather.begin(kind, { cuts: true, refuses: false });
  const { taken } = proxy;
  if (kind === 'half open') {
    proxy.swallow(['up', 'down']);
    await delay(3_000);
  }
  if (kind === 'server killed') await server.kill();
  if (kind.startsWith('server')) await server.restart();
  else proxy.cut();
  if (kind.startsWith('server')) await load.reconnect();
  await until(() => proxy.taken > taken, 'the component connects again', RECOVERY_MS);
  await until(() => component.isReady(), 'the component is ready', RECOVERY_MS);
  weather.end(spell);
}

function report(): void {
  const second = samples.slice(Math.floor(samples.length / 2));
  const kinds = [...faults].map(([kind, count]) => `${kind} ${count}`).join(', ');
  const { requests, pushes, reads, lost } = load.done;
  console.info(
    `${requests} requests, ${pushes} pushes, ${reads} reads, ${lost} lost with a connection; faults: ${kinds}`,
  );
  console.info(`over the last ${second.length} measurements:`);
  for (const { figure, words, tolerated } of FLAT) {
    const values = second.map((sample) => sample[figure]).filter((value) => !Number.isNaN(value));
    const by = drift(values);
    const isFlat = by <= tolerated;
    const [first, last] = [values[0] ?? Number.NaN, values.at(-1) ?? Number.NaN];
    const verdict = isFlat ? 'flat' : `NOT FLAT (at most ${tolerated})`;
    console.info(`  ${words}: ${first.toFixed(1)} to ${last.toFixed(1)}, drift ${by.toFixed(2)}: ${verdict}`);
    if (!isFlat) process.exitCode = 1;
  }
  const errors = component.log.filter(({ level }) => level >= 50);
  for (const line of errors.slice(0, 10)) console.info(`  in its log: ${JSON.stringify(line).slice(0, 500)}`);
  for (const wrong of load.wrongs.slice(0, 10)) console.info(`  wrong: ${wrong}`);
  console.info(`errors in its log: ${errors.length}; otherwise wrong: ${load.wrongs.length}`);
  if (errors.length + load.wrongs.length > 0) process.exitCode = 1;
}
