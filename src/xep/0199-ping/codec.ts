import { type Element, element } from '../../xmpp/element.js';
import { type Decoded, Reader } from '../../xmpp/reader.js';

/** The namespace of XEP-0199 (version 2.0.1). */
export const PING = 'urn:xmpp:ping';

/** The question has nothing in it, and neither has the answer. */
export function encodePing(): Element {
  return element('ping', { xmlns: PING });
}

export function decodePing(payload: Element): Decoded<'asked'> {
  const read = new Reader(payload);
  read.empty();
  return read.end('asked');
}
