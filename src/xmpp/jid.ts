import { nameprep, nodeprep, resourceprep } from 'stanza/lib/stringprep/index.js';
import type { AnyJid, BareJid, FullJid } from '../domain/jid.js';

export type { AnyJid, BareJid, FullJid } from '../domain/jid.js';

/** A JID in stringprep form (RFC 6122 section 2), taken apart. `local` and `resource` are empty where there is none. */
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
  readonly bare: BareJid;
  /** The whole of it: `bare`, with `/resource` where there is one. */
  readonly full: AnyJid;
}

const MAX_PART_BYTES = 1023;

/**
 * Reads a JID from the wire, a form or a setting, and brings it to its stringprep form, in which alone JIDs are
 * compared and stored: `SAM`, `ſam` and `ｓａｍ` are one account to the server, and must be one to us.
 *
 * @returns undefined for what is no JID: an empty part, one over 1,023 bytes, a character that the profile forbids.
 */
export function parseJid(text: string): Jid | undefined {
  const { localpart, domainpart, resourcepart } = split(text);
  const local = prepare(nodeprep, localpart);
  const domain = prepareDomain(domainpart);
  const resource = prepare(resourceprep, resourcepart);
  if (local === undefined || domain === undefined || resource === undefined) return undefined;
  const bare = (local === '' ? domain : `${local}@${domain}`) as BareJid;
  return { local, domain, resource, bare, full: resource === '' ? bare : (`${bare}/${resource}` as FullJid) };
}

/**
 * Reads the address of a stanza that the server gave to us: it is for us if its domain is ours, even where the rest of
 * it is no JID, as the server may judge. A resource that is none is left out; a local part that is none stays as it is
 * written, and names nothing.
 */
export function parseAddress(text: string): Jid | undefined {
  const [written = ''] = text.split('/', 1);
  const jid = parseJid(text) ?? parseJid(written);
  if (jid !== undefined) return jid;
  const at = written.indexOf('@');
  const domain = prepareDomain(written.slice(at + 1));
  if (at < 1 || domain === undefined) return undefined;
  const bare = `${written.slice(0, at)}@${domain}` as BareJid;
  return { local: written.slice(0, at), domain, resource: '', bare, full: bare };
}

/** Whether a JID that is in stringprep form names one session. */
export function isFull(jid: AnyJid): jid is FullJid {
  return jid.includes('/');
}

// The first slash ends the bare JID and the first at-sign before it ends the local part (RFC 7622 section 3.2):
// a resource may hold both characters. An undefined part is absent; an empty one is a fault.
function split(text: string): { localpart?: string; domainpart: string; resourcepart?: string } {
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  return {
    ...(at >= 0 && { localpart: bare.slice(0, at) }),
    domainpart: bare.slice(at + 1),
    ...(slash >= 0 && { resourcepart: text.slice(slash + 1) }),
  };
}

// Characters whose prepared form is not the same everywhere: five ideographs of which Unicode corrected the form after
// stringprep was written (Corrigendum 4), and one that ejabberd does not fold. The server may take an account named with
// U+2F874 for another than the one that we would: its owner could then speak for somebody else's Things.
const DISPUTED = /[\u{33c6}\u{2f868}\u{2f874}\u{2f91f}\u{2f95f}\u{2f9bf}]/u;

/** What all three profiles leave as it is: most JIDs are of nothing else. */
const PLAIN = /^[a-z0-9._+=-]+$/;

// `false` refuses what Unicode 3.2 did not know, as stringprep asks for names that are kept, and as ejabberd does.
function prepare(
  profile: (text: string, allowUnassigned: boolean) => string,
  part: string | undefined,
): string | undefined {
  if (part === undefined) return '';
  if (part.length <= MAX_PART_BYTES && PLAIN.test(part)) return part;
  if (part === '' || Buffer.byteLength(part) > MAX_PART_BYTES || DISPUTED.test(part)) return undefined;
  try {
    const prepared = profile(part, false);
    return prepared === '' || Buffer.byteLength(prepared) > MAX_PART_BYTES ? undefined : prepared;
  } catch {
    return undefined; // the library throws for a forbidden character
  }
}

// Preparing can bring forth what ends a domain: `b／c` becomes `b/c`, which would then read as a full JID.
function prepareDomain(part: string): string | undefined {
  const prepared = prepare(nameprep, part);
  if (prepared === undefined || /[\s\p{Cc}"&'/<>@]/u.test(prepared)) return undefined;
  const domain = prepared.endsWith('.') ? prepared.slice(0, -1) : prepared;
  return domain.split('.').includes('') ? undefined : domain;
}
