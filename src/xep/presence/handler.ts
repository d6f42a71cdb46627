import type { Access } from '../../domain/access.js';
import { type BareJid, domainOf } from '../../domain/jid.js';
import type { ContactStore, Subscriptions, ThingStore } from '../../domain/ports.js';
import type { Reach } from '../../domain/reach.js';
import type { Sessions } from '../../domain/sessions.js';
import { type ClaimedThing, isClaimed } from '../../domain/thing.js';
import { type Element, element } from '../../xmpp/element.js';
import type { Presence, PresenceType } from '../../xmpp/protocol.js';

export interface PresenceDeps {
  readonly domain: string;
  readonly reach: Reach;
  readonly contacts: ContactStore;
  readonly sessions: Sessions;
  readonly things: ThingStore;
  readonly access: Access;
  readonly send: (stanza: Element) => boolean;
}

type Handler = (presence: Presence<ClaimedThing>) => Promise<void>;

/**
 * Presence and subscriptions (RFC 6121 sections 3 and 4) of the domain and of brokered addresses. The domain is always
 * available and grants whoever may use it a subscription; a brokered address grants one to who may read the Thing, and
 * shows whether the device is on line (DESIGN section 2, "Where a Thing can be reached").
 */
export function createPresenceHandler(deps: PresenceDeps): Handler {
  const { domain, reach, contacts, access, send } = deps;

  const handlers: Readonly<Partial<Record<PresenceType, Handler>>> = {
    available: async ({ from }) => reach.available(from.full),
    unavailable: async ({ from }) => reach.unavailable(from.full),
    // An error from a session says that it is not there.
    error: async ({ from }) => reach.unavailable(from.full),
    subscribe: async (presence) => {
      const { from, to, target } = presence;
      const granted = mayKnow(presence);
      if (granted) await subscribed(from.bare, to.local, true);
      send(element('presence', { type: granted ? 'subscribed' : 'unsubscribed', from: to.bare, to: from.bare }));
      if (granted) await show(to.local, from.bare, target);
    },
    unsubscribe: async ({ from, to }) => {
      await subscribed(from.bare, to.local, false);
      send(element('presence', { type: 'unsubscribed', from: to.bare, to: from.bare }));
    },
    subscribed: async ({ from, to }) => answered(from.bare, to.local, 'subscribed'),
    unsubscribed: async ({ from, to }) => answered(from.bare, to.local, 'refused'),
    probe: async (presence) => {
      if (mayKnow(presence)) await show(presence.to.local, presence.from.bare, presence.target);
    },
  };

  function mayKnow({ from, target }: Presence<ClaimedThing>): boolean {
    return target === undefined || access.may({ jid: from.bare, domain: from.domain }, 'read', target);
  }

  async function subscribed(jid: BareJid, local: string, theirs: boolean): Promise<void> {
    await contacts.change(jid, local, (before) => ({ ...before, theirs }));
  }

  /** An answer to a subscription that we never asked for means nothing. */
  async function answered(jid: BareJid, local: string, ours: Subscriptions['ours']): Promise<void> {
    await contacts.change(jid, local, (before) => (before.ours === 'none' ? before : { ...before, ours }));
  }

  async function show(local: string, to: BareJid, target: ClaimedThing | undefined): Promise<void> {
    if (target === undefined) {
      send(element('presence', { from: domain, to }));
      return;
    }
    const online = (await deps.sessions.of(target.address.jid)).length > 0;
    send(element('presence', { from: `${local}@${domain}`, to, type: online ? undefined : 'unavailable' }));
  }

  return async (presence) => handlers[presence.type]?.(presence);
}

/** Tells those subscribed to the Things of a JID that it came on line or went; rights are judged anew for each. */
export function createOnlineAnnouncer(deps: Pick<PresenceDeps, 'domain' | 'contacts' | 'things' | 'access' | 'send'>) {
  async function announce(thing: ClaimedThing, type: 'unavailable' | undefined): Promise<void> {
    const { id } = thing.ownership;
    for (const to of await deps.contacts.subscribersOf(id)) {
      if (!deps.access.may({ jid: to, domain: domainOf(to) }, 'read', thing)) continue;
      deps.send(element('presence', { from: `${id}@${deps.domain}`, to, type }));
    }
  }

  return async (jid: BareJid, isOnline: boolean): Promise<void> => {
    const things = await deps.things.ofJid(jid);
    for (const thing of things.filter(isClaimed)) await announce(thing, isOnline ? undefined : 'unavailable');
  };
}
