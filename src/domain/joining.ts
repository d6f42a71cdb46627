import type { BareJid } from './jid.js';
import { isSameNode } from './read-out/assign-node.js';
import type { NodeName } from './reading.js';
import { type ClaimedThing, type OwnershipId, standsAlone, type ThingAddress } from './thing.js';

/**
 * The readings of one ownership become those of another, for good. Of one time in one series, that with more trust stays;
 * at equal trust the one that arrived later, or the newer device's: see `devices`.
 */
export interface Joining {
  /** Present or ended; nothing is left of its readings. */
  readonly from: OwnershipId;
  /** A present one. */
  readonly to: OwnershipId;
  /**
   * Whether one device reported both: it calls its nodes the same, and what it reported last is in `from`, which is why that
   * stays at equal trust. Of two, that of `to` stands for the other, and at equal trust its own readings
   * stay.
   */
  readonly devices: 'same' | 'replaced';
}

/** An ownership, present or ended and still kept, and the Thing that it is or was of. */
export interface Held {
  readonly id: OwnershipId;
  readonly owner: BareJid;
  readonly address: ThingAddress;
  /** Whether any reading is kept of it. */
  readonly hasReadings: boolean;
  /** The Thing as it is now, if the ownership lasts. */
  readonly thing?: ClaimedThing;
}

/** What a device is called, and calls its nodes: the first that it ever reported is the Thing itself. */
export interface Reporter {
  readonly address: ThingAddress;
  readonly nodes: readonly NodeName[];
}

/**
 * The node that gets another name when one device stands for another: that of the Thing itself becomes that of the new
 * Thing itself. All others keep theirs, and so does that one where either device has a node that is called as that of
 * the other: then their names are taken to mean the same.
 *
 * A device that has reported nothing yet will be called so: behind a concentrator as it is registered; standing alone as
 * the other that stood alone, or else by nothing.
 */
export function renamedNode(
  from: Reporter,
  to: Reporter,
): { readonly node: NodeName; readonly as: NodeName } | undefined {
  const [node] = from.nodes;
  if (node === undefined) return undefined;
  const as = to.nodes[0] ?? expectedNode(from.address, to.address, node);
  const isShared = to.nodes.some((each) => isSameNode(each, node)) || from.nodes.some((each) => isSameNode(each, as));
  return isShared ? undefined : { node, as };
}

function expectedNode(before: ThingAddress, now: ThingAddress, node: NodeName): NodeName {
  if (standsAlone(before) && standsAlone(now)) return node;
  const { nodeId, sourceId, cacheType } = now;
  return { nodeId, sourceId, cacheType };
}
