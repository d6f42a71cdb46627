import type { Protocol } from '../../xmpp/protocol.js';
import { decodeVersionQuery, encodeVersion, VERSION } from './codec.js';

/** Software Version (XEP-0092 version 1.1): the program's own name and version, and nothing of the system it runs on. */
export function versionProtocol<Target>({ version }: { readonly version: string }): Protocol<Target> {
  return {
    name: '0092-version',
    features: { domain: [VERSION], local: [] },
    iqs: [
      {
        xmlns: VERSION,
        name: 'query',
        types: ['get'],
        at: 'domain',
        handle: async ({ payload }) => {
          const asked = decodeVersionQuery(payload);
          return asked.ok ? { result: encodeVersion({ name: 'thingstead', version }) } : asked;
        },
      },
    ],
  };
}
