import type { Announcement } from '../domain/announcer.js';
import type { BareJid } from '../domain/jid.js';
import { type Element, element } from '../xmpp/element.js';

/**
 * An announcement as a message (RFC 6121 section 5.2.2): a headline is shown by sessions that are on line and kept for
 * nobody; who owns a Thing gets a chat message, which a server keeps until they are.
 */
export function encodeAnnouncement(
  from: BareJid,
  name: string,
  to: BareJid,
  { to: whom, text }: Announcement,
): Element {
  const type = whom === 'subscribers' ? 'headline' : 'chat';
  return element('message', { type, from, to }, element('subject', {}, name), element('body', {}, text));
}
