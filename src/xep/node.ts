import type { BareJid } from '../domain/jid.js';
import type { NodeName } from '../domain/reading.js';
import { quote, type Reader } from '../xmpp/reader.js';

/** The longest node id, source id or cache type, in bytes of UTF-8: that of a part of a JID (RFC 6122 section 2.1). */
export const MAX_NODE_BYTES = 1023;

/** What narrows a claim: parts that are absent narrow nothing. */
export type NodeFilter = Readonly<Partial<NodeName>>;

/** The attributes nodeId, sourceId and cacheType (XEP-0347 section 3.8); absent is empty. */
export function decodeNode(read: Reader): NodeName {
  return {
    nodeId: nodePart(read, 'nodeId') ?? '',
    sourceId: nodePart(read, 'sourceId') ?? '',
    cacheType: nodePart(read, 'cacheType') ?? '',
  };
}

/** The same attributes where an absent one is another thing than an empty one. */
export function decodeNodeFilter(read: Reader): NodeFilter {
  const nodeId = nodePart(read, 'nodeId');
  const sourceId = nodePart(read, 'sourceId');
  const cacheType = nodePart(read, 'cacheType');
  return {
    ...(nodeId !== undefined && { nodeId }),
    ...(sourceId !== undefined && { sourceId }),
    ...(cacheType !== undefined && { cacheType }),
  };
}

/** The attributes of a node: those that are not empty. */
export function nodeAttributes({ nodeId, sourceId, cacheType }: NodeName): Record<string, string | undefined> {
  return { nodeId: nodeId || undefined, sourceId: sourceId || undefined, cacheType: cacheType || undefined };
}

/** A JID that must be there and names a Thing or an owner: its resource does not count. */
export function decodeBareJid(read: Reader, name: string): BareJid | undefined {
  read.required(name);
  return read.ok ? read.jid(name)?.bare : undefined;
}

function nodePart(read: Reader, name: keyof NodeName): string | undefined {
  const text = read.optional(name);
  if (text !== undefined && Buffer.byteLength(text) > MAX_NODE_BYTES) {
    read.refuse(`${name}=${quote(text)} is too long; it has at most ${MAX_NODE_BYTES} bytes in UTF-8.`);
  }
  return text;
}
