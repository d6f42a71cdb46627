import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { packageRoot, startServer } from '../scripts/ejabberd/server.js';
import { type Client, connectClient } from '../test/integration/harness/client.js';
import { startComponentProcess } from '../test/integration/harness/component-under-test.js';
import { relayWithKeepalives } from './keepalive-relay.js';

/*
 * Shows whether the component keeps what it should let go of: its resident memory early on and at the end of a long
 * time of keepalives, pings and registrations of ever new Things, through a real server.
 *
 *     npm run soak                                              ten minutes, 100,000 registrations
 *     npm run soak -- --minutes 30 --registrations 1000000
 *     npm run soak -- --quick                                   one minute, 5,000 registrations
 *     npm run soak -- --things 1000                             of no more than so many Things, again and again
 *
 * What may grow is SQLite's page cache, with the database and up to its limit: no leak, and said beside.
 */
const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    registrations: { type: 'string', default: '100000' },
    things: { type: 'string', default: '1000000000' },
    quick: { type: 'boolean', default: false },
  },
});
const minutes = options.quick ? 1 : Number(options.minutes);
const registrations = options.quick ? 5000 : Number(options.registrations);
const things = Number(options.things);
if (!(minutes > 0 && registrations >= 0 && things > 0)) {
  throw new Error('--minutes, --registrations and --things take numbers');
}

/** When memory is looked at for the first time: after a minute, or a third of a shorter time. */
const EARLY_MS = Math.min(60_000, (minutes * 60_000) / 3);
const KEEPALIVE_MS = 10;
const PING_MS = 100;
const ACCOUNTS = 10;
const MIB = 1024 * 1024;
/** As cache_size in src/store/sqlite/open-database.ts has it. */
const PAGE_CACHE_MIB = 8;
/** What the garbage collector may not have come round to. Beyond it the exit status is 1, if there was time to warm up. */
const TOLERATED_MIB = 16;
const PAUSE_MS = 20;
const MOST_AT_ONCE = 200;
const REPORT_MS = 30_000;

const NS = `xmlns='urn:xmpp:iot:discovery'`;
const server = await startServer();
const relay = await relayWithKeepalives(server.componentPort, KEEPALIVE_MS);
const component = await startComponentProcess(
  { ...server, service: `xmpp://127.0.0.1:${relay.port}` },
  { command: join(packageRoot(), 'dist', 'cli', 'main.js') },
  { settings: { THINGSTEAD_LOG_LEVEL: 'warn' } },
);
const racks = await Promise.all(Array.from({ length: ACCOUNTS }, (_, n) => connectClient(server, `rack${n}`)));
try {
  const { early, late } = await soak(Date.now());
  const grown = late.memory - early.memory;
  const cached = Math.min(late.database, PAGE_CACHE_MIB) - Math.min(early.database, PAGE_CACHE_MIB);
  console.info(`resident memory after ${EARLY_MS / 1000} s: ${early.memory.toFixed(1)} MiB`);
  console.info(`resident memory at the end: ${late.memory.toFixed(1)} MiB, ${grown.toFixed(1)} MiB more`);
  console.info(`of which pages of the database, as it grew: up to ${cached.toFixed(1)} MiB`);
  console.info(`warnings and errors in its log: ${component.log.length}`);
  if (EARLY_MS === 60_000 && grown - cached > TOLERATED_MIB) process.exitCode = 1;
} finally {
  await Promise.all(racks.map((rack) => rack.drop()));
  await component.remove();
  relay.stop();
  await server.stop();
}

/** What is looked at, in MiB. */
interface Sizes {
  /** The resident memory of the component's process. */
  readonly memory: number;
  readonly database: number;
}

/** Keeps the component busy, evenly over the time. @returns what there is early on, and at the end. */
async function soak(start: number): Promise<{ readonly early: Sizes; readonly late: Sizes }> {
  const end = start + minutes * 60_000;
  const since = (): number => Date.now() - start;
  const done = { registrations: 0, pings: 0 };
  let early: Sizes | undefined;
  let reportAt = EARLY_MS;
  while (Date.now() < end || done.registrations < registrations) {
    const due = Math.min(registrations, Math.ceil((registrations * since()) / (end - start)));
    const first = done.registrations;
    done.registrations = Math.min(due, first + MOST_AT_ONCE);
    const asked = Array.from({ length: done.registrations - first }, (_, n) => register((first + n) % things));
    for (; done.pings * PING_MS < since(); done.pings++) asked.push(ping(done.pings));
    await Promise.all(asked);
    if (since() >= reportAt) {
      const sizes = report(since(), done);
      early ??= sizes;
      reportAt += REPORT_MS;
    }
    await delay(PAUSE_MS);
  }
  const late = report(since(), done);
  return { early: early ?? late, late };
}

function report(ms: number, done: { readonly registrations: number; readonly pings: number }): Sizes {
  const memory = residentMemory();
  const database = statSync(component.database).size / MIB;
  const time = `${Math.round(ms / 1000)} s`.padStart(6);
  const sizes = `${memory.toFixed(1).padStart(7)} MiB   database ${database.toFixed(1)} MiB`;
  console.info(`${time} ${sizes}, ${done.registrations} registrations, ${relay.sent} keepalives, ${done.pings} pings`);
  return { memory, database };
}

function rackOf(n: number): Client {
  const rack = racks[n % racks.length];
  if (rack === undefined) throw new Error('no accounts');
  return rack;
}

function register(n: number): Promise<void> {
  const tags = `<str name='SN' value='${n}'/><str name='MAN' value='example.org'/><num name='V' value='1.2'/><str name='KEY' value='key-${n}'/>`;
  return ask(rackOf(n), `<register ${NS} nodeId='node-${n}'>${tags}</register>`, 'set');
}

function ping(n: number): Promise<void> {
  return ask(rackOf(n), `<ping xmlns='urn:xmpp:ping'/>`, 'get');
}

async function ask(client: Client, payload: string, type: 'get' | 'set'): Promise<void> {
  const answer = await client.iq(type, server.domain, payload, 60_000);
  if (answer.attrs['type'] !== 'result') throw new Error(`refused: ${answer}`);
}

/** Of the component's process, in MiB. */
function residentMemory(): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(component.pid)], { encoding: 'utf8' })) / 1024;
}
