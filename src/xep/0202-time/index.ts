import type { Clock } from '../../domain/ports.js';
import type { Protocol } from '../../xmpp/protocol.js';
import { decodeTimeQuery, encodeTime, TIME } from './codec.js';

/** Entity Time (XEP-0202 version 2.0), in the zone of the machine that the component runs on. */
export function timeProtocol<Target>({ clock }: { readonly clock: Clock }): Protocol<Target> {
  return {
    name: '0202-time',
    features: { domain: [TIME], local: [] },
    iqs: [
      {
        xmlns: TIME,
        name: 'time',
        types: ['get'],
        at: 'domain',
        handle: async ({ payload }) => {
          const asked = decodeTimeQuery(payload);
          if (!asked.ok) return asked;
          const ms = clock.now();
          // JavaScript counts minutes west of UTC.
          return { result: encodeTime({ ms, offsetMinutes: -new Date(ms).getTimezoneOffset() }) };
        },
      },
    ],
  };
}
