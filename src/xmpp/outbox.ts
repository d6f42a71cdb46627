import type { Socket } from 'node:net';

/** What goes out on one connection, in order. */
export interface Outbox {
  push(xml: string): void;
  /** Writes at once what waits. */
  flush(): void;
  /** Resolves when all that was pushed has been written and the socket can take more, or has ended. */
  drained(): Promise<void>;
}

/**
 * Far more than the largest answers under way at once. A server that lets as much pile up has stopped reading, and what
 * piles up is our memory.
 */
const MAX_BACKLOG_BYTES = 64 * 1024 * 1024;

/**
 * Collects what is sent in one turn of the event loop into one write: the answers to a read full of stanzas leave in one
 * piece. `setImmediate` runs right after the turn's input has been dealt with, so it costs no waiting; a microtask
 * would come too early for handlers that await something.
 *
 * @param onStuck called when the server no longer reads what is sent
 */
export function createOutbox(socket: Socket, onStuck: () => void): Outbox {
  let pending: string[] = [];
  let turnEnd: NodeJS.Immediate | undefined;
  let draining: Promise<void> | undefined;

  const flush = (): void => {
    clearImmediate(turnEnd);
    turnEnd = undefined;
    if (pending.length === 0 || !socket.writable) return;
    const xml = pending.join('');
    pending = [];
    socket.write(xml);
    if (socket.writableLength > MAX_BACKLOG_BYTES) onStuck();
  };

  return {
    push(xml) {
      pending.push(xml);
      turnEnd ??= setImmediate(flush);
    },
    flush,
    async drained() {
      // Immediates run in order: this one comes after the flush.
      if (turnEnd !== undefined) await new Promise((resolve) => setImmediate(resolve));
      if (!socket.writableNeedDrain || socket.destroyed) return;
      draining ??= drainOrEnd(socket).finally(() => {
        draining = undefined;
      });
      await draining;
    },
  };
}

function drainOrEnd(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done);
      socket.off('close', done);
      resolve();
    };
    socket.on('drain', done);
    socket.on('close', done);
  });
}
