import type { ClaimedThing } from '../../domain/thing.js';
import type { Protocol } from '../../xmpp/protocol.js';
import { RESULT_SETS } from '../../xmpp/result-set.js';
import { DISCO_INFO, DISCO_ITEMS } from './codec.js';
import { createDiscoHandlers, type DiscoDeps } from './handler.js';

/** Service Discovery (XEP-0030 version 2.5). Whoever reaches us may ask what we are, but not for what Things there are. */
export function discoProtocol(deps: DiscoDeps): Protocol<ClaimedThing> {
  const { info, items } = createDiscoHandlers(deps);
  const route = { name: 'query', types: ['get'], at: 'both' } as const;
  return {
    name: '0030-disco',
    features: { domain: [DISCO_INFO, DISCO_ITEMS, RESULT_SETS], local: [DISCO_INFO, DISCO_ITEMS] },
    iqs: [
      { ...route, xmlns: DISCO_INFO, open: true, handle: info },
      { ...route, xmlns: DISCO_ITEMS, handle: items },
    ],
  };
}
