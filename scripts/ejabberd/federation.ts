import { replaceOnce } from '../server/replace-once.js';

/** What lets an ejabberd that was started here talk to others. */
export interface Federation {
  /** Its host in place of `localhost`; the component's domain is a name under it. */
  readonly host: string;
  /** Where it listens for other servers. */
  readonly address: string;
  readonly port: number;
  /** The port of loopback at which it asks who serves a domain. */
  readonly nameServer: number;
}

/**
 * The configuration of an ejabberd that federates: without TLS, and so with dialback (XEP-0220), as nobody would certify
 * the names of a test.
 */
export function federated(text: string, { host, address, port }: Federation): string {
  const replace = (before: string, pattern: RegExp, replacement: string) =>
    replaceOnce('ejabberd.yml', before, pattern, replacement);
  const hosts = replace(text, /^ {2}- "localhost"$/gm, `  - ${JSON.stringify(host)}`);
  const listening = replace(
    hosts,
    /^listen:$/gm,
    `listen:\n  - port: ${port}\n    ip: ${JSON.stringify(address)}\n    module: ejabberd_s2s_in`,
  );
  return replace(listening, /^s2s_access: none$/gm, OPTIONS).replace(/^modules:$/m, 'modules:\n  mod_s2s_dialback: {}');
}

const OPTIONS = `s2s_access: all
s2s_use_starttls: false
outgoing_s2s_families: [ipv4]
s2s_dns_timeout: 1
s2s_dns_retries: 1
s2s_max_retry_delay: 1`;

/**
 * Erlang's own settings of its resolver (ERL_INETRC), for this one process. They hold for SRV records alone: of names,
 * ejabberd asks the system.
 */
export function inetrc(nameServer: Federation['nameServer']): string {
  return `{lookup, [file]}.\n{resolv_conf, ""}.\n{nameserver, {127,0,0,1}, ${nameServer}}.\n`;
}
