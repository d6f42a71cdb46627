import type { BareJid } from './jid.js';
import { assignNode } from './read-out/assign-node.js';
import type { NodeName } from './reading.js';
import { type Audience, type ClaimedThing, isClaimed, type Ownership, type Thing } from './thing.js';

/**
 * Whether two JIDs may be friends: one is a Thing, the other its owner or somebody with whom the owner shared it by JID
 * (DESIGN section 4, XEP-0324). Domains and everyone are audiences, not friends.
 *
 * @param things at least those of the one to which the other is entitled.
 * @param mayRead the access table: who is blocked is nobody's friend, whatever he owns.
 */
export function areFriends(
  one: BareJid,
  other: BareJid,
  things: readonly Thing[],
  mayRead: (friend: BareJid, thing: ClaimedThing) => boolean = () => true,
): boolean {
  const isFriend = (thing: Thing, itself: BareJid, friend: BareJid): boolean =>
    isFriendOf(thing, itself, friend) && mayRead(friend, thing);
  return things.some((thing) => isFriend(thing, one, other) || isFriend(thing, other, one));
}

/** Who is entitled to a Thing by its ownership. */
export function entitled(ownership: Pick<Ownership, 'owner' | 'sharedWith'> | undefined): readonly Audience[] {
  return ownership === undefined ? [] : [ownership.owner, ...ownership.sharedWith];
}

/**
 * What a change of ownership or shares means for the friends of a Thing.
 *
 * @param itself its JID, which is no friend of its own.
 * @returns undefined if nobody's right has changed; else which JIDs have lost theirs.
 */
export function changeOfRights(
  itself: BareJid,
  before: readonly Audience[],
  after: readonly Audience[],
): { readonly lost: readonly BareJid[] } | undefined {
  const ended = before.filter((audience) => !after.includes(audience));
  if (ended.length === 0 && after.every((audience) => before.includes(audience))) return undefined;
  return { lost: [...new Set(ended.filter(isJid))].filter((jid) => jid !== itself) };
}

/**
 * What of its Things a JID may let somebody read.
 *
 * @param things those of the JID that would be read.
 * @param nodes those that it was asked for; empty: whatever it has.
 * @param mayRead the access table, for the one who asked.
 * @returns `everything` that it was asked for, `nothing`, or the nodes of it that are allowed.
 */
export function readable(
  things: readonly Thing[],
  nodes: readonly NodeName[],
  mayRead: (thing: ClaimedThing) => boolean,
): 'everything' | 'nothing' | readonly NodeName[] {
  const isReadable = (thing: Thing | undefined): boolean => isClaimed(thing) && mayRead(thing);
  const asked = nodes.length > 0 ? nodes : things.map((thing) => thing.address);
  const allowed = asked.filter((node) => isReadable(assignNode(things, node)));
  if (allowed.length === asked.length && allowed.length > 0) return 'everything';
  // A Thing that stands alone cannot be named among others: where not all is allowed, it is left out.
  const named = allowed.filter((node) => node.nodeId !== '');
  return named.length > 0 ? named.map(nameOf) : 'nothing';
}

function isFriendOf(thing: Thing, itself: BareJid, friend: BareJid): thing is ClaimedThing {
  if (thing.address.jid !== itself || !isClaimed(thing)) return false;
  return thing.ownership.owner === friend || thing.ownership.sharedWith.includes(friend);
}

function isJid(audience: Audience): audience is BareJid {
  return audience !== '*' && !audience.startsWith('@');
}

function nameOf({ nodeId, sourceId, cacheType }: NodeName): NodeName {
  return { nodeId, sourceId, cacheType };
}
