import type { NodeName } from '../reading.js';
import type { OwnershipId } from '../thing.js';
import { isSameNode } from './assign-node.js';

/**
 * One Thing of a request, and how it is called there (DESIGN section 2).
 * - `own`: at the Thing's own address nodes are called as the device calls them, and what it leaves nameless by the id.
 * - `asked`: at the component the Thing is called as the asker called it, and its further nodes by that name, `/`, and
 *   their own.
 */
export interface Part {
  readonly ownership: OwnershipId;
  /**
   * When the ownership began, in ms since 1970. An owner who gave the Thing up and claimed it again has the same id, but
   * what was asked before does not return with it.
   */
  readonly since: number;
  readonly naming: { readonly kind: 'own' } | { readonly kind: 'asked'; readonly name: string };
  /** The nodes of the Thing that are asked for, as the asker calls them; empty: all. */
  readonly only: readonly NodeName[];
}

/**
 * What a node of the Thing is called toward the asker.
 *
 * @param first the first node that the Thing ever reported: that is the Thing itself.
 */
export function nameFor({ ownership, naming }: Part, node: NodeName, first: NodeName | undefined): NodeName {
  if (naming.kind === 'own') return node.nodeId === '' ? { ...node, nodeId: ownership } : node;
  if (first === undefined || isSameNode(node, first)) return { nodeId: naming.name, sourceId: '', cacheType: '' };
  return { ...node, nodeId: `${naming.name}/${node.nodeId}` };
}

/** Whether a node of the Thing is one of those asked for. */
export function isAsked(part: Part, node: NodeName, first: NodeName | undefined): boolean {
  return part.only.length === 0 || part.only.some((asked) => means(part, asked, node, first));
}

/** Whether the asker's name for a node means this one. The id means the Thing itself at its own address too. */
export function means(part: Part, asked: NodeName, node: NodeName, first: NodeName | undefined): boolean {
  const isItself = first === undefined || isSameNode(node, first);
  if (part.naming.kind === 'own' && asked.nodeId === part.ownership && isItself) return true;
  const name = nameFor(part, node, first);
  return (
    asked.nodeId === name.nodeId &&
    (asked.sourceId === '' || asked.sourceId === name.sourceId) &&
    (asked.cacheType === '' || asked.cacheType === name.cacheType)
  );
}
