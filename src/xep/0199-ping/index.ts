import type { Protocol } from '../../xmpp/protocol.js';
import { decodePing, PING } from './codec.js';

/** XMPP Ping (XEP-0199 version 2.0.1). Answered to everyone, those outside `allow` too. */
export function pingProtocol<Target>(): Protocol<Target> {
  return {
    name: '0199-ping',
    features: { domain: [PING], local: [PING] },
    iqs: [
      {
        xmlns: PING,
        name: 'ping',
        types: ['get'],
        open: true,
        at: 'both',
        handle: async ({ payload }) => {
          const asked = decodePing(payload);
          return asked.ok ? { result: undefined } : asked;
        },
      },
    ],
  };
}
