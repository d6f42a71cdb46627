import { overRate, type RateName, type Rates } from '../domain/rates.js';
import type { Limit } from '../domain/retention.js';
import type { Jid } from '../xmpp/jid.js';
import { type StanzaError, stanzaError } from '../xmpp/stanza-error.js';

/** Counts what somebody is about to do. @returns what to tell who has done too much of it. */
export type Over = (rate: RateName, from: Jid, amount?: number) => StanzaError | undefined;

export function createOver(rates: Rates, amountOf: (name: RateName) => Limit): Over {
  return (rate, { bare, domain }, amount) => {
    const waitMs = rates.take(rate, { jid: bare, domain }, amount);
    return waitMs === 0 ? undefined : stanzaError('resource-constraint', overRate(rate, amountOf(rate), waitMs));
  };
}
