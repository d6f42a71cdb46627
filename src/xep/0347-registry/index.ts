import type { ClaimedThing } from '../../domain/thing.js';
import type { Protocol } from '../../xmpp/protocol.js';
import { DISCOVERY } from './codec.js';
import { createRegistryHandlers, type RegistryHandlerDeps } from './handler.js';

/**
 * Internet of Things - Discovery (XEP-0347 version 0.5.1): the Thing Registry. Requests are taken as get and set alike,
 * since a common library sends `register`, `mine`, `disown` and `remove` as get (DESIGN section 3).
 */
export function registryProtocol(deps: RegistryHandlerDeps): Protocol<ClaimedThing> {
  return {
    name: '0347-registry',
    features: { domain: [DISCOVERY], local: [] },
    iqs: Object.entries(createRegistryHandlers(deps)).map(([name, handle]) => ({
      xmlns: DISCOVERY,
      name,
      types: ['get', 'set'],
      at: 'domain',
      handle,
    })),
  };
}
