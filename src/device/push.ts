import { randomInt, randomUUID } from 'node:crypto';
import type { Self } from '../client/session/session.js';
import type { Sample } from '../domain/read-out/report.js';
import { encodeFields } from '../xep/0323-sensor-data/fields-codec.js';
import { type Element, element } from '../xmpp/element.js';
import type { FullJid } from '../xmpp/jid.js';
import type { Protocol } from '../xmpp/protocol.js';
import type { StanzaError } from '../xmpp/stanza-error.js';

const RECEIPTS = 'urn:xmpp:receipts';

export type Pushed =
  /** The registry has dealt with it: it need not be sent again. */
  | { readonly outcome: 'received' }
  /** Of type `wait` it may be sent again later; otherwise never. */
  | { readonly outcome: 'refused'; readonly error: StanzaError }
  /** Off line, or no answer came. */
  | { readonly outcome: 'silent' };

/** Sends readings that nobody asked for, and waits for the receipt (XEP-0184; DESIGN section 4, "Push"). */
export interface Pusher {
  push(to: FullJid, samples: readonly Sample[]): Promise<Pushed>;
  readonly protocol: Protocol<Self>;
  /** Ends the waiting: the session that would have been answered is gone. */
  offline(): void;
}

const TIMEOUT_MS = 30_000;
/** Below the numbers that the registry gives to its own questions. */
const MOST_SEQNR = 2 ** 30;

export function createPusher(send: (stanza: Element) => boolean): Pusher {
  const waiting = new Map<string, { readonly to: string; readonly settle: (outcome: Pushed) => void }>();

  const settle = (id: string, from: string, outcome: Pushed): void => {
    const entry = waiting.get(id);
    if (entry?.to === from) entry.settle(outcome);
  };

  return {
    push: (to, samples) =>
      new Promise((resolve) => {
        const id = randomUUID();
        const seqnr = randomInt(1, MOST_SEQNR);
        const fields = encodeFields({ seqnr: { value: seqnr, text: String(seqnr) }, done: true, samples });
        const timer = setTimeout(() => finish({ outcome: 'silent' }), TIMEOUT_MS);
        const finish = (outcome: Pushed): void => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(outcome);
        };
        waiting.set(id, { to, settle: finish });
        if (!send(element('message', { to, id }, fields, element('request', { xmlns: RECEIPTS })))) {
          finish({ outcome: 'silent' });
        }
      }),

    protocol: {
      name: '0184-receipts',
      features: { domain: [], local: [RECEIPTS] },
      messages: [
        {
          xmlns: RECEIPTS,
          name: 'received',
          at: 'local',
          handle: async ({ from, payload }) => {
            settle(String(payload.attrs['id'] ?? ''), from.full, { outcome: 'received' });
            return undefined;
          },
        },
      ],
      bounced: (from, _to, error, stanza) =>
        settle(String(stanza.attrs['id'] ?? ''), from.full, { outcome: 'refused', error }),
    },

    offline() {
      for (const { settle: end } of [...waiting.values()]) end({ outcome: 'silent' });
    },
  };
}
