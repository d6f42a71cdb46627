import { faultText, makeTag } from '../../domain/tag-text.js';
import { tagName } from '../../domain/tags.js';
import type { Tag } from '../../domain/thing.js';
import { type AnyJid, parseJid } from '../../xmpp/jid.js';

/** The tags of a text, and the registry that a URI names; or what is wrong with it, for people. */
export type IotDisco = { readonly tags: readonly Tag[]; readonly registry?: AnyJid } | { readonly fault: string };

/**
 * Writes the text that goes into the QR code of a Thing (XEP-0347 version 0.5.1, section 3.9):
 * `IoTDisco;SN:39487;MAN:www.ktc.se;#V:1.2;KEY:4857`, semicolons and backslashes escaped by a backslash.
 */
export function writeIotDisco(tags: readonly Tag[]): string {
  return [PREFIX, ...tags.map(writeTag)].join(';');
}

/**
 * Reads such a text, or the URI that phones meet: `iotdisco:SN=39487;MAN=www.ktc.se;#V=1.2;KEY=4857`, percent-encoded.
 * There `R=things.example.org` says where the Thing is registered; it is no tag, since the Thing did not register it,
 * and a claim has to give exactly what it did. In the text of the specification R is a tag like any other.
 *
 * A fault names the place and not the text: that holds KEY, and where it is broken nobody can tell where KEY ends.
 */
export function readIotDisco(text: string): IotDisco {
  const trimmed = text.trimStart();
  if (URI_SCHEME.test(trimmed)) return readUri(trimmed.replace(URI_SCHEME, ''));
  const [head, ...parts] = splitEscaped(trimmed);
  if (head !== PREFIX) return { fault: `It begins neither with "${PREFIX};" nor with "iotdisco:".` };
  return tagsOf(parts.map(readPart));
}

const PREFIX = 'IoTDisco';
const URI_SCHEME = /^iotdisco:/i;
const REGISTRY = 'R';

/** One tag as written: a hash sign before the name makes it numeric. */
interface Part {
  readonly name: string;
  readonly value: string;
}
type ReadPart = Part | { readonly fault: string };

function writeTag(tag: Tag): string {
  const hash = tag.kind === 'num' ? '#' : '';
  return `${hash}${escaped(tag.name)}:${escaped(tag.kind === 'num' ? tag.text : tag.value)}`;
}

function escaped(text: string): string {
  return text.replace(/[;\\]/g, '\\$&');
}

/** The pieces between the semicolons that no backslash escapes; their own escapes are left in them. */
function splitEscaped(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === ';') {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

function readPart(part: string): ReadPart {
  const colon = part.indexOf(':');
  if (colon < 0) return { fault: 'there is no colon between the name and the value.' };
  const value = part.slice(colon + 1);
  if (!WHOLE_ESCAPES.test(value)) return { fault: 'the backslash at its end escapes nothing.' };
  return { name: unescaped(part.slice(0, colon)), value: unescaped(value) };
}

const WHOLE_ESCAPES = /^(?:[^\\]|\\.)*$/s;

function unescaped(text: string): string {
  return text.replace(/\\(.)/gs, '$1');
}

function readUri(text: string): IotDisco {
  const parts = text.split(';').map(readUriPart);
  const isRegistry = (part: ReadPart) => 'name' in part && tagName(part.name) === REGISTRY;
  const read = tagsOf(parts, isRegistry);
  const values = parts.flatMap((part) => ('value' in part && isRegistry(part) && part.value !== '' ? part.value : []));
  if ('fault' in read || values.length === 0) return read;
  const registry = values.length === 1 ? parseJid(values[0] ?? '')?.full : undefined;
  if (registry === undefined) return { fault: `${REGISTRY}: it is to be the JID of one registry.` };
  return { ...read, registry };
}

function readUriPart(part: string): ReadPart {
  const equals = part.indexOf('=');
  if (equals < 0) return { fault: 'there is no equals sign between the name and the value.' };
  try {
    return { name: decodeURIComponent(part.slice(0, equals)), value: decodeURIComponent(part.slice(equals + 1)) };
  } catch {
    return { fault: 'the percent-encoding is broken.' };
  }
}

/** @param isOther which parts are no tags. */
function tagsOf(parts: readonly ReadPart[], isOther: (part: ReadPart) => boolean = () => false): IotDisco {
  const tags: Tag[] = [];
  for (const [index, part] of parts.entries()) {
    if (isOther(part)) continue;
    const tag = 'fault' in part ? part.fault : readTag(part, tags);
    if (typeof tag === 'string') return { fault: `Tag ${index + 1}: ${tag}` };
    tags.push(tag);
  }
  return tags.length === 0 ? { fault: 'It holds no tags.' } : { tags };
}

function readTag({ name, value }: Part, before: readonly Tag[]): Tag | string {
  const isNumber = name.startsWith('#');
  const tag = makeTag(isNumber ? 'num' : 'str', isNumber ? name.slice(1) : name, value);
  if ('fault' in tag) return faultText(tag);
  return before.some((other) => other.name === tag.name) ? 'it is there already; give each tag once.' : tag;
}
