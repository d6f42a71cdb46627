import { domainToASCII } from 'node:url';
import { type BareJid, domainOf } from '../domain/jid.js';
import type { Reading } from './field.js';

/**
 * Reads an account or a domain as people type one. Of what could be a JID it takes less: stringprep lets nearly any text
 * through as a domain, `a.example,b.example` too, and a rule about a domain that nobody can have does nothing.
 *
 * @returns undefined for what is neither.
 */
export function typedAddress(written: string, bareJid: Reading['bareJid']): BareJid | undefined {
  const jid = bareJid(written.trim());
  if (jid === undefined || !isDomain(domainOf(jid))) return undefined;
  return NO_LOCAL_PART.test(jid.slice(0, Math.max(jid.indexOf('@'), 0))) ? undefined : jid;
}

/** The same of an account alone. */
export function typedAccount(written: string, bareJid: Reading['bareJid']): BareJid | undefined {
  const jid = typedAddress(written, bareJid);
  return jid?.includes('@') ? jid : undefined;
}

/**
 * Everyone of a domain, `@example.org` or `example.org`, or an account.
 *
 * @param read how an address is read: what is to be taken back is named as it was stored, however that came about.
 */
export function accountOrDomain(
  written: string,
  read: (text: string) => BareJid | undefined,
): BareJid | `@${string}` | undefined {
  const text = written.trim();
  const isOfDomain = text.startsWith('@');
  const jid = read(isOfDomain ? text.slice(1) : text);
  if (jid === undefined || (isOfDomain && jid.includes('@'))) return undefined;
  return jid.includes('@') ? jid : `@${jid}`;
}

/** What nodeprep lets through, and people put between addresses, or for any. */
const NO_LOCAL_PART = /[;,*]/;

/** Letters of any script, digits and hyphens; a mark is a part of a letter. */
const LABEL = /^[\p{L}\p{Nd}][\p{L}\p{M}\p{Nd}-]*$/u;
const LONGEST_LABEL = 63;
const LONGEST_NAME = 253;

/** Whether it is a domain name, or an address of the Internet Protocol, in brackets if of version 6 (RFC 7622 section 3.2). */
function isDomain(domain: string): boolean {
  const ascii = domainToASCII(domain); // '' for what IDNA has no such name for: `xn--`
  if (domain.startsWith('[')) return ascii !== '';
  const labels = ascii.split('.');
  return (
    ascii.length <= LONGEST_NAME &&
    labels.every((label) => label !== '' && label.length <= LONGEST_LABEL) &&
    domain.split('.').every((label) => LABEL.test(label) && !label.endsWith('-'))
  );
}
