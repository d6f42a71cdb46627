import type { BareJid } from '../../domain/jid.js';
import type { NodeName } from '../../domain/reading.js';
import type { Tag } from '../../domain/thing.js';
import { type Element, element } from '../../xmpp/element.js';
import { type Decoded, Reader } from '../../xmpp/reader.js';
import { decodeBareJid, decodeNode, decodeNodeFilter, type NodeFilter, nodeAttributes } from '../node.js';
import { decodeTags, encodeTags } from './tags.js';

export type { NodeFilter } from '../node.js';

/**
 * The namespace of XEP-0347 (version 0.5.1). This file has what Things and owners ask; `search-codec.ts` has search and
 * found, `notices-codec.ts` what the registry tells.
 *
 * Every fault is a bad-request that names what was wrong, or jid-malformed.
 */
export const DISCOVERY = 'urn:xmpp:iot:discovery';

/** Sections 3.6 to 3.8. Tags in the order written; those of an empty value, which count as absent, included. */
export interface Register {
  readonly node: NodeName;
  readonly selfOwned: boolean;
  readonly tags: readonly Tag[];
}

export function decodeRegister(payload: Element): Decoded<Register> {
  const read = new Reader(payload);
  return read.end({
    node: decodeNode(read),
    selfOwned: read.boolean('selfOwned', false),
    tags: decodeTags(read),
  });
}

export function encodeRegister({ node, selfOwned, tags }: Register): Element {
  return request('register', { ...nodeAttributes(node), selfOwned: selfOwned ? true : undefined }, tags);
}

/** Section 3.9. */
export interface Mine {
  readonly node: NodeFilter;
  readonly isPublic: boolean;
  readonly tags: readonly Tag[];
}

export function decodeMine(payload: Element): Decoded<Mine> {
  const read = new Reader(payload);
  return read.end({
    node: decodeNodeFilter(read),
    isPublic: read.boolean('public', true),
    tags: decodeTags(read),
  });
}

export function encodeMine({ node, isPublic, tags }: Mine): Element {
  return request('mine', { ...node, public: isPublic ? undefined : false }, tags);
}

/** Sections 3.13 and 3.14. `jid` is there when an owner speaks for a Thing; without it the Thing speaks for itself. */
export interface Update {
  readonly jid?: BareJid;
  readonly node: NodeName;
  readonly tags: readonly Tag[];
}

export function decodeUpdate(payload: Element): Decoded<Update> {
  const read = new Reader(payload);
  const jid = read.jid('jid')?.bare;
  return read.end({ ...(jid !== undefined && { jid }), node: decodeNode(read), tags: decodeTags(read) });
}

export function encodeUpdate({ jid, node, tags }: Update): Element {
  return request('update', { jid, ...nodeAttributes(node) }, tags);
}

/** Which Thing an owner means: remove (section 3.10) and disown (section 3.17). */
export interface ThingReference {
  readonly jid: BareJid;
  readonly node: NodeName;
}

export function decodeThingReference(payload: Element): Decoded<ThingReference> {
  const read = new Reader(payload);
  read.empty();
  const jid = decodeBareJid(read, 'jid');
  const node = decodeNode(read);
  return read.end(jid && { jid, node });
}

export function encodeRemove(reference: ThingReference): Element {
  return encodeReference('remove', reference);
}

export function encodeDisown(reference: ThingReference): Element {
  return encodeReference('disown', reference);
}

/** Which of the Things behind the sender is meant: unregister (section 3.16). */
export interface NodeReference {
  readonly node: NodeName;
}

export function decodeNodeReference(payload: Element): Decoded<NodeReference> {
  const read = new Reader(payload);
  read.empty();
  return read.end({ node: decodeNode(read) });
}

export function encodeUnregister({ node }: NodeReference): Element {
  return request('unregister', nodeAttributes(node));
}

function encodeReference(name: string, { jid, node }: ThingReference): Element {
  return request(name, { jid, ...nodeAttributes(node) });
}

type Attributes = Readonly<Record<string, string | boolean | undefined>>;

function request(name: string, attributes: Attributes, tags: readonly Tag[] = []): Element {
  return element(name, { xmlns: DISCOVERY, ...attributes }, ...encodeTags(tags));
}
