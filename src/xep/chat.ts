import type { BareJid } from '../domain/jid.js';
import { type Element, element } from '../xmpp/element.js';

/**
 * Sends messages for people (RFC 6121 section 5.2.2): to the account, so that its server gives them to a client that is
 * there, or keeps them until one is. What comes back as an error is dropped by the router, as there is no one to tell.
 */
export function createChat(
  send: (stanza: Element) => boolean,
  domain: BareJid,
): (to: BareJid, text: string) => boolean {
  return (to, text) => send(element('message', { type: 'chat', from: domain, to }, element('body', {}, text)));
}
