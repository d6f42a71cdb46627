import { describe, expect, it } from 'vitest';
import { parseXml } from '../xep/stanza-files.js';
import { DOMAIN, OWNER } from './cast.js';
import { createOracle } from './oracle.js';

const TO_US = `from='${OWNER}' to='${DOMAIN}'`;
const FROM_US = `from='${DOMAIN}' to='${OWNER}'`;
const error = (conditions: string) => `<error type='cancel'>${conditions}</error>`;
const condition = (name: string) => `<${name} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>`;
const REFUSED = error(condition('bad-request'));
const ASKED = `<iq type='get' id='1' ${TO_US}/>`;

function judged(told: readonly string[], said: readonly string[]): readonly string[] {
  const oracle = createOracle([OWNER]);
  for (const xml of told) oracle.told(parseXml(xml));
  for (const xml of said) oracle.said(parseXml(xml));
  return [...oracle.faults, ...oracle.unanswered()];
}

describe('the oracle of fuzzing', () => {
  it.each([
    ['a result', [ASKED], [`<iq type='result' id='1' ${FROM_US}/>`]],
    ['an error', [ASKED], [`<iq type='error' id='1' ${FROM_US}>${REFUSED}</iq>`]],
    ['silence to a result', [`<iq type='result' id='1' ${TO_US}/>`], []],
    ['silence to who has no JID', [ASKED.replace(OWNER, 'a@b@c')], []],
    ['a message that is refused', [`<message ${TO_US}/>`], [`<message type='error' ${FROM_US}>${REFUSED}</message>`]],
    ['what it says of itself', [], [`<message ${FROM_US}/>`, `<presence ${FROM_US}/>`]],
  ])('takes %s', (_what, told, said) => {
    expect(judged(told, said)).toEqual([]);
  });

  it.each([
    ['no answer', [ASKED], []],
    ['two answers', [ASKED], Array(2).fill(`<iq type='result' id='1' ${FROM_US}/>`)],
    ['an answer under another id', [ASKED], [`<iq type='result' id='2' ${FROM_US}/>`]],
    [
      'an answer from another address',
      [ASKED],
      [`<iq type='result' id='1' ${FROM_US.replace(DOMAIN, `x@${DOMAIN}`)}/>`],
    ],
    ['an answer to a result', [`<iq type='result' id='1' ${TO_US}/>`], [`<iq type='result' id='1' ${FROM_US}/>`]],
    ['an error without condition', [ASKED], [`<iq type='error' id='1' ${FROM_US}>${error('')}</iq>`]],
    [
      'an error with two conditions',
      [ASKED],
      [`<iq type='error' id='1' ${FROM_US}>${error(condition('conflict') + condition('gone'))}</iq>`],
    ],
    [
      'an internal error',
      [ASKED],
      [`<iq type='error' id='1' ${FROM_US}>${error(condition('internal-server-error'))}</iq>`],
    ],
    [
      'an error to an error',
      [`<message type='error' ${TO_US}/>`],
      [`<message type='error' ${FROM_US}>${REFUSED}</message>`],
    ],
    ['an error to presence', [`<presence ${TO_US}/>`], [`<presence type='error' ${FROM_US}>${REFUSED}</presence>`]],
    ['an IQ of its own without id', [], [`<iq type='get' ${FROM_US}/>`]],
    ['a word to somebody else', [], [`<message from='${DOMAIN}' to='nobody@localhost'/>`]],
    ['a word of somebody else', [], [`<message from='other.localhost' to='${OWNER}'/>`]],
  ])('does not take %s', (_what, told, said) => {
    expect(judged(told, said)).not.toEqual([]);
  });
});
