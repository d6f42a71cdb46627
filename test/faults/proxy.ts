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
  /** From now on nothing passes, and nobody is told: neither data nor the end of either side. */
  swallow(ways: readonly Way[]): void;
  /** Passes on a part of what comes next that way, and cuts. */
  truncateNext(way: Way): void;
  /** Ends all connections at once, on both sides. What was swallowed passes again on the next. */
  cut(): void;
  stop(): Promise<void>;
}

const MOST_DELAY_MS = 150;
const THROTTLED_BYTES = 1024;
/** Hence 50 KB a second. */
const THROTTLED_MS = 20;
const MOST_SPLIT_BYTES = 7;

/** @param random says how long, how much and where to split, differently from one run to the next, as reads do. */
export async function startProxy(address: string, port: number, random: Random): Promise<BadNetwork> {
  const pairs = new Set<{ readonly component: Socket; readonly server: Socket }>();
  let manner: Manner = 'as-is';
  let swallowed: readonly Way[] = [];
  let truncated: Way | undefined;
  let taken = 0;

  function cut(): void {
    swallowed = [];
    truncated = undefined;
    for (const { component, server } of pairs) {
      component.destroy();
      server.destroy();
    }
    pairs.clear();
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

  async function pump(way: Way, from: Socket, to: Socket): Promise<void> {
    for await (const chunk of from) {
      if (swallowed.includes(way)) continue;
      if (truncated === way) truncate(to, chunk);
      else await pass(to, chunk);
      if (to.writableNeedDrain) await Promise.race([once(to, 'drain'), once(to, 'close')]);
    }
  }

  const listener = createServer({ noDelay: true, allowHalfOpen: true }, (component) => {
    taken += 1;
    const server = connect({ host: address, port, noDelay: true, allowHalfOpen: true });
    const pair = { component, server };
    pairs.add(pair);
    // The end of one side is the end of the other, unless nothing passes that way.
    const ended = (way: Way, to: Socket) => () => {
      if (!pairs.has(pair) || swallowed.includes(way)) return;
      to.end();
    };
    for (const socket of [component, server]) socket.on('error', () => undefined);
    const closed = (other: Socket) => () => {
      if (swallowed.length > 0 && pairs.has(pair)) return;
      other.destroy();
      pairs.delete(pair);
    };
    component.on('close', closed(server));
    server.on('close', closed(component));
    const up = ended('up', server);
    const down = ended('down', component);
    pump('up', component, server).then(up, () => server.destroyed || up());
    pump('down', server, component).then(down, () => component.destroyed || down());
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
      swallowed = ways;
    },
    truncateNext: (way) => {
      truncated = way;
    },
    cut,
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
