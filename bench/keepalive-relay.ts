import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { createParser } from '../src/xmpp/parser.js';

export interface KeepaliveRelay {
  readonly port: number;
  /** Keepalives sent so far. */
  readonly sent: number;
  stop(): void;
}

/**
 * Stands between a component and its server, passes everything on as it is, and adds what many servers send and
 * ejabberd does not: white space between the stanzas, to keep the connection alive (RFC 6120 section 4.6.1).
 *
 * @param everyMs how often; servers do it every minute or so.
 */
export async function relayWithKeepalives(serverPort: number, everyMs: number): Promise<KeepaliveRelay> {
  let sent = 0;
  const sockets = new Set<Socket>();
  const listener = createServer({ noDelay: true }, (component) => {
    const server = connect({ host: '127.0.0.1', port: serverPort, noDelay: true });
    const between = watchStanzas();
    const timer = setInterval(() => {
      if (!between.now) return;
      component.write(' ');
      sent += 1;
    }, everyMs);
    component.pipe(server);
    server.setEncoding('utf8').on('data', (text: string) => {
      between.read(text);
      component.write(text);
    });
    for (const socket of [component, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearInterval(timer);
        component.destroy();
        server.destroy();
      });
    }
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    get sent() {
      return sent;
    },
    stop() {
      listener.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Whether what was read so far ends between two stanzas. */
function watchStanzas(): { readonly now: boolean; read(text: string): void } {
  let now = false;
  const ended = (): void => {
    now = true;
  };
  const parser = createParser({
    opened: ended,
    element: ended,
    refused: ended,
    closed: () => undefined,
    fault: (_, why) => {
      throw new Error(why);
    },
  });
  return {
    get now() {
      return now;
    },
    read(text) {
      const lastTag = text.lastIndexOf('<');
      parser.write(text.slice(0, Math.max(lastTag, 0)));
      now = false;
      parser.write(text.slice(Math.max(lastTag, 0)));
    },
  };
}
