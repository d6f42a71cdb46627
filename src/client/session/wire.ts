import { Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { connect as connectTls } from 'node:tls';
import { type Element, element, serialize } from '../../xmpp/element.js';
import { createParser, type ParserLimits } from '../../xmpp/parser.js';
import type { StreamCondition } from '../../xmpp/tokenizer.js';
import { explainSocketFault, explainStreamFault } from './fault.js';
import { type Endpoint, nameOf } from './service.js';

/** What the encryption has to prove. */
export interface TlsDemand {
  /** The name that the certificate has to be for (RFC 6120 section 13.7.2.1). */
  readonly domain: string;
  readonly verify: boolean;
  /** Authorities to trust instead of the system's, in PEM. */
  readonly ca?: string;
}

/**
 * The connection to a server while it is being negotiated, one element at a time, and afterwards. Text is decoded
 * across reads: half of a `°` is nothing. Each stream has a parser of its own, so that nothing that came before the
 * encryption is taken for something that came after it.
 */
export class Wire {
  /** Resolves when the connection has ended, with the reason in words. */
  readonly ended: Promise<string>;
  readonly #service: string;
  readonly #limits: ParserLimits;
  #socket: Socket;
  #reason: string | undefined;
  #resolveEnded: (reason: string) => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #waiting: ((element: Element | undefined) => void) | undefined;
  #arrived: Element[] = [];
  #receiver: ((element: Element) => void) | undefined;
  #detach: () => void = () => undefined;

  constructor(endpoint: Endpoint, limits: ParserLimits) {
    this.#service = nameOf(endpoint);
    this.#limits = limits;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.#socket = new Socket().setNoDelay(true).setKeepAlive(true, KEEPALIVE_MS);
    this.#attach(this.#socket);
    this.#socket.connect(endpoint.port, endpoint.host);
  }

  get socket(): Socket {
    return this.#socket;
  }

  /** Whether nothing more can be sent: the connection ends, or has ended. */
  get closing(): boolean {
    return this.#reason !== undefined;
  }

  /** Opens a stream, or a new one on the same connection. */
  open(domain: string): void {
    const parser = createParser(
      {
        opened: () => undefined,
        element: (received) => this.#receive(received),
        refused: () => undefined,
        closed: () => this.#closedByPeer(),
        fault: (condition, why) => this.#fault(condition, why),
      },
      this.#limits,
    );
    const decoder = new StringDecoder('utf8');
    const { socket } = this;
    socket.removeAllListeners('data').on('data', (bytes: Buffer) => parser.write(decoder.write(bytes)));
    this.#arrived = [];
    this.write(`<?xml version='1.0'?>${header(domain)}`);
  }

  write(xml: string): void {
    if (this.#reason === undefined) this.#socket.write(xml);
  }

  send(stanza: Element): void {
    this.write(serialize(stanza));
  }

  /** The next element of the stream; undefined at its end. */
  next(): Promise<Element | undefined> {
    const arrived = this.#arrived.shift();
    if (arrived !== undefined || this.#reason !== undefined) return Promise.resolve(arrived);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** Gives everything that comes from now on, and what has come already, to `receiver`. */
  flow(receiver: (element: Element) => void): void {
    this.#receiver = receiver;
    for (const arrived of this.#arrived.splice(0)) receiver(arrived);
  }

  /** Goes on encrypted (RFC 6120 section 5). Resolves to false if that failed; the connection then ends. */
  async encrypt({ domain, verify, ca }: TlsDemand): Promise<boolean> {
    this.#detach();
    this.#socket.removeAllListeners('data');
    const encrypted = connectTls({
      socket: this.#socket,
      servername: domain,
      rejectUnauthorized: verify,
      ...(ca !== undefined && { ca }),
    });
    this.#socket = encrypted;
    this.#attach(encrypted);
    return new Promise((resolve) => {
      encrypted.once('secureConnect', () => resolve(true));
      void this.ended.then(() => resolve(false));
    });
  }

  /** Says goodbye, and waits for the other side's no longer than `closeMs`. Then `ended` resolves. */
  close(reason: string, closeMs: number): void {
    if (this.#reason !== undefined) return;
    if (this.#socket.connecting) {
      this.abort(reason);
      return;
    }
    this.#socket.write('</stream:stream>');
    this.#leave(reason);
    this.#destroyAfter(closeMs);
  }

  /** Ends the connection without a word. */
  abort(reason: string): void {
    this.#leave(reason);
    this.#socket.destroy();
  }

  #attach(socket: Socket): void {
    const failed = (error: Error): void => this.abort(explainSocketFault(error, this.#service));
    const closed = (): void => {
      clearTimeout(this.#timer);
      this.#leave(`${this.#service} closed the connection`);
      this.#resolveEnded(this.#reason ?? '');
    };
    socket.on('error', failed);
    socket.once('close', closed);
    this.#detach = () => socket.off('close', closed);
  }

  #receive(received: Element): void {
    if (this.#reason !== undefined) return;
    if (received.is('error', STREAMS)) {
      this.abort(explainStreamFault(received, this.#service));
    } else if (this.#receiver !== undefined) {
      this.#receiver(received);
    } else if (this.#waiting !== undefined) {
      this.#waiting(received);
      this.#waiting = undefined;
    } else {
      this.#arrived.push(received);
    }
  }

  #closedByPeer(): void {
    if (this.#reason === undefined) this.#socket.write('</stream:stream>');
    this.#leave(`${this.#service} closed the stream`);
    this.#socket.end();
    this.#destroyAfter(CLOSE_MS);
  }

  #destroyAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#socket.destroy(), ms);
  }

  #fault(condition: StreamCondition, why: string): void {
    this.#socket.write(serialize(element('stream:error', {}, element(condition, { xmlns: CONDITIONS }))));
    this.abort(`what ${this.#service} sent is no XMPP: ${why} (${condition})`);
  }

  #leave(reason: string): void {
    this.#reason ??= reason;
    this.#waiting?.(undefined);
    this.#waiting = undefined;
  }
}

const STREAMS = 'http://etherx.jabber.org/streams';
const CONDITIONS = 'urn:ietf:params:xml:ns:xmpp-streams';
/** A server that vanished says nothing; its host's silence is noticed by the kernel. */
const KEEPALIVE_MS = 30_000;
/** How long the end of TCP may take after both sides have said goodbye. */
const CLOSE_MS = 3000;

function header(domain: string): string {
  const whole = serialize(
    element('stream:stream', { to: domain, version: '1.0', xmlns: 'jabber:client', 'xmlns:stream': STREAMS }, ' '),
  );
  return whole.slice(0, whole.indexOf('>') + 1);
}
