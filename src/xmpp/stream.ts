import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import xmpp, { type Component } from '@xmpp/component';
import { type Element, element, serialize } from './element.js';
import { createOutbox, type Outbox } from './outbox.js';
import { createParser, type Parser, type ParserLimits } from './parser.js';
import { explainSocketError, explainStreamError } from './stream-fault.js';
import type { StreamCondition } from './tokenizer.js';

export interface StreamOptions {
  readonly service: string;
  readonly domain: string;
  readonly secret: string;
  readonly limits: ParserLimits;
  /** How long the server may take to let us in, and to close after us, in milliseconds. */
  readonly openMs: number;
  readonly closeMs: number;
}

export interface StreamEvents {
  /** The server has let us in. Comes before any stanza. */
  readonly online: () => void;
  readonly stanza: (stanza: Element) => void;
  /** A stanza beyond the limits: its opening tag alone, and what was wrong. */
  readonly refused: (head: Element, why: string) => void;
}

/** One XEP-0114 stream, from the beginning of its TCP connection to the end. It is not used again. */
export interface Stream {
  /** Whether stanzas can be sent: we are let in, and not closing. */
  readonly online: boolean;
  /** Resolves at the end of the TCP connection, with the reason in words. */
  readonly ended: Promise<string>;
  /** Adds to what goes out at the end of this turn of the event loop. Dropped unless `online`. */
  write(xml: string): void;
  /** Resolves when the socket can take more, or has ended. */
  drained(): Promise<void>;
  /**
   * Closes in full: what was written goes out, both sides say goodbye, TCP ends.
   * @param withinMs the longest that it takes, also where it is closing already; `closeMs` unless told.
   */
  close(reason: string, withinMs?: number): Promise<void>;
}

/**
 * Connects to a server and joins it as a component (XEP-0114).
 *
 * Of xmpp.js this uses the opening of the connection and the handshake. What comes in does not pass through it but for
 * the two elements that these need: its IQ callee would answer by itself, and what it does about a fault (of the
 * parser, data after the end of the stream, an empty stream error, `see-other-host`) ends in exceptions that nobody can
 * catch, or at another server.
 */
export function openStream(options: StreamOptions, events: StreamEvents): Stream {
  return new ComponentStream(options, events);
}

class ComponentStream implements Stream {
  online = false;
  readonly ended: Promise<string>;
  readonly #options: StreamOptions;
  readonly #events: StreamEvents;
  readonly #entity: Component;
  readonly #parser: Parser;
  /** xmpp.js's view of the parser: it hears of the stream's header and the answer to its handshake, and of no more. */
  readonly #hearsay = new EventEmitter();
  #outbox: Outbox | undefined;
  /** Why the stream is closing, or has ended. */
  #reason: string | undefined;
  #timer: NodeJS.Timeout;
  /** Characters that were read in this turn of the event loop, or a little before. */
  #inTurn = 0;

