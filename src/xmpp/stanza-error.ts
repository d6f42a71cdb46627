import { childElements, type Element, element, namespaceOf } from './element.js';

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

export type ErrorType = 'auth' | 'cancel' | 'continue' | 'modify' | 'wait';

/** The defined conditions with the type that RFC 6120 section 8.3.3 recommends for each. */
const TYPE_OF = {
  'bad-request': 'modify',
  conflict: 'cancel',
  'feature-not-implemented': 'cancel',
  forbidden: 'auth',
  gone: 'cancel',
  'internal-server-error': 'cancel',
  'item-not-found': 'cancel',
  'jid-malformed': 'modify',
  'not-acceptable': 'modify',
  'not-allowed': 'cancel',
  'not-authorized': 'auth',
  'policy-violation': 'modify',
  'recipient-unavailable': 'wait',
  redirect: 'modify',
  'registration-required': 'auth',
  'remote-server-not-found': 'cancel',
  'remote-server-timeout': 'wait',
  'resource-constraint': 'wait',
  'service-unavailable': 'cancel',
  'subscription-required': 'auth',
  'undefined-condition': 'cancel',
  'unexpected-request': 'wait',
} as const satisfies Record<string, ErrorType>;

export type Condition = keyof typeof TYPE_OF;

/** A refusal as RFC 6120 section 8.3 has it. `text` says what was wrong and what to do; it never holds a secret. */
export interface StanzaError {
  readonly condition: Condition;
  readonly type: ErrorType;
  readonly text?: string;
  /** An application's own elements: beside the error in an IQ, for peers that look only there (DESIGN section 4, `rejected`). */
  readonly beside?: Element;
  /** An application's own condition, inside the error (RFC 6120 section 8.3.4). */
  readonly specific?: Element;
}

export function stanzaError(condition: Condition, text?: string, type: ErrorType = TYPE_OF[condition]): StanzaError {
  return text === undefined ? { condition, type } : { condition, type, text };
}

/** Writes the `<error/>` of a stanza. */
export function encodeError({ condition, type, text, specific }: StanzaError): Element {
  return element(
    'error',
    { type },
    element(condition, { xmlns: STANZAS }),
    text === undefined ? undefined : element('text', { xmlns: STANZAS, 'xml:lang': 'en' }, text),
    specific,
  );
}

/** Reads the error of a stanza of type error; what is missing or unknown becomes `undefined-condition`. */
export function decodeError(stanza: Element): StanzaError {
  // An application's own <error/> may stand beside it (XEP-0323 has one).
  const isError = (child: Element) => child.getName() === 'error' && namespaceOf(child) === namespaceOf(stanza);
  const error = childElements(stanza).find(isError);
  const parts = error === undefined ? [] : childElements(error).filter((child) => namespaceOf(child) === STANZAS);
  const condition = parts.map((part) => part.getName()).find(isCondition) ?? 'undefined-condition';
  const type = ERROR_TYPES.find((known) => known === error?.attrs['type']) ?? TYPE_OF[condition];
  const text = parts.find((part) => part.getName() === 'text')?.getText();
  return stanzaError(condition, text, type);
}

const ERROR_TYPES: readonly ErrorType[] = ['auth', 'cancel', 'continue', 'modify', 'wait'];

function isCondition(name: string): name is Condition {
  return Object.hasOwn(TYPE_OF, name);
}

/**
 * Errors by which a server says that a session is not there: RFC 6120 section 8.3.3 and RFC 6121 section 8.5.3.2.
 */
const GONE: ReadonlySet<Condition> = new Set<Condition>([
  'gone',
  'item-not-found',
  'recipient-unavailable',
  'remote-server-not-found',
  'remote-server-timeout',
  'service-unavailable',
]);

export function saysGone(error: StanzaError): boolean {
  return GONE.has(error.condition);
}
