import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from './engine.js';
import type { Server } from './server.js';

/** What a server is called, and what it is to listen on. */
export interface Place {
  /** The program, for errors. */
  readonly program: string;
  readonly address: string;
  readonly host: string;
  readonly domain: string;
  readonly secret: string;
  readonly c2sPort: number;
  readonly componentPort: number;
  readonly wsPort: number;
}

const START_TIMEOUT_MS = 30_000;
const POLL_MS = 20;
const STREAM = "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'";

/**
 * Starts a server and waits until it answers on its ports.
 *
 * @throws where it does not come up; the message then ends with its log, and nothing is left of it.
 */
export async function runServer(engine: Engine, { program, ...place }: Place): Promise<Server> {
  const openings = new Map([
    [place.c2sPort, `<stream:stream to='${place.host}' xmlns='jabber:client' ${STREAM}>`],
    [place.componentPort, `<stream:stream to='${place.domain}' xmlns='jabber:component:accept' ${STREAM}>`],
    [place.wsPort, 'GET / HTTP/1.0\r\n\r\n'],
  ]);
  const start = async () => {
    await engine.start();
    await untilAnswering(engine, program, place.address, openings);
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
    ...place,
    service: `xmpp://${place.address}:${place.componentPort}`,
    stop,
    kill: () => engine.kill(),
    pause: () => engine.pause(),
    resume: () => engine.resume(),
    async restart() {
      await engine.stop();
      await start();
    },
    logs: () => engine.logs(),
  };
}

async function untilAnswering(
  engine: Engine,
  program: string,
  address: string,
  openings: ReadonlyMap<number, string>,
): Promise<void> {
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (const [port, opening] of openings) {
    while (!(await answers(address, port, opening))) {
      const ended = !(await engine.running());
      if (ended || Date.now() > deadline) {
        const what = ended
          ? 'ended while starting'
          : `does not answer on port ${port} after ${START_TIMEOUT_MS / 1000} s`;
        throw new Error(`${program} ${what}. Its log:\n${await engine.logs()}`);
      }
      await delay(POLL_MS);
    }
  }
}

// To be let in is not enough: before a container's ports the Docker proxy takes any connection, listener or no.
function answers(address: string, port: number, opening: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address, () => socket.write(opening));
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
