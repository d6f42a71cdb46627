import { childElements, type Element } from './element.js';

/** Whom the connection is with; what an operator compares with their settings. */
export interface Endpoint {
  readonly service: string;
  readonly domain: string;
}

/** A stream error (RFC 6120 section 4.9) in words that an operator can act on. */
export function explainStreamError(error: Element, endpoint: Endpoint): string {
  const parts = childElements(error);
  const condition = parts.find((part) => part.getName() !== 'text')?.getName() ?? 'undefined-condition';
  const text = parts.find((part) => part.getName() === 'text')?.getText() ?? '';
  const words = CONDITIONS.get(condition)?.(endpoint) ?? `${endpoint.service} ended the stream`;
  return `${words} (${condition}${text === '' ? '' : `: ${text.slice(0, 200)}`})`;
}

const CONDITIONS: ReadonlyMap<string, (endpoint: Endpoint) => string> = new Map([
  // ejabberd gives a domain that it does not know the same answer as a wrong secret (seen on 23.01).
  [
    'not-authorized',
    ({ service, domain }) =>
      `${service} refused "${domain}" with this secret: one of the two is not what its component listener has`,
  ],
  [
    'host-unknown',
    ({ service, domain }) => `the component listener of ${service} does not know the domain "${domain}"`,
  ],
  ['host-gone', ({ service, domain }) => `the component listener of ${service} no longer serves "${domain}"`],
  ['conflict', ({ service, domain }) => `${service} has another connection for "${domain}" and lets in only one`],
  [
    'invalid-namespace',
    ({ service }) => `${service} is no port for components (XEP-0114); it may be the one for clients or servers`,
  ],
  ['invalid-from', ({ domain }) => `a stanza was sent from an address that is not in "${domain}"`],
  ['system-shutdown', ({ service }) => `${service} is shutting down`],
  ['reset', ({ service }) => `${service} asks for a new connection`],
  ['see-other-host', ({ service }) => `${service} points to another server: name that one as the service`],
  ['connection-timeout', ({ service }) => `${service} heard nothing for too long`],
  ['resource-constraint', ({ service }) => `${service} is short of resources`],
  ['policy-violation', ({ service }) => `${service} was sent something that it does not allow`],
  ['not-well-formed', ({ service }) => `${service} could not read the XML that it was sent`],
]);

/** An error of the connection below the stream, in words that an operator can act on. */
export function explainSocketError(error: unknown, { service }: Endpoint): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const words = SOCKET_ERRORS.get(code)?.(service);
  if (words !== undefined) return `${words} (${code})`;
  return `the connection to ${service} failed (${code || (error instanceof Error ? error.message : 'unknown error')})`;
}

const SOCKET_ERRORS: ReadonlyMap<string, (service: string) => string> = new Map([
  [
    'ECONNREFUSED',
    (service) => `nothing listens at ${service}: is the server running, with a listener for components?`,
  ],
  ['ENOTFOUND', (service) => `the host of ${service} has no address: is its name right?`],
  ['EAI_AGAIN', (service) => `the address of ${service} could not be looked up: does the name service answer?`],
  ['ETIMEDOUT', (service) => `${service} no longer answers`],
  ['EHOSTUNREACH', (service) => `no way leads to ${service}`],
  ['ENETUNREACH', (service) => `no way leads to ${service}`],
  ['ECONNRESET', (service) => `${service} broke off the connection`],
  ['EPIPE', (service) => `${service} broke off the connection`],
]);
