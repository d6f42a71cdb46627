import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { freePort } from '../../../scripts/ejabberd/server.js';
import { readConfig } from '../../../src/config.js';
import { createLiveSettings } from '../../../src/live-settings.js';
import { type Running, start, type Tuning } from '../../../src/main.js';
import { leaving } from '../../schemas/leaving.js';
import type { Compiled } from './compiled.js';
import type { Server } from './server.js';
import { until } from './until.js';

/** What a component joins: an ejabberd, or a scripted peer. */
export type Host = Pick<Server, 'service' | 'domain' | 'secret'>;

export interface ComponentOptions {
  /** Settings beside those that say what to join and where its data is. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Whether to wait until it serves; done unless told. */
  readonly awaitReady?: boolean;
  /** A settings file, for a process of its own. */
  readonly config?: string;
}

/** One line of its log: pino's level (30 is info, 40 warn, 50 error), message and details. */
export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [detail: string]: unknown;
}

/** A thingstead on data of its own. */
export interface ComponentUnderTest {
  /** The file of its database. */
  readonly database: string;
  /** What it has logged so far, over all its runs. */
  readonly log: readonly LogLine[];
  isReady(): Promise<boolean>;
  /** Stops in good order. Its data stays. */
  stop(): Promise<void>;
  /** Starts again, stopped before if it runs, on the data that it had. */
  restart(): Promise<void>;
  /** Stops it if it runs, and removes its data. */
  remove(): Promise<void>;
}

/** One that runs as a process of its own, by `thingstead serve`. */
export interface ComponentProcess extends ComponentUnderTest {
  /** Where its health is served. */
  readonly http: string;
  readonly pid: number;
  /** Kills it with SIGKILL. Its data stays. */
  kill(): Promise<void>;
  /** Sends a signal, SIGTERM unless told, and waits for the end. @returns the exit status. */
  terminate(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts a component in this process. */
export async function startComponent(
  host: Host,
  { settings = {}, awaitReady = true }: ComponentOptions = {},
  tuning: Tuning = {},
): Promise<ComponentUnderTest> {
  const data = dataDirectory();
  const live = createLiveSettings(() => readConfig({ ...settingsFor(host, data.database), ...settings }, undefined));
  if ('faults' in live) throw new Error(live.faults.join('\n'));
  leaving.onStreamsOf(host.domain);
  const log: LogLine[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => void log.push(JSON.parse(line)) });
  let running: Running | undefined;

  const component: ComponentUnderTest = {
    database: data.database,
    log,
    isReady: async () => (await running?.isReady()) ?? false,
    async stop() {
      await running?.stop();
      running = undefined;
    },
    async restart() {
      await component.stop();
      running = await start(live.settings, logger, '0.0.0', tuning);
      if (awaitReady) await until(() => component.isReady(), 'the component is ready');
    },
    async remove() {
      await component.stop();
      data.remove();
    },
  };
  await component.restart();
  return component;
}

/** Starts a component as a child of this process. */
export async function startComponentProcess(
  host: Host,
  { command }: Pick<Compiled, 'command'>,
  { settings = {}, awaitReady = true, config }: ComponentOptions = {},
): Promise<ComponentProcess> {
  const data = dataDirectory();
  const http = `127.0.0.1:${await freePort()}`;
  const env = { ...settingsFor(host, data.database), THINGSTEAD_HTTP: http, ...settings };
  leaving.toClientsOf(host.domain);
  const log: LogLine[] = [];
  let child: ChildProcess | undefined;

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    if (child === undefined) return null;
    const ended = child;
    child = undefined;
    if (ended.exitCode === null && ended.signalCode === null) {
      const exited = once(ended, 'close');
      ended.kill(signal);
      await exited;
    }
    return ended.exitCode;
  }

  const component: ComponentProcess = {
    database: data.database,
    http: `http://${http}`,
    log,
    get pid() {
      return child?.pid ?? 0;
    },
    isReady: () => isHealthy(`http://${http}/readyz`),
    terminate: (signal = 'SIGTERM') => end(signal),
    async stop() {
      await end('SIGTERM');
    },
    async kill() {
      await end('SIGKILL');
    },
    async restart() {
      await component.stop();
      const process_ = run(command, ['serve', ...(config === undefined ? [] : ['--config', config])], env);
      child = process_.child;
      process_.onLine((line) => log.push(readLine(line)));
      if (!awaitReady) return;
      await until(async () => {
        if (process_.child.exitCode !== null) throw new Error(`it ended: ${JSON.stringify(log.slice(-5))}`);
        return component.isReady();
      }, 'the component is ready');
    },
    async remove() {
      await component.stop();
      data.remove();
    },
  };
  await component.restart();
  return component;
}

/** Whether a page of its health answers 200; false where nothing answers. */
export async function isHealthy(url: string): Promise<boolean> {
  const response = await fetch(url).catch(() => undefined);
  await response?.arrayBuffer();
  return response?.status === 200;
}

/** Runs the `thingstead` command with no environment but `env`. */
export function run(command: string, args: readonly string[], env: Readonly<Record<string, string>>, cwd = tmpdir()) {
  const child = spawn(process.execPath, [command, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  // A test that fails, or times out, may not come to end it.
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  const listeners: ((line: string) => void)[] = [];
  let rest = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) for (const listener of listeners) listener(line);
  });
  return { child, onLine: (listener: (line: string) => void) => void listeners.push(listener) };
}

/** The environment that makes a component join `host` with its data in `database`. */
export function settingsFor({ service, domain, secret }: Host, database: string): Record<string, string> {
  return {
    THINGSTEAD_SERVICE: service,
    THINGSTEAD_DOMAIN: domain,
    THINGSTEAD_SECRET: secret,
    THINGSTEAD_DATABASE: `sqlite:${database}`,
    THINGSTEAD_HTTP: 'off',
    THINGSTEAD_LOG_LEVEL: 'debug',
  };
}

function readLine(line: string): LogLine {
  try {
    return JSON.parse(line);
  } catch {
    return { level: 60, msg: line }; // no line of a log: the end of a process that died of it
  }
}

function dataDirectory(): { readonly database: string; remove(): void } {
  const directory = mkdtempSync(join(tmpdir(), 'thingstead-data-'));
  return {
    database: join(directory, 'thingstead.db'),
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
