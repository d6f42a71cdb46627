import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import type { Element } from '../../src/xmpp/element.js';
import { createParser } from '../../src/xmpp/parser.js';

export interface Script {
  readonly domain: string;
  readonly secret: string;
  /** What is sent in place of `<handshake/>`, or instead of refusing a wrong one. */
  readonly handshake?: string;
  /** What is sent at once to whoever connects, in place of anything else. */
  readonly opening?: string;
  /** Never says goodbye, nor ends the connection after the other side did. */
  readonly sullen?: boolean;
  readonly onStanza?: (stanza: Element, peer: ScriptedPeer) => void;
}

/** One connection to the server. */
export interface ScriptedPeer {
  readonly authenticated: boolean;
  /** All that it has sent, as it came. */
  readonly received: string;
  /** How many reads it took to receive that, since the handshake. */
  readonly reads: number;
  /** Resolves when TCP has ended on both sides. */
  readonly ended: Promise<void>;
  send(data: string | Buffer): void;
  /** Sends each byte in a write of its own, and lets the other side read it before the next. */
  sendBytes(data: string): Promise<void>;
  /** Breaks off. */
  drop(): void;
}

/** A XEP-0114 server that says what a test tells it to. */
export interface ScriptedServer {
  readonly port: number;
  readonly service: string;
  /** All connections so far, in order. */
  readonly connections: readonly ScriptedPeer[];
  /** Those that are let in and still there. */
  readonly online: readonly ScriptedPeer[];
  /** Waits until a connection is let in that was not returned before. */
  accepted(): Promise<ScriptedPeer>;
  /** The earliest stanza received that matches and was not returned before; waits for it where there is none. */
  next(predicate?: (stanza: Element) => boolean): Promise<Element>;
  /** These three are for the connection that was let in last. */
  send(data: string | Buffer): void;
  sendBytes(data: string): Promise<void>;
  dropConnection(): void;
  /** All that was received over all connections. */
  readonly received: string;
  stop(): Promise<void>;
}

/** Starts a scripted server on a free port of loopback, or on `port`. */
export async function startScriptedServer(script: Script, port = 0): Promise<ScriptedServer> {
  const peers: Peer[] = [];
  const stanzas = new Mailbox<Element>();
  const arrivals = new Mailbox<ScriptedPeer>();
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer = new Peer(socket, script, {
      authenticated: () => arrivals.put(peer),
      stanza: (stanza) => {
        stanzas.put(stanza);
        script.onStanza?.(stanza, peer);
      },
    });
    peers.push(peer);
  });
  listener.listen(port, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const online = (): Peer[] => peers.filter((peer) => peer.authenticated && !peer.gone);
  const last = (): Peer => {
    const peer = online().at(-1);
    if (peer === undefined) throw new Error('nobody is connected to the scripted server');
    return peer;
  };
  return {
    port: address.port,
    service: `xmpp://127.0.0.1:${address.port}`,
    connections: peers,
    get online() {
      return online();
    },
    accepted: () => arrivals.take(() => true),
    next: (predicate = () => true) => stanzas.take(predicate),
    send: (data) => last().send(data),
    sendBytes: (data) => last().sendBytes(data),
    dropConnection: () => last().drop(),
    get received() {
      return peers.map((peer) => peer.received).join('');
    },
    async stop() {
      const closed = once(listener, 'close');
      listener.close();
      for (const peer of peers) peer.drop();
      await closed;
    },
  };
}

interface PeerEvents {
  readonly authenticated: () => void;
  readonly stanza: (stanza: Element) => void;
}

class Peer implements ScriptedPeer {
  authenticated = false;
  gone = false;
  received = '';
  reads = 0;
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #script: Script;
  readonly #events: PeerEvents;
  readonly #id = randomUUID();

  constructor(socket: Socket, script: Script, events: PeerEvents) {
    this.#socket = socket;
    this.#script = script;
    this.#events = events;
    this.ended = new Promise((resolve) => {
      socket.on('close', () => {
        this.gone = true;
        resolve();
      });
    });
    const parser = createParser({
      opened: () => this.#open(),
      element: (element) => this.#receive(element),
      refused: () => undefined,
      closed: () => this.#goodbye(),
      fault: () => undefined,
    });
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('end', () => script.sullen || socket.end());
    socket.on('data', (text: string) => {
      this.received += text;
      if (this.authenticated) this.reads += 1;
      parser.write(text);
    });
    if (script.opening !== undefined) this.send(script.opening);
  }

  send(data: string | Buffer): void {
    this.#socket.write(data);
  }

  async sendBytes(data: string): Promise<void> {
    for (const byte of Buffer.from(data)) {
      this.#socket.write(Buffer.of(byte));
      await turn();
    }
  }

  drop(): void {
    this.#socket.destroy();
  }

  #open(): void {
    if (this.#script.opening !== undefined) return;
    this.send(
      `<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' ` +
        `xmlns:stream='http://etherx.jabber.org/streams' from='${this.#script.domain}' id='${this.#id}'>`,
    );
  }

  #receive(element: Element): void {
    if (this.authenticated) this.#events.stanza(element);
    else if (element.name === 'handshake') this.#judge(element.getText());
  }

  #judge(digest: string): void {
    const { secret, handshake = '<handshake/>' } = this.#script;
    if (digest !== createHash('sha1').update(`${this.#id}${secret}`, 'utf8').digest('hex')) {
      this.send(`<stream:error><not-authorized xmlns='${CONDITIONS}'/></stream:error></stream:stream>`);
      this.#socket.end();
      return;
    }
    this.authenticated = true;
    this.send(handshake);
    this.#events.authenticated();
  }

  #goodbye(): void {
    if (this.#script.sullen) return;
    this.#socket.end('</stream:stream>');
  }
}

const CONDITIONS = 'urn:ietf:params:xml:ns:xmpp-streams';

/** Things put in, and those who wait for some of them. */
class Mailbox<T> {
  readonly #waiting: { predicate: (item: T) => boolean; resolve: (item: T) => void }[] = [];
  readonly #items: T[] = [];

  put(item: T): void {
    const index = this.#waiting.findIndex(({ predicate }) => predicate(item));
    if (index < 0) this.#items.push(item);
    else this.#waiting.splice(index, 1)[0]?.resolve(item);
  }

  take(predicate: (item: T) => boolean): Promise<T> {
    const index = this.#items.findIndex(predicate);
    const [item] = index < 0 ? [] : this.#items.splice(index, 1);
    if (item !== undefined) return Promise.resolve(item);
    return new Promise((resolve) => this.#waiting.push({ predicate, resolve }));
  }
}
