import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Element } from '../../../src/xmpp/element.js';
import { createParser } from '../../../src/xmpp/parser.js';

/** Picks a stanza out of those that came in. */
export type Predicate = (stanza: Element) => boolean;

const NAMESPACE = "xmlns:stream='http://etherx.jabber.org/streams'";
const CLOSE_TIMEOUT_MS = 2_000;
/** How long tests wait for what should come, in ms: long, as nothing that passes waits for it. */
export const PATIENCE_MS = 10_000;

interface Waiter {
  readonly predicate: Predicate;
  readonly resolve: (stanza: Element) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A bare XML stream over TCP, for a client or a component that does as the test says and nothing of itself: it answers
 * nothing, does not reconnect, and sends any text as it is. What comes in is kept, and can be awaited before or after.
 */
export class XmlStream {
  /** Every top-level element that came in, in order. */
  readonly received: Element[] = [];
  /** The opening tag of the peer, once it has come. */
  header: Element | undefined;
  private untaken: Element[] = [];
  private waiters: Waiter[] = [];
  private readonly watchers: ((stanza: Element) => boolean)[] = [];
  private ended: Error | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').setNoDelay(true);
    socket.on('error', (error) => this.end(error));
    socket.on('close', () => this.end(new Error('the stream is closed')));
  }

  /** Connects and opens a stream; resolves when the peer has opened its own. */
  static async open(address: string, port: number, attributes: string): Promise<XmlStream> {
    const socket = connect(port, address);
    await once(socket, 'connect');
    const stream = new XmlStream(socket);
    await stream.restart(attributes);
    return stream;
  }

  /** Opens the stream anew, as after SASL. */
  async restart(attributes: string): Promise<void> {
    const opened = new Promise<Element>((resolve, reject) => {
      const parser = createParser({
        opened: resolve,
        element: (stanza) => this.arrived(stanza),
        refused: (_, why) => this.end(new Error(why)),
        closed: () => this.socket.end(),
        fault: (condition, why) => this.end(new Error(`${condition}: ${why}`)),
      });
      this.socket.removeAllListeners('data').on('data', (text: string) => parser.write(text));
      this.socket.once('close', () => reject(new Error('the connection closed before the stream was open')));
    });
    this.send(`<?xml version='1.0'?><stream:stream ${attributes} ${NAMESPACE}>`);
    this.header = await opened;
  }

  /** Whether anything that is sent can still go out. */
  get open(): boolean {
    return this.socket.writable;
  }

  /** Sends text as it is. */
  send(text: string): void {
    this.socket.write(text);
  }

  /**
   * The next stanza that fits, of those that came and were not taken yet, else of those to come. It is taken: a second
   * call gives the one after it.
   *
   * @throws after `timeout` ms, and when the stream ends
   */
  next(predicate: Predicate = () => true, timeout = PATIENCE_MS): Promise<Element> {
    const index = this.untaken.findIndex(predicate);
    const waiting = this.untaken[index];
    if (waiting !== undefined) {
      this.untaken.splice(index, 1);
      return Promise.resolve(waiting);
    }
    if (this.ended !== undefined) return Promise.reject(this.ended);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        predicate,
        resolve: (stanza) => {
          clearTimeout(timer);
          resolve(stanza);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        this.waiters = this.waiters.filter((other) => other !== waiter);
        reject(
          new Error(
            `nothing fitting came within ${timeout} ms; not taken so far: ${this.untaken.join('') || 'nothing'}`,
          ),
        );
      }, timeout);
      this.waiters.push(waiter);
    });
  }

  /** Shows each stanza to `watcher` first; what it returns true for is taken. */
  watch(watcher: (stanza: Element) => boolean): void {
    this.watchers.push(watcher);
  }

  /** Closes in good order. */
  async close(): Promise<void> {
    if (this.socket.destroyed) return;
    const closed = once(this.socket, 'close');
    this.socket.end('</stream:stream>');
    const deadline = setTimeout(() => this.socket.destroy(), CLOSE_TIMEOUT_MS);
    await closed;
    clearTimeout(deadline);
  }

  /** Drops the connection without a word, as when a cable is pulled. */
  async drop(): Promise<void> {
    if (this.socket.destroyed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }

  private arrived(stanza: Element): void {
    this.received.push(stanza);
    if (this.watchers.some((watcher) => watcher(stanza))) return;
    const waiter = this.waiters.find(({ predicate }) => predicate(stanza));
    if (waiter === undefined) {
      this.untaken.push(stanza);
      return;
    }
    this.waiters = this.waiters.filter((other) => other !== waiter);
    waiter.resolve(stanza);
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const waiter of this.waiters) waiter.reject(this.ended);
    this.waiters = [];
  }
}
