import { saslprep } from 'stanza/lib/stringprep/index.js';
import { childElements, type Element, element } from '../../xmpp/element.js';
import { createScram, SCRAM_MECHANISMS, type ScramMechanism } from './scram.js';
import type { Wire } from './wire.js';

const SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';

export interface Credentials {
  /** The local part of the account. */
  readonly username: string;
  readonly password: string;
}

export type LogIn =
  | 'in'
  /** The account or its password is not what the server has. */
  | 'not-authorized'
  /** The connection ended. */
  | 'ended'
  /** Something that another attempt will not change, in words. */
  | { readonly refused: string };

/**
 * Logs in (RFC 6120 section 6) by the best mechanism that server and client share.
 *
 * @param mayShow whether the password itself may be shown to the server (PLAIN): only where nobody listens in
 */
export async function logIn(
  wire: Wire,
  features: Element,
  { username, password }: Credentials,
  mayShow: boolean,
): Promise<LogIn> {
  const offered = (features.getChild('mechanisms', SASL)?.getChildren('mechanism') ?? []).map((child) =>
    child.getText().trim(),
  );
  const scram = SCRAM_NAMES.find((name) => offered.includes(name));
  if (scram !== undefined) return byScram(wire, scram, prepared(username), prepared(password));
  if (!offered.includes('PLAIN')) {
    const names = offered.join(', ') || 'no mechanism at all';
    return { refused: `the server offers ${names} to log in by, of which none is known here` };
  }
  if (!mayShow) {
    return { refused: 'the server wants to see the password over a connection that is not encrypted' };
  }
  const token = base64(`\0${username}\0${password}`);
  wire.send(element('auth', { xmlns: SASL, mechanism: 'PLAIN' }, token));
  const answer = await wire.next();
  return answer?.getName() === 'success' ? 'in' : failed(answer);
}

const SCRAM_NAMES = Object.keys(SCRAM_MECHANISMS) as ScramMechanism[];

async function byScram(wire: Wire, name: ScramMechanism, username: string, password: string): Promise<LogIn> {
  const scram = createScram(name, username, password);
  wire.send(element('auth', { xmlns: SASL, mechanism: name }, base64(scram.first)));
  const challenge = await wire.next();
  if (challenge?.getName() !== 'challenge') return failed(challenge);
  const response = await scram.answer(text(challenge));
  if (response === undefined) return { refused: `the server does not keep to ${name}` };
  wire.send(element('response', { xmlns: SASL }, base64(response)));
  const answer = await wire.next();
  if (answer?.getName() !== 'success') return failed(answer);
  if (scram.verify(text(answer))) return 'in';
  return { refused: 'the server could not prove that it knows the password: it may be another than it says' };
}

function failed(answer: Element | undefined): LogIn {
  if (answer === undefined) return 'ended';
  const condition = childElements(answer)[0]?.getName() ?? answer.getName();
  if (condition === 'not-authorized') return 'not-authorized';
  if (condition === 'temporary-auth-failure') return 'ended';
  return { refused: `the server did not let this account in (${condition})` };
}

/** As RFC 4013 has it. What it forbids the server will refuse by itself. */
function prepared(text: string): string {
  try {
    return saslprep(text, false);
  } catch {
    return text;
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function text(received: Element): string {
  return Buffer.from(received.getText(), 'base64').toString('utf8');
}
