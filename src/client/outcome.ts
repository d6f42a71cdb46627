import type { Reply } from '../xmpp/caller.js';
import type { Element } from '../xmpp/element.js';
import type { Decoded } from '../xmpp/reader.js';
import { type StanzaError, stanzaError } from '../xmpp/stanza-error.js';

/** What came of a request: what was asked for, or why not. `why` can be shown to people. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  /** `error` is absent where nobody answered. */
  | { readonly ok: false; readonly why: string; readonly error?: StanzaError };

export function refusal(error: StanzaError): { readonly ok: false; readonly why: string; readonly error: StanzaError } {
  return { ok: false, why: error.text ?? error.condition, error };
}

export const NO_ANSWER = { ok: false, why: 'No answer came.' } as const;

/** The outcome of a question whose answer holds something. */
export function outcomeOf<T>(reply: Reply, decode: (payload: Element) => Decoded<T>): Outcome<T> {
  if (reply.kind === 'silent') return NO_ANSWER;
  if (reply.kind === 'error') return refusal(reply.error);
  const decoded = reply.payload === undefined ? undefined : decode(reply.payload);
  if (decoded?.ok) return decoded;
  return refusal(decoded?.error ?? stanzaError('undefined-condition', 'The answer is empty.'));
}

/** The outcome of a question whose answer says no more than that it was done. */
export function doneOf(reply: Reply): Outcome<undefined> {
  if (reply.kind === 'silent') return NO_ANSWER;
  return reply.kind === 'error' ? refusal(reply.error) : { ok: true, value: undefined };
}