  constructor(options: StreamOptions, events: StreamEvents) {
    this.#options = options;
    this.#events = events;
    const { service, openMs } = options;
    this.#parser = createParser(
      {
        opened: (root) => this.#hearsay.emit('start', root),
        element: (received) => this.#receive(received),
        refused: (head, why) => this.online && events.refused(head, why),
        closed: () => this.#closedByPeer(),
        fault: (condition, why) => this.#fault(condition, why),
      },
      options.limits,
    );
    this.#entity = this.#bareEntity();
    this.ended = new Promise((resolve) => {
      this.#entity.once('disconnect', () => {
        this.#leave(`${service} closed the connection`);
        resolve(this.#reason ?? '');
      });
    });
    this.#timer = setTimeout(() => {
      this.#abort(`${service} did not let us in within ${openMs / 1000} s: is it a port for components?`);
    }, openMs);
    void this.#open();
  }

  write(xml: string): void {
    if (this.online) this.#outbox?.push(xml);
  }

  async drained(): Promise<void> {
    await this.#outbox?.drained();
  }

  async close(reason: string, withinMs = this.#options.closeMs): Promise<void> {
    this.#close(reason);
    const timer = setTimeout(() => this.#entity.socket?.destroy(), withinMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** An entity of xmpp.js that neither reconnects nor routes. */
  #bareEntity(): Component {
    const { service, domain, secret } = this.#options;
    // It takes the secret's characters for bytes; so it gets the bytes (of UTF-8, as the server has it) as characters.
    const password = Buffer.from(secret, 'utf8').toString('latin1');
    const entity = xmpp.component({ service, domain, password });
    entity.reconnect.stop();
    entity.removeAllListeners('element'); // its middleware, and with it IQ caller and callee
    entity.timeout = 0; // we have our own
    entity.Socket = StreamSocket;
    entity.Parser = this.#parserClass();
    entity.on('error', (error) => this.#abort(explainSocketError(error, this.#options)));
    return entity;
  }

  #parserClass(): Component['Parser'] {
    const parser = this.#parser;
    const hearsay = this.#hearsay;
    const took = (characters: number) => this.#took(characters);
    return class extends EventEmitter {
      constructor() {
        super();
        hearsay.on('start', (root) => this.emit('start', root));
        hearsay.on('element', (answer) => this.emit('element', answer));
      }

      write(text: string): void {
        took(text.length);
        parser.write(text);
      }
    };
  }

  /** Reads no more in this turn of the event loop once it has read a good deal; see {@link TURN}. */
  #took(characters: number): void {
    this.#inTurn += characters;
    const { socket } = this.#entity;
    if (this.#inTurn < TURN || socket === null || socket.isPaused()) return;
    socket.pause();
    setImmediate(() => {
      this.#inTurn = 0;
      socket.resume();
    });
  }

  async #open(): Promise<void> {
    try {
      await this.#entity.connect(this.#options.service);
      if (this.#reason === undefined) await this.#entity.open({ domain: this.#options.domain, timeout: 0 });
    } catch (error) {
      this.#abort(explainSocketError(error, this.#options));
    }
  }

  #receive(received: Element): void {
    if (this.#reason !== undefined) return;
    if (received.is('error', STREAMS)) {
      this.#close(explainStreamError(received, this.#options));
    } else if (this.online) {
      if (STANZAS.has(received.name)) this.#events.stanza(received);
    } else if (received.name === 'handshake') {
      this.#hearsay.emit('element', received);
      this.#letIn();
    }
  }

  // Not when xmpp.js says so, which is after this read: stanzas often come in one with the server's `<handshake/>`.
  #letIn(): void {
    const { socket } = this.#entity;
    if (socket === null) return;
    clearTimeout(this.#timer);
    this.#outbox = createOutbox(socket, () => this.#abort(`${this.#options.service} has stopped reading`));
    this.online = true;
    this.#events.online();
  }

  #fault(condition: StreamCondition, why: string): void {
    const error = element('stream:error', {}, element(condition, { xmlns: CONDITIONS }));
    this.#close(`what ${this.#options.service} sent is no XMPP: ${why} (${condition})`, serialize(error));
    this.#entity.socket?.end(); // we could not read its goodbye
  }

  #closedByPeer(): void {
    this.#close(`${this.#options.service} closed the stream`);
    this.#entity.socket?.end();
  }

  /** Says goodbye, after `last`; the end of TCP follows the server's goodbye, or its silence. */
  #close(reason: string, last = ''): void {
    if (this.#reason !== undefined) return;
    const { socket } = this.#entity;
    if (socket === null || socket.connecting) {
      this.#abort(reason);
      return;
    }
    this.#outbox?.flush();
    this.#leave(reason);
    socket.write(`${last}</stream:stream>`);
    this.#timer = setTimeout(() => socket.destroy(), this.#options.closeMs);
  }

  /** Ends TCP at once: there is nobody to say goodbye to. */
  #abort(reason: string): void {
    this.#leave(reason);
    this.#entity.socket?.destroy();
  }

  #leave(reason: string): void {
    this.#reason ??= reason;
    this.online = false;
    clearTimeout(this.#timer);
  }
}

const STREAMS = 'http://etherx.jabber.org/streams';
const CONDITIONS = 'urn:ietf:params:xml:ns:xmpp-streams';
const STANZAS: ReadonlySet<string> = new Set(['iq', 'message', 'presence']);
const KEEPALIVE_MS = 30_000;

/**
 * So many characters are read before what they ask for is done. A socket gives up to 2 MiB in one turn of the event loop:
 * as elements these are thirty times as much, outlive the garbage collector's nursery all at once, and hold up everything
 * else meanwhile. What is not read yet waits at the server, which slows down who sends it.
 */
const TURN = 128 * 1024;

class StreamSocket extends Socket {
  constructor() {
    super();
    // A character may come in two reads; xmpp.js would decode each by itself.
    this.setEncoding('utf8');
    // Answers are small and waited for; they are collected into writes of their own accord.
    this.setNoDelay(true);
    // A server that vanished says nothing; its host's silence is noticed by the kernel.
    this.setKeepAlive(true, KEEPALIVE_MS);
  }
}
