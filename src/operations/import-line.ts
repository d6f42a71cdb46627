import type { BareJid } from '../domain/jid.js';
import { faultText, makeTag } from '../domain/tag-text.js';
import { KEY, LIMITS, storedTags } from '../domain/tags.js';
import type { Tag, Thing, ThingAddress } from '../domain/thing.js';
import { quoted, type Read, type Reading } from './field.js';
import { typedAccount } from './typed-address.js';

/** A Thing as a line of an import names it. */
export interface ImportLine {
  readonly address: ThingAddress;
  /** With KEY, where there is one. */
  readonly tags: readonly Tag[];
  readonly claim?: { readonly owner: BareJid; readonly isPublic: boolean };
}

/**
 * Reads a line of an import, an object in JSON:
 *
 *     {"jid": "meter7@example.org", "nodeId": "", "owner": "anna@example.org", "public": false, "key": "4857402340298342",
 *      "tags": {"SN": "39487", "#LAT": "59.30"}}
 *
 * All but `jid` may be left out; `public` is false unless it is said. The name of a numeric tag has a hash sign before it
 * and its value is a text, too: a number in JSON loses the digits that it was written with.
 *
 * A fault repeats nothing of a line that is no JSON, and never a KEY.
 */
export function readImportLine(text: string, { bareJid }: Pick<Reading, 'bareJid'>): Read<ImportLine> {
  const line = parse(text);
  if (line === undefined) return fault('It is no object in JSON.');
  if (UNSAYABLE.test(unescaped(line))) return fault('It holds a character that XML cannot say.');
  const unknown = Object.keys(line).find((name) => !PROPERTIES.has(name));
  if (unknown !== undefined)
    return fault(`There is no property ${quoted(unknown)}; use ${[...PROPERTIES].join(', ')}.`);
  const address = readAddress(line, bareJid);
  if (!address.ok) return address;
  const tags = readTags(line['tags'], line['key']);
  if (!tags.ok) return tags;
  const claim = readClaim(line, bareJid);
  if (!claim.ok) return claim;
  return {
    ok: true,
    value: { address: address.value, tags: tags.value, ...(claim.value !== undefined && { claim: claim.value }) },
  };
}

/** The line of a Thing as it is: what {@link readImportLine} makes the same Thing of, but for KEY. */
export function importLineOf({ address, tags, ownership }: Thing): string {
  const { jid, ...node } = address;
  const parts = Object.fromEntries(Object.entries(node).filter(([, value]) => value !== ''));
  const owned = ownership && { owner: ownership.owner, public: ownership.isPublic };
  const named = tags.map((tag) => (tag.kind === 'num' ? [`#${tag.name}`, tag.text] : [tag.name, tag.value]));
  return JSON.stringify({ jid, ...parts, ...owned, ...(tags.length > 0 && { tags: Object.fromEntries(named) }) });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const UNSAYABLE = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/u;

/** How deep texts are to be found: in the line, and in its tags. What is deeper is refused by who reads it, unread. */
const LEVELS = 2;

/** All texts in it: JSON can escape what no stanza could bring, and nest deeper than any recursion goes. */
function unescaped(value: unknown, levels = LEVELS): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || levels === 0) return '';
  return Object.entries(value)
    .map(([name, inside]) => name + unescaped(inside, levels - 1))
    .join(' ');
}

const PROPERTIES: ReadonlySet<string> = new Set([
  'jid',
  'nodeId',
  'sourceId',
  'cacheType',
  'owner',
  'public',
  'key',
  'tags',
]);

/** The longest node id, source id or cache type, in bytes of UTF-8: as on the wire. */
const MAX_NODE_BYTES = 1023;

type Line = Readonly<Record<string, unknown>>;
type BareJidOf = Reading['bareJid'];

function parse(text: string): Line | undefined {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined; // its words repeat the text
  }
}

function asObject(value: unknown): Line | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.fromEntries(Object.entries(value));
}

function readAddress(line: Line, bareJid: BareJidOf): Read<ThingAddress> {
  const jid = readJid(line, 'jid', bareJid, 'is no JID without resource.');
  if (!jid.ok) return jid;
  if (jid.value === undefined) return fault('It has no jid.');
  const parts = { nodeId: '', sourceId: '', cacheType: '' };
  for (const name of ['nodeId', 'sourceId', 'cacheType'] as const) {
    const part = line[name] ?? '';
    if (typeof part !== 'string') return fault(`${name} is to be a text.`);
    if (Buffer.byteLength(part) > MAX_NODE_BYTES) {
      return fault(`${name} ${quoted(part)} is too long; it has at most ${MAX_NODE_BYTES} bytes in UTF-8.`);
    }
    parts[name] = part;
  }
  return { ok: true, value: { jid: jid.value, ...parts } };
}

function readJid(line: Line, name: 'jid' | 'owner', jidOf: BareJidOf, otherwise: string): Read<BareJid | undefined> {
  const text = line[name] ?? '';
  if (typeof text !== 'string') return fault(`${name} is to be a text.`);
  if (text === '') return { ok: true, value: undefined };
  const jid = jidOf(text);
  return jid === undefined ? fault(`${name} ${quoted(text)} ${otherwise}`) : { ok: true, value: jid };
}

function readClaim(line: Line, bareJid: BareJidOf): Read<ImportLine['claim']> {
  const isPublic = line['public'] ?? false;
  if (typeof isPublic !== 'boolean') return fault('public is to be true or false.');
  const account = (text: string) => typedAccount(text, bareJid);
  const owner = readJid(line, 'owner', account, 'is no account without resource; use one like anna@example.org.');
  if (!owner.ok) return owner;
  if (owner.value !== undefined) return { ok: true, value: { owner: owner.value, isPublic } };
  return isPublic ? fault('Who is to claim it says whether it is public; give an owner, or leave public out.') : NOBODY;
}

const NOBODY = { ok: true, value: undefined } as const;

function readTags(written: unknown = {}, key: unknown = ''): Read<readonly Tag[]> {
  const named = asObject(written);
  if (named === undefined) return fault('tags is to be an object.');
  const tags: Tag[] = [];
  for (const [name, value] of [...Object.entries(named), [KEY, key] as const]) {
    const isNumber = name.startsWith('#');
    const bare = isNumber ? name.slice(1) : name;
    if (typeof value !== 'string') return fault(NO_TEXT(bare));
    if (value === '') continue; // counts as absent
    const tag = makeTag(isNumber ? 'num' : 'str', bare, value);
    if ('fault' in tag) return fault(faultText(tag, { name: bare, value }));
    if (tags.some((other) => other.name === tag.name)) return fault(faultText({ fault: 'twice', name: tag.name }));
    tags.push(tag);
  }
  if (storedTags(tags).length > LIMITS.tagsPerThing) return fault(`A Thing has at most ${LIMITS.tagsPerThing} tags.`);
  return { ok: true, value: tags };
}

const NO_TEXT = (name: string) =>
  `the tag ${quoted(name)} is to be a text; write a number as one, after a name with a hash sign: "#LAT": "59.30".`;

function fault(words: string): { readonly ok: false; readonly fault: string } {
  return { ok: false, fault: words };
}
