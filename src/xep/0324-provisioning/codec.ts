import type { BareJid } from '../../domain/jid.js';
import { FIELD_TYPES, type NodeName } from '../../domain/reading.js';
import { type Element, element } from '../../xmpp/element.js';
import type { Jid } from '../../xmpp/jid.js';
import { type Decoded, Reader } from '../../xmpp/reader.js';
import { decodeNode, nodeAttributes } from '../node.js';

/** The namespace of XEP-0324 (version 0.5.1): the part of it that claims need. */
export const PROVISIONING = 'urn:xmpp:iot:provisioning';

/** Sections 3.2.1 and 3.2.2: may the asker be a friend of `jid`? Its resource does not count. */
export interface IsFriend {
  readonly jid: Jid;
}

export function decodeIsFriend(payload: Element): Decoded<IsFriend> {
  const read = new Reader(payload);
  read.empty();
  const jid = requiredJid(read);
  return read.end(jid && { jid });
}

export function encodeIsFriend(jid: BareJid): Element {
  return element('isFriend', { xmlns: PROVISIONING, jid });
}

export interface Friendship {
  readonly jid: BareJid;
  readonly isFriend: boolean;
}

export function decodeFriendship(payload: Element): Decoded<Friendship> {
  const read = new Reader(payload);
  read.required('result');
  const isFriend = read.boolean('result', false);
  const jid = requiredJid(read)?.bare;
  return read.end(jid && { jid, isFriend });
}

export function encodeFriendship({ jid, isFriend }: Friendship): Element {
  return element('isFriendResponse', { xmlns: PROVISIONING, jid, result: isFriend });
}

/** Section 3.2.3: `jid` is to be the receiver's friend no longer. A message, to be heeded from whom one trusts alone. */
export interface Unfriend {
  readonly jid: Jid;
}

export function decodeUnfriend(payload: Element): Decoded<Unfriend> {
  const read = new Reader(payload);
  read.empty();
  const jid = requiredJid(read);
  return read.end(jid && { jid });
}

export function encodeUnfriend(jid: BareJid): Element {
  return element('unfriend', { xmlns: PROVISIONING, jid });
}

/** Section 3.5.1: what was answered before may be true no longer. The answer says that it is forgotten. */
export function decodeClearCache(payload: Element): Decoded<'asked'> {
  const read = new Reader(payload);
  read.empty();
  return read.end('asked');
}

export function encodeClearCache(): Element {
  return element('clearCache', { xmlns: PROVISIONING });
}

export function decodeCacheCleared(payload: Element): Decoded<'cleared'> {
  const read = new Reader(payload);
  read.empty();
  return read.end('cleared');
}

export function encodeCacheCleared(): Element {
  return element('clearCacheResponse', { xmlns: PROVISIONING });
}

const READ_TYPES = [...FIELD_TYPES, 'all', 'historical'] as const;
export type ReadType = (typeof READ_TYPES)[number];

/** Section 3.3: may `jid` read the asker? What it asked the asker for is repeated. Tokens are not looked at. */
export interface CanRead {
  readonly jid: Jid;
  readonly types: readonly ReadType[];
  /** Empty: whatever there is. */
  readonly nodes: readonly NodeName[];
  /** Field names; empty: whatever there is. */
  readonly fields: readonly string[];
}

export function decodeCanRead(payload: Element): Decoded<CanRead> {
  const read = new Reader(payload);
  const jid = requiredJid(read);
  const types = READ_TYPES.filter((type) => read.boolean(type, false));
  const nodes: NodeName[] = [];
  const fields: string[] = [];
  for (const child of read.children('node', 'field')) {
    child.empty();
    if (child.element.getName() === 'node') nodes.push(decodeRequiredNode(child));
    else fields.push(child.required('name'));
    read.takeOver(child);
  }
  return read.end(jid && { jid, types, nodes, fields });
}

export function encodeCanRead({ jid, ...scope }: Omit<CanRead, 'jid'> & { readonly jid: BareJid }): Element {
  return encodeScope('canRead', { jid, ...scope });
}

/** What may be read: the question with no more in it than is allowed. */
export interface ReadPermission extends Omit<CanRead, 'jid'> {
  readonly jid: BareJid;
  readonly mayRead: boolean;
}

export function decodeReadPermission(payload: Element): Decoded<ReadPermission> {
  const scope = decodeCanRead(payload);
  if (!scope.ok) return scope;
  const read = new Reader(payload);
  read.required('result');
  return read.end({ ...scope.value, jid: scope.value.jid.bare, mayRead: read.boolean('result', false) });
}

export function encodeReadPermission({ mayRead, ...scope }: ReadPermission): Element {
  return encodeScope('canReadResponse', scope, { result: mayRead });
}

type Scope = Omit<ReadPermission, 'mayRead'>;

function encodeScope(
  name: string,
  { jid, types, nodes, fields }: Scope,
  attributes: { result?: boolean } = {},
): Element {
  const flags = Object.fromEntries(types.map((type) => [type, true]));
  return element(
    name,
    { xmlns: PROVISIONING, jid, ...flags, ...attributes },
    ...nodes.map((node) => element('node', { ...nodeAttributes(node), nodeId: node.nodeId })),
    ...fields.map((field) => element('field', { name: field })),
  );
}

function decodeRequiredNode(read: Reader): NodeName {
  read.required('nodeId');
  return decodeNode(read);
}

function requiredJid(read: Reader): Jid | undefined {
  read.required('jid');
  return read.ok ? read.jid('jid') : undefined;
}
