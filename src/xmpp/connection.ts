import { setTimeout as delay } from 'node:timers/promises';
import { createBackoff } from './backoff.js';
import { type Element, element, sayable, serialize } from './element.js';
import type { Log } from './log.js';
import { DEFAULT_LIMITS, type ParserLimits } from './parser.js';
import { createRarely } from './rarely.js';
import { encodeError, stanzaError } from './stanza-error.js';
import { openStream, type Stream } from './stream.js';

export interface ConnectionOptions {
  /** Where the server's listener for components is: `xmpp://127.0.0.1:5275`. */
  readonly service: string;
  readonly domain: string;
  readonly secret: string;
  /** Receives every iq, message and presence, in order. What it throws is logged and changes nothing else. */
  readonly onStanza: (stanza: Element) => void;
  /** Called each time the server has let us in, before any stanza. */
  readonly onOnline: () => void;
  /** Called at the end of each stream and of each attempt that failed, with the reason in words for an operator. */
  readonly onOffline: (reason: string) => void;
  readonly log: Log;
  readonly limits?: ParserLimits;
  /** How long the server may take to let us in, in milliseconds; 15 s unless told. */
  readonly openMs?: number;
  /** How long it may take to say goodbye, in milliseconds; 3 s unless told. */
  readonly closeMs?: number;
  /** For tests: a number from 0 to 1, and a pause that ends early when `signal` is aborted. */
  readonly random?: () => number;
  readonly pause?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** The connection to the server: opened again whenever it ends, until `stop`. */
export interface Connection {
  readonly online: boolean;
  /**
   * Sends a stanza. All that is sent in one turn of the event loop goes out in one write, in order. XEP-0114 has no
   * acknowledgement: what must arrive is a row somewhere until an answer says so.
   *
   * @returns false if there is no connection; the stanza is then dropped
   */
  send(stanza: Element): boolean;
  /** Resolves when the socket can take more, or there is none: for those who send much. */
  drained(): Promise<void>;
  /** Connects, and keeps connecting. Resolves when first let in, or at `stop`; never rejects. Call it once. */
  start(): Promise<void>;
  /** Closes the stream in full and connects anew without a pause. Resolves at the end of the old TCP connection. */
  reconnect(reason: string): Promise<void>;
  /**
   * Closes the stream in full, for good. What was sent before goes out first, as far as the server takes it in time.
   * @param withinMs how long that may take; `closeMs` unless told.
   */
  stop(withinMs?: number): Promise<void>;
}

export function createConnection(options: ConnectionOptions): Connection {
  return new LastingConnection(options);
}

/** A stream that lasted as long proves that all is well; the pauses between attempts begin anew with the shortest. */
const PROVEN_MS = 60_000;

class LastingConnection implements Connection {
  readonly #options: ConnectionOptions;
  readonly #rarely = createRarely();
  readonly #stopping = new AbortController();
  #stream: Stream | undefined;
  #letIn: () => void = () => undefined;
  #running: Promise<void> | undefined;
  #atOnce = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  get online(): boolean {
    return this.#stream?.online ?? false;
  }

  send(stanza: Element): boolean {
    if (this.#stream === undefined || !this.#stream.online) return false;
    this.#stream.write(sayable(serialize(stanza)));
    return true;
  }

  async drained(): Promise<void> {
    await this.#stream?.drained();
  }

  start(): Promise<void> {
    const started = new Promise<void>((resolve) => {
      this.#letIn = resolve;
    });
    this.#running ??= this.#run();
    return started;
  }

  async reconnect(reason: string): Promise<void> {
    if (!this.online) return; // an attempt is under way, or will be
    this.#atOnce = true;
    await this.#stream?.close(reason);
  }

  async stop(withinMs?: number): Promise<void> {
    this.#stopping.abort();
    await this.#stream?.close('the component stops', withinMs);
    await this.#running;
    this.#letIn();
  }

  async #run(): Promise<void> {
    const { log, random = Math.random, pause = cancellablePause } = this.#options;
    const { signal } = this.#stopping;
    const backoff = createBackoff(random);
    while (!signal.aborted) {
      const lasted = await this.#connectOnce();
      if (signal.aborted || this.#atOnce) continue;
      if (lasted >= PROVEN_MS) backoff.reset();
      const ms = backoff.next();
      log.info({ ms }, 'next attempt to connect after a pause');
      await pause(ms, signal);
    }
  }

  /** Lives through one stream. Returns how long it was on line, in milliseconds. */
  async #connectOnce(): Promise<number> {
    const { service, domain, secret, log } = this.#options;
    const { limits = DEFAULT_LIMITS, openMs = 15_000, closeMs = 3000 } = this.#options;
    this.#atOnce = false;
    let since = Number.POSITIVE_INFINITY;
    const stream = openStream(
      { service, domain, secret, limits, openMs, closeMs },
      {
        online: () => {
          since = performance.now();
          this.#nowOnline();
        },
        stanza: (stanza) => this.#guarded(() => this.#options.onStanza(stanza)),
        refused: (head, why) => this.#refuse(head, why),
      },
    );
    this.#stream = stream;
    const reason = await stream.ended;
    this.#stream = undefined;
    log[this.#stopping.signal.aborted ? 'info' : 'warn']({ service, domain }, `off line: ${reason}`);
    this.#guarded(() => this.#options.onOffline(reason));
    return performance.now() - since;
  }

  #nowOnline(): void {
    const { service, domain, log, onOnline } = this.#options;
    log.info({ service, domain }, 'on line');
    this.#guarded(onOnline);
    this.#letIn();
  }

  /** Answers a stanza that was too large to be kept, where an answer is due (RFC 6120 section 8.3.1). */
  #refuse({ name, attrs }: Element, why: string): void {
    const { log } = this.#options;
    const message = `stanza refused: ${why}`;
    this.#rarely(message, (times) => log.warn({ name, id: attrs['id'], from: attrs['from'], ...times }, message));
    const { id, type, from: to, to: from } = attrs;
    const unanswered = name === 'presence' || type === 'error' || type === 'result';
    if (unanswered || to === undefined || from === undefined) return;
    this.send(element(name, { type: 'error', id, from, to }, encodeError(stanzaError('policy-violation', why))));
  }

  #guarded(receiver: () => void): void {
    try {
      receiver();
    } catch (error) {
      this.#options.log.error({ err: error }, 'a receiver of the connection failed');
    }
  }
}

async function cancellablePause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined); // aborted
}
