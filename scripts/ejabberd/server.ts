import { randomBytes, randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { configuration } from './configuration.js';
import { containerEngine, dockerAnswers } from './container.js';
import type { Engine } from './engine.js';
import { findInstallation, localEngine } from './local.js';

export interface ServerOptions {
  /** The component's domain; `things.localhost` unless told. */
  readonly domain?: string;
  /** The component's secret; a random one unless told. */
  readonly secret?: string;
  /** Ports to use where they matter to someone, as in the demo; free ones unless told. */
  readonly c2sPort?: number;
  readonly componentPort?: number;
  readonly wsPort?: number;
  /** Further components that may connect, domain to secret. */
  readonly otherComponents?: Readonly<Record<string, string>>;
  /** Networks from which accounts may be registered; loopback unless told. */
  readonly registrationFrom?: readonly string[];
}

/** A running ejabberd. Its ports stay the same through `restart`. */
export interface Server {
  /** The address to connect to. */
  readonly address: string;
  /** The XMPP host: accounts are `user@host`. */
  readonly host: string;
  /** The component's domain and secret, and what THINGSTEAD_SERVICE is to be. */
  readonly domain: string;
  readonly secret: string;
  readonly service: string;
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly wsPort: number;
  /** Stops it in good order and removes all that it left. Does nothing the second time. */
  stop(): Promise<void>;
  /** Kills it with SIGKILL. `restart` brings it back; `stop` cleans up. */
  kill(): Promise<void>;
  /** Stops it if it runs, starts it with the accounts and rosters that it had, and waits until it listens. */
  restart(): Promise<void>;
  /** What it has logged so far. */
  logs(): Promise<string>;
}

const ADDRESS = '127.0.0.1';
const HOST = 'localhost';
const START_TIMEOUT_MS = 30_000;
const POLL_MS = 20;
const ATTEMPTS = 3;

/**
 * Starts an ejabberd with the shipped configuration on loopback: an installed one, or where none is installed and a
 * Docker engine answers, the official image. Demo and tests both start it from here, so that what the tests
 * prove is what a reader of the demo sees.
 *
 * @throws where there is neither, or where it does not come up; the message then ends with its log.
 */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      // Somebody may have taken a port since it was found free; tests start servers side by side.
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOnce(options: ServerOptions): Promise<Server> {
  const domain = options.domain ?? 'things.localhost';
  const secret = options.secret ?? randomBytes(20).toString('hex');
  const c2sPort = options.c2sPort ?? (await freePort());
  const componentPort = options.componentPort ?? (await freePort());
  const wsPort = options.wsPort ?? (await freePort());
  const engine = await chooseEngine({
    c2sPort,
    componentPort,
    wsPort,
    configurationFor: (inside) =>
      configuration(join(packageRoot(), 'ejabberd.yml'), {
        ...{ domain, secret, c2sPort, componentPort, wsPort },
        otherComponents: options.otherComponents ?? {},
        address: inside.address,
        registrationFrom: options.registrationFrom ?? inside.registrationFrom,
      }),
  });
  const openings = new Map([
    [c2sPort, `<stream:stream to='${HOST}' xmlns='jabber:client' ${STREAM}>`],
    [componentPort, `<stream:stream to='${domain}' xmlns='jabber:component:accept' ${STREAM}>`],
    [wsPort, 'GET / HTTP/1.0\r\n\r\n'],
  ]);
  const start = async () => {
    await engine.start();
    await untilAnswering(engine, openings);
  };
  const stop = async () => {
    await engine.stop();
    await engine.remove();
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ address: ADDRESS, host: HOST, domain, secret, c2sPort, componentPort, wsPort },
    service: `xmpp://${ADDRESS}:${componentPort}`,
    stop,
    kill: () => engine.kill(),
    async restart() {
      await engine.stop();
      await start();
    },
    logs: () => engine.logs(),
  };
}

async function chooseEngine(options: Parameters<typeof localEngine>[1]): Promise<Engine> {
  const installation = findInstallation();
  if (installation !== undefined) return localEngine(installation, options);
  if (await dockerAnswers()) return containerEngine(options);
  throw new Error('there is no ejabberd and no Docker engine here: run `npm run setup`, or install one of the two');
}

/** Where package.json and ejabberd.yml are, seen from the source as well as from what was compiled of it. */
export function packageRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(join(folder, 'ejabberd.yml'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`no ejabberd.yml in any folder above ${import.meta.dirname}`);
    folder = parent;
  }
  return folder;
}

// Below the range from which the system takes ports for outgoing connections: those may take a port that is free now
// before ejabberd listens on it, and while it restarts, a client that keeps trying it may even connect to itself.
/** A port of loopback on which nothing listens, for a server that stays on it. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, 32_000);
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, ADDRESS, () => probe.close(() => resolve(true)));
  });
}

const STREAM = "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'";

async function untilAnswering(engine: Engine, openings: ReadonlyMap<number, string>): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (const [port, opening] of openings) {
    while (!(await answers(port, opening))) {
      const ended = !(await engine.running());
      if (ended || Date.now() > deadline) {
        const what = ended
          ? 'ended while starting'
          : `does not answer on port ${port} after ${START_TIMEOUT_MS / 1000} s`;
        throw new Error(`ejabberd ${what}. Its log:\n${await engine.logs()}`);
      }
      await delay(POLL_MS);
    }
  }
}

// To be let in is not enough: before a container's ports the Docker proxy takes any connection, listener or no.
function answers(port: number, opening: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, ADDRESS, () => socket.write(opening));
    const done = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(1000, () => done(false));
    socket.once('data', () => done(true));
    socket.once('error', () => done(false));
    socket.once('close', () => done(false));
  });
}
