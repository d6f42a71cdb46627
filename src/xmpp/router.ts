import type { Element } from './element.js';
import { createIqRouting } from './iq-routing.js';
import { parseAddress, parseJid } from './jid.js';
import { createMessageRouting } from './message-routing.js';
import { createPresenceRouting } from './presence-routing.js';
import { createRarely } from './rarely.js';
import { handlerFailed } from './reply.js';
import type { Parties, RouterOptions } from './routing.js';

export interface Router {
  /** Deals with one stanza; never throws. The promise resolves when all that follows from it is done. */
  receive(stanza: Element): Promise<void>;
}

/**
 * Gives each stanza to the protocol that understands it. Whether an address with a local part is anything to the sender
 * is decided here, before any protocol is asked: what one may not see does not exist (DESIGN section 2).
 */
export function createRouter<Target>(given: Omit<RouterOptions<Target>, 'rarely'>): Router {
  const options = { ...given, rarely: createRarely() };
  const receivers = new Map<string, (stanza: Element, parties: Parties, since: number) => Promise<void>>([
    ['iq', createIqRouting(options)],
    ['message', createMessageRouting(options)],
    ['presence', createPresenceRouting(options)],
  ]);

  return {
    async receive(stanza) {
      const since = performance.now();
      const from = parseJid(String(stanza.attrs['from'] ?? ''));
      const to = parseAddress(String(stanza.attrs['to'] ?? ''));
      if (from === undefined || to?.domain !== options.domain) {
        options.log.debug({ stanza: stanza.name, id: stanza.attrs['id'] }, 'dropped: not from a JID, or not to us');
        options.onHandled?.(stanza, 'dropped', since);
        return;
      }
      try {
        await receivers.get(stanza.getName())?.(stanza, { from, to }, since);
      } catch (error) {
        handlerFailed(options, stanza, error);
      }
    },
  };
}
