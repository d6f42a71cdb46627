import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, packageRoot, type Server, startServer } from '../../scripts/ejabberd/server.js';
import { isHealthy, run, settingsFor } from '../../test/integration/harness/component-under-test.js';
import { until } from '../../test/integration/harness/until.js';

/** A real ejabberd with our component and the ceilings, each on a domain of its own. */
export interface Rig {
  readonly server: Server;
  /** Domain and process of each. */
  readonly ours: Joined;
  readonly ceiling: Joined;
  /** The ceiling that sends notices. */
  readonly noticing: Joined;
  stop(): Promise<void>;
}

export interface Joined {
  readonly domain: string;
  readonly pid: number;
  /** Where ours serves its metrics. */
  readonly http?: string;
  /** From the start of its process until it served, in ms. */
  readonly startMs: number;
}

const SECRET = 'bench';
const CEILING = 'ceiling.localhost';
const NOTICING = 'noticing.localhost';

/**
 * @param settings of our component, beside those that say what to join. For a profile of it: the environment variable
 * BENCH_NODE_OPTIONS='--cpu-prof --cpu-prof-dir=DIR'.
 */
export async function openRig(database: string, settings: Readonly<Record<string, string>> = {}): Promise<Rig> {
  const server = await startServer({ otherComponents: { [CEILING]: SECRET, [NOTICING]: SECRET } });
  const children: ChildProcess[] = [];
  const ceiling = async (domain: string, ...more: string[]): Promise<Joined> => {
    const program = fileURLToPath(new URL('ceiling.js', import.meta.url));
    const args = [program, String(server.componentPort), domain, SECRET, ...more];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    await once(child.stdout, 'data');
    return { domain, pid: child.pid ?? 0, startMs: 0 };
  };
  try {
    const http = `127.0.0.1:${await freePort()}`;
    const started = performance.now();
    const options = process.env['BENCH_NODE_OPTIONS']?.split(' ') ?? [];
    const [first = '', ...rest] = [...options, join(packageRoot(), 'dist', 'cli', 'main.js'), 'serve'];
    const { child, onLine } = run(first, rest, {
      ...settingsFor(server, database),
      THINGSTEAD_HTTP: http,
      THINGSTEAD_LIMITS: 'off',
      THINGSTEAD_LOG_LEVEL: 'warn',
      ...settings,
    });
    children.push(child);
    onLine((line) => console.error(line));
    await until(() => isHealthy(`http://${http}/readyz`), 'the component is ready', 60_000);
    const startMs = performance.now() - started;
    const ours = { domain: server.domain, pid: child.pid ?? 0, startMs, http: `http://${http}` };
    const [plain, noticing] = await Promise.all([ceiling(CEILING), ceiling(NOTICING, 'notice')]);
    return { server, ours, ceiling: plain, noticing, stop: () => stopAll(server, children) };
  } catch (error) {
    await stopAll(server, children);
    throw error;
  }
}

async function stopAll(server: Server, children: readonly ChildProcess[]): Promise<void> {
  for (const child of children) {
    if (child.exitCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  await server.stop();
}

/** CPU time of a process with all its threads so far, user and system, in microseconds. */
export function cpuOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** Resolves when a process has done nothing for a while: notices, sealing and checkpoints come after the answers. */
export async function settled(pid: number): Promise<void> {
  const until = performance.now() + SETTLE_MS;
  for (let before = -1; before !== cpuOf(pid) && performance.now() < until; ) {
    before = cpuOf(pid);
    await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  }
}

const QUIET_MS = 100;
/** One that seals all the time never comes to rest before it is done. */
const SETTLE_MS = 10_000;

/**
 * How long what was ready to run on ours had to wait for its turn, 99th percentile in ms, since this was last asked.
 */
export async function eventLoopDelay({ http = '' }: Joined): Promise<number> {
  const page = await (await fetch(`${http}/metrics`)).text();
  const seconds = Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(page)?.[1]);
  return Math.max(0, seconds * 1000 - LOOKED_EVERY_MS);
}

/** It is looked so often; of what is late by that much nothing is late. */
const LOOKED_EVERY_MS = 10;

/** Linux counts in hundredths of a second. */
const TICK_US = 10_000;

/** Of all processes of ejabberd's machine, together. */
export function cpuOfServer(): number {
  let sum = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('beam.smp')) sum += cpuOf(Number(pid));
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum;
}

/** Resident memory of a process, in MiB; `peak` is the most that it ever had. */
export function memoryOf(pid: number): { readonly now: number; readonly peak: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const value = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1024;
  return { now: value('VmRSS'), peak: value('VmHWM') };
}
