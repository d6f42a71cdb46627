import { type Element, element } from './element.js';
import type { PresenceType } from './protocol.js';
import { locate, type Parties, type RouterOptions } from './routing.js';

const TYPES: readonly PresenceType[] = [
  'unavailable',
  'subscribe',
  'subscribed',
  'unsubscribe',
  'unsubscribed',
  'probe',
  'error',
];

/**
 * Passes presence on; at an address that is nothing to the sender, only a request to subscribe is answered. While
 * another connection serves the domain it is dropped: it leads to writes, and of a session that comes or goes, or of a
 * subscription, it tells each of the two but half. Who is there is asked anew once we are alone.
 */
export function createPresenceRouting<Target>(options: RouterOptions<Target>) {
  const { mayUse, closed, onPresence, onUnresolved, send } = options;

  return async function receive(stanza: Element, parties: Parties, since: number): Promise<void> {
    await take(stanza, parties);
    options.onHandled?.(stanza, 'none', since);
  };

  async function take(stanza: Element, { from, to }: Parties): Promise<void> {
    const type = presenceType(stanza.attrs['type']);
    if (type === undefined || !mayUse(from) || closed(from) !== undefined) return;
    if (options.over?.('presence', from) !== undefined) return;
    const place = await locate(options, { from, to });
    if (place !== undefined) return onPresence({ type, from, to, stanza, ...place });
    if (type === 'subscribe') send(element('presence', { type: 'unsubscribed', from: to.bare, to: from.bare }));
    onUnresolved(from, to, 'presence');
  }
}

function presenceType(written: unknown): PresenceType | undefined {
  return written === undefined ? 'available' : TYPES.find((type) => type === written);
}
