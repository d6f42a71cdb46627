import type { Self, Session } from '../client/session/session.js';
import type { ReadRequest } from '../domain/read-out/request.js';
import { FIELD_TYPES, type FieldType } from '../domain/reading.js';
import {
  decodeFriendship,
  decodeReadPermission,
  decodeUnfriend,
  encodeCacheCleared,
  encodeCanRead,
  encodeIsFriend,
  PROVISIONING,
  type ReadPermission,
} from '../xep/0324-provisioning/codec.js';
import { element } from '../xmpp/element.js';
import type { Jid } from '../xmpp/jid.js';
import type { Presence, Protocol } from '../xmpp/protocol.js';
import type { Ownership } from './ownership.js';
import type { Registrar } from './registrar.js';

/** What of a device one may read; absent: all of it. */
export interface Scope {
  readonly types?: ReadonlySet<FieldType>;
  readonly names?: ReadonlySet<string>;
}

/** Whom a device trusts: its registry, its owner, and whom the registry says it may (XEP-0324). Nobody else. */
export interface Friends {
  isRegistry(jid: Jid): boolean;
  /** @returns undefined for one who may read nothing. */
  mayRead(jid: Jid, request: ReadRequest): Promise<Scope | undefined>;
  onPresence(presence: Presence<Self>): Promise<void>;
  readonly protocol: Protocol<Self>;
}

export interface FriendsOptions {
  readonly session: () => Pick<Session, 'ask' | 'send'>;
  readonly registrar: () => Pick<Registrar, 'registry'>;
  readonly ownership: Ownership;
}

const TIMEOUT_MS = 10_000;

export function createFriends({ session, registrar, ownership }: FriendsOptions): Friends {
  const isRegistry = (jid: Jid): boolean => jid.full === registrar().registry;
  // An ownership ends with the removal from the registry; the device remembers whose it was, no more.
  const isOwner = (jid: Jid): boolean => !ownership.removed && jid.bare === ownership.owner;

  async function isFriend(jid: Jid): Promise<boolean> {
    const { registry } = registrar();
    if (registry === undefined) return false;
    const payload = encodeIsFriend(jid.bare);
    const reply = await session().ask({ to: registry, type: 'get', payload, timeoutMs: TIMEOUT_MS });
    const friendship = reply.kind === 'result' && reply.payload ? decodeFriendship(reply.payload) : undefined;
    return friendship?.ok === true && friendship.value.isFriend && friendship.value.jid === jid.bare;
  }

  async function askRegistry(jid: Jid, { types, nodes, fields }: ReadRequest): Promise<ReadPermission | undefined> {
    const { registry } = registrar();
    if (registry === undefined || ownership.removed) return undefined;
    const payload = encodeCanRead({ jid: jid.bare, types: [...types], nodes, fields });
    const reply = await session().ask({ to: registry, type: 'get', payload, timeoutMs: TIMEOUT_MS });
    const permission = reply.kind === 'result' && reply.payload ? decodeReadPermission(reply.payload) : undefined;
    return permission?.ok === true && permission.value.jid === jid.bare ? permission.value : undefined;
  }

  /** Ends somebody's seeing when we are on line. */
  const unfriend = (jid: string): void => {
    session().send(element('presence', { type: 'unsubscribed', to: jid }));
  };

  return {
    isRegistry,

    async mayRead(jid, request) {
      if (isRegistry(jid) || isOwner(jid)) return {};
      const permission = await askRegistry(jid, request);
      return permission?.mayRead === true ? scopeOf(permission) : undefined;
    },

    async onPresence({ type, from }) {
      if (type !== 'subscribe') return;
      const welcome = isRegistry(from) || isOwner(from) || (await isFriend(from));
      session().send(element('presence', { type: welcome ? 'subscribed' : 'unsubscribed', to: from.bare }));
    },

    protocol: {
      name: '0324-provisioning',
      features: { domain: [], local: [] },
      iqs: [
        {
          xmlns: PROVISIONING,
          name: 'clearCache',
          types: ['get', 'set'],
          at: 'local',
          // Nothing that the registry says is kept here: it is asked each time.
          handle: async () => ({ result: encodeCacheCleared() }),
        },
      ],
      messages: [
        {
          xmlns: PROVISIONING,
          name: 'unfriend',
          at: 'local',
          handle: async ({ from, payload }) => {
            const named = decodeUnfriend(payload);
            // XEP-0324 section 3.2.3: from those who are not trusted it is silently ignored. The registry is believed
            // also of whom we took for our owner: the news of another one may still be under way.
            if (named.ok && isRegistry(from) && !isRegistry(named.value.jid)) unfriend(named.value.jid.bare);
            return undefined;
          },
        },
      ],
    },
  };
}

/** No types and no names: as asked. */
function scopeOf({ types, fields }: ReadPermission): Scope {
  const allowed = new Set(FIELD_TYPES.filter((type) => types.some((named) => covers(named, type))));
  return { ...(types.length > 0 && { types: allowed }), ...(fields.length > 0 && { names: new Set(fields) }) };
}

function covers(named: string, type: FieldType): boolean {
  return named === type || named === 'all' || (named === 'historical' && type.startsWith('historical'));
}
