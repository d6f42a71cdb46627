import { createServer, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.js';

/** The server's side of one connection, which does as its script says and nothing of itself. */
export interface Peer {
  /** Waits for text that fits. What is before it is skipped. */
  expect(pattern: RegExp): Promise<RegExpExecArray>;
  send(text: string): void;
  /** Sends text byte by byte, each in a packet of its own. */
  drip(text: string): Promise<void>;
  /** Goes on encrypted. */
  encrypt(certificate: Certificate): void;
  end(): void;
}

export interface ScriptedServer {
  /** Not `127.0.0.1`: so that nobody takes it for this machine. */
  readonly elsewhere: string;
  readonly here: string;
  /** Connections so far. */
  readonly connections: number;
  stop(): Promise<void>;
}

/** Starts a server that plays `script` with whoever connects; what it throws ends the connection. */
export async function startScriptedServer(
  script: (peer: Peer, connection: number) => Promise<void>,
): Promise<ScriptedServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    script(peerOf(socket), ++connections).catch(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    elsewhere: `xmpp://0.0.0.0:${port}`,
    here: `xmpp://127.0.0.1:${port}`,
    get connections() {
      return connections;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

/** The server's header, and its features. */
export function opening(features: string): string {
  return `${HEADER}<stream:features>${features}</stream:features>`;
}

export const STARTTLS = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
export const PROCEED = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";
export const SUCCESS = "<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'/>";

export function mechanisms(...names: readonly string[]): string {
  const listed = names.map((name) => `<mechanism>${name}</mechanism>`).join('');
  return `<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${listed}</mechanisms>`;
}

/** Takes PLAIN from a client and gives it a session. */
export async function letIn(peer: Peer, jid: string): Promise<void> {
  await peer.expect(/<auth [^>]*mechanism="PLAIN"[^>]*>[^<]+<\/auth>/);
  peer.send(SUCCESS);
  await peer.expect(/<stream:stream [^>]*>/);
  peer.send(opening("<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>"));
  const [, id] = await peer.expect(/<iq type="set" id="([^"]+)"><bind.*?<\/iq>/);
  peer.send(
    `<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${jid}</jid></bind></iq>`,
  );
}

function peerOf(raw: Socket): Peer {
  let socket: Socket = raw;
  let text = '';
  let ended = false;
  let wake = (): void => undefined;
  const listen = (): void => {
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('utf8');
      if (text.endsWith('</stream:stream>')) socket.end('</stream:stream>');
      wake();
    });
    socket.on('error', () => undefined);
    socket.once('close', () => {
      ended = true;
      wake();
    });
  };
  listen();
  return {
    async expect(pattern) {
      for (;;) {
        const found = pattern.exec(text);
        if (found !== null) {
          text = text.slice(found.index + found[0].length);
          return found;
        }
        if (ended) throw new Error('the client is gone');
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    send: (xml) => void socket.write(xml),
    async drip(xml) {
      raw.setNoDelay(true);
      for (const byte of Buffer.from(xml)) {
        socket.write(Buffer.from([byte]));
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    encrypt(certificate) {
      raw.removeAllListeners('data');
      text = '';
      socket = new TLSSocket(raw, { isServer: true, secureContext: createSecureContext(certificate) });
      listen();
    },
    end: () => void socket.end(),
  };
}
