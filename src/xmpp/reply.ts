import { type Element, element, namespaceOf } from './element.js';
import type { Jid } from './jid.js';
import type { At } from './protocol.js';
import type { RouterOptions } from './routing.js';
import { encodeError, type StanzaError, stanzaError } from './stanza-error.js';

/** An answer goes to the sender as it spelt itself, from the address that it wrote to. */
export function replyTo({ name, attrs }: Element, content: Element | undefined): Element {
  const type = name === 'iq' ? 'result' : undefined;
  return element(name, { type, id: attrs['id'], from: attrs['to'], to: attrs['from'] }, content);
}

export function errorTo({ name, attrs }: Element, error: StanzaError): Element {
  const ends = { type: 'error', id: attrs['id'], from: attrs['to'], to: attrs['from'] };
  return element(name, ends, error.beside, encodeError(error));
}

const UNAVAILABLE = 'a stanza could not be dealt with now';

/** A handler that throws is a bug of ours: the sender is told no more than that, and the stream lives on. */
export function handlerFailed(
  { explain, log, rarely }: Pick<RouterOptions<never>, 'explain' | 'log' | 'rarely'>,
  { name, attrs }: Element,
  error: unknown,
): StanzaError {
  const known = explain(error);
  const details = { err: error, stanza: name, id: attrs['id'], from: attrs['from'] };
  if (known === undefined) log.error(details, 'a handler failed');
  else rarely(UNAVAILABLE, (times) => log.warn({ ...details, ...times }, UNAVAILABLE));
  return known ?? stanzaError('internal-server-error', 'Something went wrong here; the operator finds it in the log.');
}

/** The key of an element in a table of routes. */
export function routeKey(payload: Element): string {
  return `${payload.getName()} ${namespaceOf(payload)}`;
}

export function isAt(at: At, to: Jid): boolean {
  return at === 'both' || (to.local === '' ? at === 'domain' : at === 'local');
}
