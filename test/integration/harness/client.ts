import { randomUUID } from 'node:crypto';
import { type Element, element, serialize } from '../../../src/xmpp/element.js';
import { leaving } from '../../schemas/leaving.js';
import type { Server } from './server.js';
import { PATIENCE_MS, type Predicate, XmlStream } from './xml-stream.js';

export interface ClientOptions {
  /** The resource to ask for; the server chooses one where none is given. */
  readonly resource?: string;
  readonly password?: string;
  /** Whether to register the account first, if it is not there yet; done unless told. */
  readonly create?: boolean;
}

/** Answers one request: the whole `<iq/>` to send (see {@link resultOf}, {@link errorOf}), or undefined to stay silent. */
export type IqHandler = (iq: Element) => Element | undefined | Promise<Element | undefined>;

/**
 * A client as raw as a test needs it: it sends no presence, answers no request that no handler is set for, and reads
 * what its stream brings in the order in which it comes.
 */
export interface Client {
  /** The full JID that the server bound, in the server's spelling. */
  readonly jid: string;
  readonly bare: string;
  /** All stanzas since login, in order. */
  readonly received: readonly Element[];
  /** Sends an element, or text as it is: well-formed or not. */
  send(stanza: Element | string): void;
  /**
   * Sends a request and waits for its reply, result or error, which comes back whole. `to` left out means one's own
   * account. A payload in text is sent as it is; an array is sent as several payloads.
   *
   * @throws if nothing comes within `timeout` ms
   */
  iq(type: 'get' | 'set', to: string | undefined, payload: Payload, timeout?: number): Promise<Element>;
  /** Answers requests whose payload has this namespace and name. The last handler set for one counts. */
  onIq(xmlns: string, name: string, handler: IqHandler): void;
  /** The next stanza that fits, of those that came and that nothing took yet, else of those to come. */
  next(predicate?: Predicate, timeout?: number): Promise<Element>;
  /** Sends presence: available and undirected where nothing else is said. */
  sendPresence(attributes?: Readonly<Record<string, string>>, ...children: Element[]): void;
  /** Logs out in good order. */
  stop(): Promise<void>;
  /** Drops the connection without a word; the server finds out by itself. */
  drop(): Promise<void>;
}

export type Payload = Element | string | readonly Element[];

const DEFAULT_PASSWORD = 'correct horse battery staple';
const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const REGISTER = 'jabber:iq:register';

/**
 * Logs in as `user`, spelt as given (ejabberd passes that spelling on), after registering the account where needed.
 * Not built on a client library: those answer, reconnect and refuse by themselves, and most of what is tested
 * here is what happens when a peer does none of it.
 *
 * @throws if the server refuses
 */
export async function connectClient(server: Server, user: string, options: ClientOptions = {}): Promise<Client> {
  const password = options.password ?? DEFAULT_PASSWORD;
  const header = `to='${server.host}' version='1.0' xmlns='jabber:client'`;
  const stream = await XmlStream.open(server.address, server.c2sPort, header);
  await stream.next(named('features'));
  if (options.create ?? true) await register(stream, user, password);
  const credentials = Buffer.from(`\0${user}\0${password}`).toString('base64');
  stream.send(serialize(element('auth', { xmlns: SASL, mechanism: 'PLAIN' }, credentials)));
  const outcome = await stream.next();
  if (!outcome.is('success')) throw new Error(`${user} was not let in: ${outcome}`);
  await stream.restart(header);
  await stream.next(named('features'));
  const resource = options.resource === undefined ? undefined : element('resource', {}, options.resource);
  const bound = await ask(stream, 'set', undefined, element('bind', { xmlns: BIND }, resource));
  const jid = bound.getChild('bind')?.getChildText('jid') ?? undefined;
  if (jid === undefined) throw new Error(`${user} got no resource: ${bound}`);
  stream.received.length = 0;
  return client(stream, jid);
}

function client(stream: XmlStream, jid: string): Client {
  const handlers = new Map<string, IqHandler>();
  stream.watch((iq) => {
    leaving.received(iq);
    const payload = isRequest(iq) ? iq.getChildElements()[0] : undefined;
    const handler = payload && handlers.get(`${payload.getNS()} ${payload.getName()}`);
    if (handler === undefined) return false;
    // What a handler says after logging out is not heard.
    void Promise.resolve(handler(iq)).then((answer) => answer && stream.open && stream.send(serialize(answer)));
    return true;
  });
  return {
    jid,
    bare: jid.replace(/\/.*/s, ''),
    received: stream.received,
    send: (stanza) => stream.send(typeof stanza === 'string' ? stanza : serialize(stanza)),
    iq: (type, to, payload, timeout) => ask(stream, type, to, payload, timeout),
    onIq: (xmlns, name, handler) => handlers.set(`${xmlns} ${name}`, handler),
    next: (predicate, timeout) => stream.next(predicate, timeout),
    sendPresence: (attributes = {}, ...children) =>
      stream.send(serialize(element('presence', attributes, ...children))),
    stop: () => stream.close(),
    drop: () => stream.drop(),
  };
}

/** The reply that grants a request. */
export function resultOf(iq: Element, ...children: Element[]): Element {
  return element('iq', { type: 'result', id: iq.attrs['id'], to: iq.attrs['from'] }, ...children);
}

/** The reply that refuses a request with one of RFC 6120's conditions. */
export function errorOf(iq: Element, type: string, condition: string): Element {
  const cause = element(condition, { xmlns: 'urn:ietf:params:xml:ns:xmpp-stanzas' });
  return element('iq', { type: 'error', id: iq.attrs['id'], to: iq.attrs['from'] }, element('error', { type }, cause));
}

async function register(stream: XmlStream, user: string, password: string): Promise<void> {
  const account = [element('username', {}, user), element('password', {}, password)];
  const answer = await ask(stream, 'set', undefined, element('query', { xmlns: REGISTER }, ...account));
  const exists = answer.getChild('error')?.getChild('conflict') !== undefined;
  if (answer.attrs['type'] !== 'result' && !exists) throw new Error(`${user} could not be registered: ${answer}`);
}

function ask(
  stream: XmlStream,
  type: 'get' | 'set',
  to: string | undefined,
  payload: Payload,
  timeout = PATIENCE_MS,
): Promise<Element> {
  const id = randomUUID();
  const children = typeof payload === 'string' || !Array.isArray(payload) ? [payload] : payload;
  const text = children.map((child) => (typeof child === 'string' ? child : serialize(child))).join('');
  const open = serialize(element('iq', { type, id, to })).replace('/>', '>');
  stream.send(`${open}${text}</iq>`);
  return stream.next((stanza) => stanza.is('iq') && stanza.attrs['id'] === id && !isRequest(stanza), timeout);
}

function isRequest(stanza: Element): boolean {
  return stanza.is('iq') && (stanza.attrs['type'] === 'get' || stanza.attrs['type'] === 'set');
}

function named(name: string): Predicate {
  return (stanza) => stanza.getName() === name;
}
