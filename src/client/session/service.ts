import { resolveSrv } from 'node:dns/promises';
import { isIP } from 'node:net';

/** Where a server listens for clients. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** The port for clients where nothing else is said (RFC 6120 section 14.7). */
const CLIENT_PORT = 5222;

/**
 * Reads `xmpp://host` or `xmpp://host:port`.
 *
 * @returns undefined for what is neither.
 */
export function parseService(text: string): Endpoint | undefined {
  const [, bracketed, plain, port] =
    /^xmpp:\/\/(?:\[([\da-fA-F:.]+)\]|([^\s/:[\]]+))(?::(\d{1,5}))?\/?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const number = port === undefined ? CLIENT_PORT : Number(port);
  return host === undefined || number < 1 || number > 65_535 ? undefined : { host, port: number };
}

/** The server of a domain as DNS has it (RFC 6120 section 3.2.1); where DNS says nothing, the domain itself. */
export async function findService(domain: string): Promise<Endpoint> {
  const otherwise = { host: domain, port: CLIENT_PORT };
  if (domain === 'localhost' || isIP(domain) !== 0) return otherwise;
  const records = await resolveSrv(`_xmpp-client._tcp.${domain}`).catch(() => []);
  const [first] = records.toSorted((a, b) => a.priority - b.priority || b.weight - a.weight);
  return first === undefined || first.name === '' ? otherwise : { host: first.name, port: first.port };
}

export function isLoopback({ host }: Endpoint): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** An endpoint as people write it. */
export function nameOf({ host, port }: Endpoint): string {
  return `xmpp://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
