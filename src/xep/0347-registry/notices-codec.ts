import type { BareJid } from '../../domain/jid.js';
import type { NodeName } from '../../domain/reading.js';
import { type Element, element } from '../../xmpp/element.js';
import { type Decoded, Reader } from '../../xmpp/reader.js';
import { decodeBareJid, decodeNode, nodeAttributes } from '../node.js';
import { DISCOVERY } from './codec.js';

/**
 * XEP-0347 (version 0.5.1) sections 3.6 and 3.9. To a Thing `jid` is its owner, to a claimant it is the Thing. Of
 * `public` absent, people think differently: the schema says false, the text says true. We always write it to Things.
 */
export interface Claimed {
  readonly jid: BareJid;
  readonly isPublic?: boolean;
  readonly node: NodeName;
}

export function decodeClaimed(payload: Element): Decoded<Claimed> {
  const read = new Reader(payload);
  read.empty();
  const jid = decodeBareJid(read, 'jid');
  const isPublic = read.optional('public') === undefined ? undefined : read.boolean('public', false);
  const node = decodeNode(read);
  return read.end(jid && { jid, ...(isPublic !== undefined && { isPublic }), node });
}

export function encodeClaimed({ jid, isPublic, node }: Claimed): Element {
  return element('claimed', { xmlns: DISCOVERY, jid, ...nodeAttributes(node), public: isPublic });
}

/** Sections 3.13 (an answer) and 3.17 (a notice). Read with `decodeNodeReference` of codec.ts, as is `removed`. */
export function encodeDisowned(node: NodeName): Element {
  return element('disowned', { xmlns: DISCOVERY, ...nodeAttributes(node) });
}

/** Section 3.10. */
export function encodeRemoved(node: NodeName): Element {
  return element('removed', { xmlns: DISCOVERY, ...nodeAttributes(node) });
}
