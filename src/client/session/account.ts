import { randomUUID } from 'node:crypto';
import { element } from '../../xmpp/element.js';
import { type Condition, decodeError } from '../../xmpp/stanza-error.js';
import type { Credentials } from './sasl.js';
import type { Wire } from './wire.js';

const REGISTER = 'jabber:iq:register';

/**
 * Opens an account before logging in to it (XEP-0077 section 3.1; XEP-0347 section 3.3).
 *
 * @returns undefined if that was done, or why not, in words
 */
export async function openAccount(wire: Wire, { username, password }: Credentials): Promise<string | undefined> {
  const id = randomUUID();
  const fields = [element('username', {}, username), element('password', {}, password)];
  wire.send(element('iq', { type: 'set', id }, element('query', { xmlns: REGISTER }, ...fields)));
  const answer = await wire.next();
  if (answer?.attrs['id'] === id && answer.attrs['type'] === 'result') return undefined;
  if (answer?.attrs['id'] !== id) return 'the server did not say whether it opened an account';
  const { condition, text } = decodeError(answer);
  return `${REFUSALS[condition] ?? 'the server does not open accounts'} (${condition}${text === undefined ? '' : `: ${text}`})`;
}

const REFUSALS: Readonly<Partial<Record<Condition, string>>> = {
  conflict: 'there is such an account already, with another password',
  'not-acceptable': 'the server wants to know more than a name and a password to open an account',
  'resource-constraint': 'the server opens no more accounts for now',
};
