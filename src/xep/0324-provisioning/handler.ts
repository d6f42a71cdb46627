import type { Access } from '../../domain/access.js';
import { areFriends, readable } from '../../domain/friendship.js';
import { type BareJid, domainOf } from '../../domain/jid.js';
import type { FriendStore, ThingStore } from '../../domain/ports.js';
import type { ClaimedThing } from '../../domain/thing.js';
import type { Answer, IqRequest } from '../../xmpp/protocol.js';
import { type CanRead, decodeCanRead, decodeIsFriend, encodeFriendship, encodeReadPermission } from './codec.js';

export interface ProvisioningDeps {
  readonly domain: BareJid;
  readonly store: {
    readonly things: Pick<ThingStore, 'between' | 'ofJid' | 'isThing' | 'ofViewer'>;
    readonly friends: FriendStore;
  };
  readonly access: Pick<Access, 'may'>;
}

type Handler = (request: IqRequest<ClaimedThing>) => Promise<Answer>;

/** Answers Things that ask whom to trust (DESIGN section 4, last point). */
export function createProvisioningHandlers(deps: ProvisioningDeps): { isFriend: Handler; canRead: Handler } {
  const { domain, access } = deps;
  const { things, friends } = deps.store;

  async function isFriend({ from, payload }: IqRequest<ClaimedThing>): Promise<Answer> {
    const asked = decodeIsFriend(payload);
    if (!asked.ok) return asked;
    const { bare: jid } = asked.value.jid;
    const isTrue = jid === domain ? await isPartOfThis(from.bare) : await isRelated(from.bare, jid);
    return { result: encodeFriendship({ jid, isFriend: isTrue }), after: () => remember(from.bare) };
  }

  /** Owners and readers may ask as well; to them nothing is owed. */
  async function remember(asker: BareJid): Promise<void> {
    if (await things.isThing(asker)) await friends.asked(asker);
  }

  async function isRelated(asker: BareJid, jid: BareJid): Promise<boolean> {
    return areFriends(asker, jid, await things.between(asker, jid), (friend, thing) =>
      access.may({ jid: friend, domain: domainOf(friend) }, 'read', thing),
    );
  }

  /** Whether the JID is a Thing's, an owner's, or that of somebody with whom a Thing is shared: friends of ours. */
  async function isPartOfThis(jid: BareJid): Promise<boolean> {
    return (await things.isThing(jid)) || (await things.ofViewer(jid, 1)).length > 0;
  }

  async function canRead({ from, payload }: IqRequest<ClaimedThing>): Promise<Answer> {
    const asked = decodeCanRead(payload);
    if (!asked.ok) return asked;
    const { jid, types, nodes, fields } = asked.value;
    const what = readable(await things.ofJid(from.bare), nodes, mayRead(asked.value));
    const scope = { jid: jid.bare, types };
    if (what === 'nothing')
      return { result: encodeReadPermission({ ...scope, mayRead: false, nodes: [], fields: [] }) };
    const allowed = what === 'everything' ? nodes : what;
    return { result: encodeReadPermission({ ...scope, mayRead: true, nodes: allowed, fields }) };
  }

  /** The component asks Things only on behalf of those who may read them: it has judged that before. */
  function mayRead({ jid }: CanRead): (thing: ClaimedThing) => boolean {
    if (jid.bare === domain) return () => true;
    return (thing) => access.may({ jid: jid.bare, domain: jid.domain }, 'read', thing);
  }

  return { isFriend, canRead };
}
