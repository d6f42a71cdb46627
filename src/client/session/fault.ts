import { childElements, type Element } from '../../xmpp/element.js';

/** A stream error (RFC 6120 section 4.9) in words that the user of an account can act on. */
export function explainStreamFault(error: Element, service: string): string {
  const parts = childElements(error);
  const condition = parts.find((part) => part.getName() !== 'text')?.getName() ?? 'undefined-condition';
  const text = parts.find((part) => part.getName() === 'text')?.getText() ?? '';
  const words = CONDITIONS.get(condition) ?? 'ended the stream';
  return `${service} ${words} (${condition}${text === '' ? '' : `: ${text.slice(0, 200)}`})`;
}

const CONDITIONS: ReadonlyMap<string, string> = new Map([
  ['host-unknown', 'does not know the domain of this account'],
  ['host-gone', 'no longer serves the domain of this account'],
  ['conflict', 'let another session take the place of this one'],
  ['system-shutdown', 'is shutting down'],
  ['connection-timeout', 'heard nothing for too long'],
  ['not-authorized', 'no longer lets this account in'],
  ['policy-violation', 'was sent something that it does not allow'],
  ['resource-constraint', 'is short of resources'],
  ['see-other-host', 'points to another server: name that one as the service'],
]);

/** An error of the connection below the stream, in words that the user of an account can act on. */
export function explainSocketFault(error: Error, service: string): string {
  const code = 'code' in error ? String(error.code) : '';
  const words = SOCKET_FAULTS.get(code) ?? (TLS_FAULT.test(code) ? untrusted : undefined);
  return words === undefined
    ? `the connection to ${service} failed (${code || error.message})`
    : `${words(service)} (${code})`;
}

const untrusted = (service: string): string => `the certificate of ${service} cannot be trusted`;
const TLS_FAULT = /CERT|^ERR_TLS|^ERR_SSL|SELF_SIGNED|UNABLE_TO_VERIFY/;

const SOCKET_FAULTS: ReadonlyMap<string, (service: string) => string> = new Map([
  ['ECONNREFUSED', (service) => `nothing listens at ${service}`],
  ['ENOTFOUND', (service) => `the host of ${service} has no address`],
  ['EAI_AGAIN', (service) => `the address of ${service} could not be looked up`],
  ['ETIMEDOUT', (service) => `${service} does not answer`],
  ['EHOSTUNREACH', (service) => `no way leads to ${service}`],
  ['ENETUNREACH', (service) => `no way leads to ${service}`],
  ['ECONNRESET', (service) => `${service} broke off the connection`],
  ['EPIPE', (service) => `${service} broke off the connection`],
]);
