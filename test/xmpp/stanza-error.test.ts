import { describe, expect, it } from 'vitest';
import { element, serialize } from '../../src/xmpp/element.js';
import { type Condition, decodeError, encodeError, saysGone, stanzaError } from '../../src/xmpp/stanza-error.js';

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
/** RFC 6120 section 8.3.3, condition by condition. */
const RECOMMENDED = {
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
} as const satisfies Record<Condition, string>;
const CONDITIONS = Object.entries(RECOMMENDED).map(([name, type]) => [name as Condition, type] as const);

const bounce = (...children: Parameters<typeof element>[2][]) => element('iq', { type: 'error' }, ...children);

describe('an error', () => {
  it.each(CONDITIONS)('%s is of type %s unless told otherwise, and is read as it was written', (condition, type) => {
    expect(stanzaError(condition)).toStrictEqual({ condition, type });
    const whole = stanzaError(condition, 'What <was> "wrong".', 'continue');
    expect(decodeError(bounce(encodeError(whole)))).toEqual(whole);
    expect(decodeError(bounce(encodeError(stanzaError(condition))))).toEqual({ condition, type });
  });

  it('is written as RFC 6120 has it', () => {
    expect(serialize(encodeError(stanzaError('forbidden', 'No & no.')))).toBe(
      `<error type="auth"><forbidden xmlns="${STANZAS}"/><text xmlns="${STANZAS}" xml:lang="en">No &amp; no.</text></error>`,
    );
    expect(serialize(encodeError(stanzaError('gone')))).toBe(`<error type="cancel"><gone xmlns="${STANZAS}"/></error>`);
  });
});

describe('what a peer sends as an error', () => {
  const gone = element('gone', { xmlns: STANZAS });

  it.each([
    ['without <error/>', bounce()],
    ['with an empty one', bounce(element('error'))],
    ['with text in it alone', bounce(element('error', {}, 'gone'))],
    ['with a condition of another namespace', bounce(element('error', {}, element('gone', { xmlns: 'urn:example' })))],
    ['with an unknown condition', bounce(element('error', {}, element('tired', { xmlns: STANZAS })))],
    ['with a condition that objects inherit', bounce(element('error', {}, element('constructor', { xmlns: STANZAS })))],
    ['with an error of its own alone', bounce(element('error', { xmlns: 'urn:example' }, gone))],
  ])('%s is undefined-condition', (_, stanza) => {
    expect(decodeError(stanza)).toEqual({ condition: 'undefined-condition', type: 'cancel' });
  });

  it.each(['', 'Cancel', 'modify ', 'toString'])('of the type %j is of the type that is usual', (type) => {
    expect(decodeError(bounce(element('error', { type }, element('not-authorized', { xmlns: STANZAS }))))).toEqual({
      condition: 'not-authorized',
      type: 'auth',
    });
  });

  it('may have the text first, and elements of others beside and within', () => {
    const text = element('text', { xmlns: STANZAS }, 'Moved.');
    const own = element('error', { xmlns: 'urn:xmpp:iot:sensordata' }, 'Broken.');
    const error = element('error', { type: 'wait' }, element('text', { xmlns: 'urn:example' }, 'No.'), text, gone, own);
    expect(decodeError(bounce(element('rejected'), own, error))).toEqual({
      condition: 'gone',
      type: 'wait',
      text: 'Moved.',
    });
  });
});

describe('that a session is gone', () => {
  it.each(CONDITIONS)('%s', (condition) => {
    const says = [
      'gone',
      'item-not-found',
      'recipient-unavailable',
      'remote-server-not-found',
      'remote-server-timeout',
      'service-unavailable',
    ];
    expect(saysGone(stanzaError(condition))).toBe(says.includes(condition));
  });
});
