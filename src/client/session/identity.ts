import { DISCO_INFO, decodeQuery, encodeInfo, type Identity } from '../../xep/0030-disco/codec.js';
import { pingProtocol } from '../../xep/0199-ping/index.js';
import type { Protocol } from '../../xmpp/protocol.js';
import { stanzaError } from '../../xmpp/stanza-error.js';
import type { Self } from './session.js';

/**
 * A session's table of protocols with those that every session has: XEP-0199 ping, and XEP-0030 disco#info, whose
 * features follow from the table.
 */
export function withIdentity(identity: Identity, protocols: readonly Protocol<Self>[]): readonly Protocol<Self>[] {
  const disco: Protocol<Self> = {
    name: '0030-disco',
    features: { domain: [], local: [DISCO_INFO] },
    iqs: [
      {
        xmlns: DISCO_INFO,
        name: 'query',
        types: ['get'],
        at: 'local',
        handle: async ({ payload }) => {
          const query = decodeQuery(payload);
          if (!query.ok) return query;
          const { node } = query.value;
          if (node !== undefined && node !== '') {
            return { error: stanzaError('item-not-found', `There is nothing at the node "${node.slice(0, 64)}".`) };
          }
          const features = [...new Set(table.flatMap((protocol) => protocol.features.local))].sort();
          return { result: encodeInfo({ identities: [identity], features, forms: [] }) };
        },
      },
    ],
  };
  const table: readonly Protocol<Self>[] = [disco, pingProtocol(), rosterPushes, ...protocols];
  return table;
}

/** The server tells each session who was befriended (RFC 6121 section 2.1.6). It is heard, and that is all. */
const rosterPushes: Protocol<Self> = {
  name: 'roster',
  features: { domain: [], local: [] },
  iqs: [
    {
      xmlns: 'jabber:iq:roster',
      name: 'query',
      types: ['set'],
      at: 'local',
      handle: async ({ from, to }) =>
        from.full === to.bare
          ? { result: undefined }
          : { error: stanzaError('service-unavailable', 'Only the server of an account pushes its roster.') },
    },
  ],
};
