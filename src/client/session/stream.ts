import { randomUUID } from 'node:crypto';
import { type Element, element } from '../../xmpp/element.js';
import { type Jid, parseJid } from '../../xmpp/jid.js';
import { createOutbox, type Outbox } from '../../xmpp/outbox.js';
import type { ParserLimits } from '../../xmpp/parser.js';
import { decodeError } from '../../xmpp/stanza-error.js';
import { openAccount } from './account.js';
import { type Credentials, logIn } from './sasl.js';
import { type Endpoint, isLoopback, nameOf } from './service.js';
import { Wire } from './wire.js';

export interface ClientStreamOptions {
  readonly endpoint: Endpoint;
  readonly domain: string;
  readonly credentials: Credentials;
  /** What to call this session; the server may choose otherwise. */
  readonly resource: string;
  /** Whether to open the account if there is none. */
  readonly register: boolean;
  /** Whether to go on without encryption where the server offers none; on loopback it is always allowed. */
  readonly allowPlain: boolean;
  /** Authorities to trust instead of the system's, in PEM. */
  readonly ca?: string;
  readonly limits: ParserLimits;
  /** How long the server may take to let us in, and to close after us, in milliseconds. */
  readonly openMs: number;
  readonly closeMs: number;
}

/** Why a stream was not to be had. `lasting`: another attempt will not change it. */
export interface NotLetIn {
  readonly why: string;
  readonly lasting: boolean;
}

/** One session of an account, from its beginning to its end. */
export interface ClientStream {
  readonly jid: Jid;
  readonly online: boolean;
  /** Resolves at the end of the connection, with the reason in words. */
  readonly ended: Promise<string>;
  write(xml: string): void;
  drained(): Promise<void>;
  /** Begins to give what comes in; nothing is lost before. */
  flow(receiver: (stanza: Element) => void): void;
  close(reason: string): Promise<void>;
}

/**
 * Logs in to an account: connection, encryption where it is offered, the account itself where it is to be opened, SASL,
 * resource binding (RFC 6120). Of a connection that can be listened in on, nothing is asked but encryption.
 *
 * @param signal ends the attempt
 */
export async function openClientStream(
  options: ClientStreamOptions,
  signal: AbortSignal,
): Promise<ClientStream | NotLetIn> {
  const { endpoint, limits, openMs } = options;
  const wire = new Wire(endpoint, limits);
  const late = `${nameOf(endpoint)} did not let us in within ${openMs / 1000} s`;
  const timer = setTimeout(() => wire.abort(late), openMs);
  const giveUp = (): void => wire.abort('the attempt was given up');
  signal.addEventListener('abort', giveUp);
  if (signal.aborted) giveUp();
  const outcome = await negotiate(wire, options);
  clearTimeout(timer);
  signal.removeEventListener('abort', giveUp);
  if (!('why' in outcome)) return createClientStream(wire, outcome, options);
  wire.close(outcome.why, options.closeMs);
  const reason = await wire.ended;
  return { ...outcome, why: outcome.why || reason || `${nameOf(endpoint)} ended the connection` };
}

/** Stands for: the connection ended, and says itself why. */
const ENDED: NotLetIn = { why: '', lasting: false };

async function negotiate(wire: Wire, options: ClientStreamOptions): Promise<Jid | NotLetIn> {
  const { domain, credentials, endpoint, allowPlain } = options;
  wire.open(domain);
  const first = await wire.next();
  if (first === undefined) return ENDED;
  const secured = await secure(wire, first, options);
  if ('why' in secured) return secured;
  const mayShow = secured.encrypted || allowPlain || isLoopback(endpoint);
  const refusal = await authenticate(wire, secured.features, credentials, { mayShow, register: options.register });
  if (refusal !== undefined) return refusal;
  wire.open(domain);
  if ((await wire.next()) === undefined) return ENDED;
  return bind(wire, options.resource);
}

const TLS = 'urn:ietf:params:xml:ns:xmpp-tls';

async function secure(
  wire: Wire,
  features: Element,
  { domain, ca, endpoint, allowPlain }: ClientStreamOptions,
): Promise<NotLetIn | { readonly features: Element; readonly encrypted: boolean }> {
  if (features.getChild('starttls', TLS) === undefined) {
    if (allowPlain || isLoopback(endpoint)) return { features, encrypted: false };
    return { why: `${nameOf(endpoint)} offers no encryption, and it is not on this machine`, lasting: true };
  }
  wire.send(element('starttls', { xmlns: TLS }));
  if ((await wire.next())?.getName() !== 'proceed') return ENDED;
  // On this machine nobody can stand between; what could be proven there to whom?
  const demand = { domain, verify: !isLoopback(endpoint), ...(ca !== undefined && { ca }) };
  if (!(await wire.encrypt(demand))) return ENDED;
  wire.open(domain);
  const second = await wire.next();
  return second === undefined ? ENDED : { features: second, encrypted: true };
}

async function authenticate(
  wire: Wire,
  features: Element,
  credentials: Credentials,
  { mayShow, register }: { readonly mayShow: boolean; readonly register: boolean },
): Promise<NotLetIn | undefined> {
  const first = await logIn(wire, features, credentials, mayShow);
  if (first === 'not-authorized' && register) {
    const refusal = await openAccount(wire, credentials);
    if (refusal !== undefined) return { why: refusal, lasting: true };
    return refusalOf(await logIn(wire, features, credentials, mayShow));
  }
  return refusalOf(first);
}

function refusalOf(outcome: Awaited<ReturnType<typeof logIn>>): NotLetIn | undefined {
  if (outcome === 'in') return undefined;
  if (outcome === 'ended') return ENDED;
  if (outcome === 'not-authorized')
    return { why: 'there is no such account, or its password is another', lasting: true };
  return { why: outcome.refused, lasting: true };
}

const BIND = 'urn:ietf:params:xml:ns:xmpp-bind';

async function bind(wire: Wire, resource: string): Promise<Jid | NotLetIn> {
  const id = randomUUID();
  const asked = element('bind', { xmlns: BIND }, element('resource', {}, resource));
  wire.send(element('iq', { type: 'set', id }, asked));
  const answer = await wire.next();
  if (answer === undefined) return ENDED;
  if (answer.attrs['type'] !== 'result') {
    const { condition, text } = decodeError(answer);
    return {
      why: `the server opened no session (${condition}${text === undefined ? '' : `: ${text}`})`,
      lasting: false,
    };
  }
  const jid = parseJid(answer.getChild('bind', BIND)?.getChildText('jid') ?? '');
  return jid ?? { why: 'the server did not say what the session is called', lasting: false };
}

function createClientStream(wire: Wire, jid: Jid, { closeMs }: ClientStreamOptions): ClientStream {
  const outbox: Outbox = createOutbox(wire.socket, () => wire.abort('the server has stopped reading'));
  return {
    jid,
    get online() {
      return !wire.closing;
    },
    ended: wire.ended,
    write: (xml) => {
      if (!wire.closing) outbox.push(xml);
    },
    drained: () => outbox.drained(),
    flow: (receiver) => wire.flow(receiver),
    async close(reason) {
      outbox.flush();
      wire.close(reason, closeMs);
      await wire.ended;
    },
  };
}
