import type { Self } from '../client/session/session.js';
import type { NodeName } from '../domain/reading.js';
import { DISCOVERY, decodeNodeReference } from '../xep/0347-registry/codec.js';
import { decodeClaimed } from '../xep/0347-registry/notices-codec.js';
import type { Jid } from '../xmpp/jid.js';
import type { Answer, IqRequest, Protocol } from '../xmpp/protocol.js';
import { stanzaError } from '../xmpp/stanza-error.js';
import type { Ownership } from './ownership.js';
import type { Registrar } from './registrar.js';

export interface NoticesOptions {
  readonly node: NodeName;
  readonly isRegistry: (from: Jid) => boolean;
  readonly ownership: Ownership;
  readonly registrar: Pick<Registrar, 'register' | 'emptyKey'>;
  /** After the device was taken out of the registry: ends what binds the two. */
  readonly leave: () => void;
}

const NOT_YOU = stanzaError('forbidden', 'Only the registry of this Thing says whose it is.');
const NOT_HERE = stanzaError('item-not-found', 'This Thing has no such node.');

/**
 * Acknowledges what the registry tells (XEP-0347 sections 3.9, 3.10 and 3.17). Anyone who could forge these would own
 * the device, so nobody but the registry is heard.
 */
export function noticesProtocol(options: NoticesOptions): Protocol<Self> {
  const { ownership, registrar, leave } = options;

  function claimed({ payload }: IqRequest<Self>): Answer {
    const notice = decodeClaimed(payload);
    if (!notice.ok) return notice;
    if (!isSameNode(notice.value.node, options.node)) return { error: NOT_HERE };
    ownership.claimed(notice.value.jid, notice.value.isPublic ?? true);
    return { result: undefined, after: () => registrar.emptyKey() };
  }

  function disowned({ payload }: IqRequest<Self>): Answer {
    const notice = decodeNodeReference(payload);
    if (!notice.ok) return notice;
    if (!isSameNode(notice.value.node, options.node)) return { error: NOT_HERE };
    ownership.disowned();
    return { result: undefined, after: () => registrar.register() };
  }

  function removed({ payload }: IqRequest<Self>): Answer {
    const notice = decodeNodeReference(payload);
    if (!notice.ok) return notice;
    if (!isSameNode(notice.value.node, options.node)) return { error: NOT_HERE };
    ownership.takenOut();
    return { result: undefined, after: leave };
  }

  return {
    name: '0347-registry',
    features: { domain: [], local: [DISCOVERY] },
    iqs: Object.entries({ claimed, disowned, removed }).map(([name, take]) => ({
      xmlns: DISCOVERY,
      name,
      types: ['set'],
      at: 'local',
      handle: async (request) => (options.isRegistry(request.from) ? take(request) : { error: NOT_YOU }),
    })),
  };
}

function isSameNode(a: NodeName, b: NodeName): boolean {
  return a.nodeId === b.nodeId && a.sourceId === b.sourceId && a.cacheType === b.cacheType;
}
