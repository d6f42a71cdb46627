import type { NodeName } from '../reading.js';
import { standsAlone, type Thing } from '../thing.js';

/**
 * Whose reading it is (DESIGN section 4): of the Things of the JID that sent it, the one that is called exactly so;
 * failing that the only one with that node id; failing that the one that stands alone, of which it is then a node.
 *
 * @param things all that are registered under the JID, claimed or not: what is a Thing of its own belongs to no other.
 */
export function assignNode<T extends Thing>(things: readonly T[], node: NodeName): T | undefined {
  return things.find(({ address }) => isSameNode(address, node)) ?? onlyOneOf(things, node) ?? aloneOf(things);
}

export function isSameNode(a: NodeName, b: NodeName): boolean {
  return a.nodeId === b.nodeId && a.sourceId === b.sourceId && a.cacheType === b.cacheType;
}

function onlyOneOf<T extends Thing>(things: readonly T[], { nodeId }: NodeName): T | undefined {
  const [first, second] = things.filter(({ address }) => address.nodeId === nodeId);
  return second === undefined ? first : undefined;
}

function aloneOf<T extends Thing>(things: readonly T[]): T | undefined {
  return things.find(({ address }) => standsAlone(address));
}
