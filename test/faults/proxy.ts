import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { Random } from './random.js';

/** Which way: to the server, or from it to the component. */
export type Way = 'up' | 'down';

/** What a connection does to what passes. */
export type Manner = 'as-is' | 'delay' | 'throttle' | 'split';

/** A proxy between a component and its server, which can be as bad as any network. */
export interface BadNetwork {
  readonly port: number;
  /** How many connections it has taken. */
  readonly taken: number;
  /** How many there are. */
  readonly open: number;
  setManner(manner: Manner): void;
  /**
   * On the connections that there are nothing passes from now on, and nobody is told: neither data nor the end of either
   * side. Further connections are as they should be.
   */
  swallow(ways: readonly Way[]): void;
  /** Passes on a part of what comes next that way, and cuts. */
  truncateNext(way: Way): void;
  /** Ends all connections at once, on both sides. */
  cut(): void;
  /** Ends those that swallow. */
  cutDead(): void;
  stop(): Promise<void>;
}

interface Pair {
  readonly component: Socket;
  readonly server: Socket;
  swallowed: readonly Way[];
}

const MOST_DELAY_MS = 150;
const THROTTLED_BYTES = 1024;
/** Hence 50 KB a second. */
const THROTTLED_MS = 20;
const MOST_SPLIT_BYTES = 7;

/** @param random says how long, how much and where to split, differently from one run to the next, as reads do. */
export async function startProxy(address: string, port: number, random: Random): Promise<BadNetwork> {
  const pairs = new Set<Pair>();
  let manner: Manner = 'as-is';
  let truncated: Way | undefined;
  let taken = 0;

  function end(pair: Pair): void {
    pairs.delete(pair);
    pair.component.destroy();
    pair.server.destroy();
  }

  function cut(): void {
    truncated = undefined;
    for (const pair of pairs) end(pair);
  }

  function truncate(to: Socket, chunk: Buffer): void {
    to.write(chunk.subarray(0, random.below(chunk.length)), cut);
  }

  async function pass(to: Socket, chunk: Buffer): Promise<void> {
    if (manner === 'delay') await delay(random.below(MOST_DELAY_MS));
    const piece = PIECES[manner];
    for (let at = 0; at < chunk.length && !to.destroyed; ) {
      const next = at + piece.size(random);
      to.write(chunk.subarray(at, next));
      at = next;
      if (at < chunk.length) await piece.pause();
    }
  }

  async function pump(pair: Pair, way: Way, from: Socket, to: Socket): Promise<void> {
    for await (const chunk of from) {
      if (pair.swallowed.includes(way)) continue;
      if (truncated === way) truncate(to, chunk);
      else await pass(to, chunk);
      if (to.writableNeedDrain) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    }
  }

  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (component) => {
    taken += 1;
    const server = connect({ host: address, port, noDelay: true, allowHalfOpen: true });
    const pair: Pair = { component, server, swallowed: [] };
    pairs.add(pair);
    // The end of one side is the end of the other, unless nothing passes that way.
    const ended = (way: Way, to: Socket) => () => {
      if (pairs.has(pair) && !pair.swallowed.includes(way)) to.end();
    };
    for (const socket of [component, server]) socket.on('error', () => undefined);
    const closed = (): void => {
      if (pair.swallowed.length === 0) end(pair);
    };
    component.on('close', closed);
    server.on('close', closed);
    const up = ended('up', server);
    const down = ended('down', component);
    pump(pair, 'up', component, server).then(up, () => server.destroyed || up());
    pump(pair, 'down', server, component).then(down, () => component.destroyed || down());
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const bound = listener.address();
  if (bound === null || typeof bound === 'string') throw new Error('the proxy has no port');
  return {
    port: bound.port,
    get taken() {
      return taken;
    },
    get open() {
      return pairs.size;
    },
    setManner: (next) => {
      manner = next;
    },
    swallow: (ways) => {
      for (const pair of pairs) pair.swallowed = ways;
    },
    truncateNext: (way) => {
      truncated = way;
    },
    cut,
    cutDead() {
      for (const pair of pairs) if (pair.swallowed.length > 0) end(pair);
    },
    async stop() {
      listener.close();
      cut();
    },
  };
}

/** How many bytes go out in one write, and the pause before the next. */
const PIECES: Readonly<Record<Manner, { size(random: Random): number; pause(): Promise<unknown> }>> = {
  'as-is': { size: () => Number.POSITIVE_INFINITY, pause: () => turn() },
  delay: { size: () => Number.POSITIVE_INFINITY, pause: () => turn() },
  throttle: { size: () => THROTTLED_BYTES, pause: () => delay(THROTTLED_MS) },
  split: { size: (random) => random.between(1, MOST_SPLIT_BYTES), pause: () => turn() },
};
