import type { ClaimedThing } from '../../domain/thing.js';
import type { Protocol } from '../../xmpp/protocol.js';
import { PROVISIONING } from './codec.js';
import { createProvisioningHandlers, type ProvisioningDeps } from './handler.js';

/** Internet of Things - Provisioning (XEP-0324 version 0.5.1): whom a Thing may trust, and no more of it. */
export function provisioningProtocol(deps: ProvisioningDeps): Protocol<ClaimedThing> {
  return {
    name: '0324-provisioning',
    features: { domain: [PROVISIONING], local: [] },
    iqs: Object.entries(createProvisioningHandlers(deps)).map(([name, handle]) => ({
      xmlns: PROVISIONING,
      name,
      types: ['get'],
      at: 'domain',
      handle,
    })),
  };
}
