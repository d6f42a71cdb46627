import type { NodeName } from '../../domain/reading.js';
import { quote, type Reader } from '../../xmpp/reader.js';
import { LIMITS } from './limits.js';

/** The attributes nodeId, sourceId and cacheType (XEP-0323 section 5.9); absent is empty: some devices name no node. */
export function decodeNode(read: Reader): NodeName {
  return { nodeId: part(read, 'nodeId'), sourceId: part(read, 'sourceId'), cacheType: part(read, 'cacheType') };
}

/** The schema requires a nodeId, an empty one included; the others are left out where they are empty. */
export function nodeAttributes({ nodeId, sourceId, cacheType }: NodeName): Record<string, string | undefined> {
  return { nodeId, sourceId: sourceId || undefined, cacheType: cacheType || undefined };
}

function part(read: Reader, name: keyof NodeName): string {
  return boundedText(read, name, LIMITS.node) ?? '';
}

/** An attribute as written, of at most so many characters; undefined where it is absent. */
export function boundedText(read: Reader, name: string, most: number): string | undefined {
  const text = read.optional(name);
  if (text !== undefined && text.length > most) {
    read.refuse(`${name}=${quote(text)} is too long; it has at most ${most} characters.`);
  }
  return text;
}
