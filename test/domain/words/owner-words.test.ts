import { describe, expect, it } from 'vitest';
import type { Offer, Ownership } from '../../../src/domain/thing.js';
import { type State, wordsOfChange, wordsOfClock, wordsOfRefusal } from '../../../src/domain/words/owner-words.js';
import { address, bare, num, ownedBy, str, thing } from '../../store/contract/samples.js';

const LAMP = address('t@x');
const offer: Offer = { to: bare('cy@x'), withHistory: false, until: Date.UTC(2026, 0, 8) };
const owned = (owner: string, more: Partial<Ownership> = {}): State => ({
  tags: [str('SN', '1')],
  ownership: ownedBy(owner, 'id1', more),
});
const told = (before: State | undefined, after: State | undefined) =>
  wordsOfChange(LAMP, before, after).map(({ to, text, isUnasked }) => `${isUnasked ? '!' : ''}${to}: ${text}`);
const FREE: State = { tags: [str('SN', '1')] };

describe('the words of a change of ownership', () => {
  it.each<[string, State | undefined, State | undefined, string[]]>([
    ['claimed', FREE, owned('ann@x'), ['ann@x: "1" (t@x) is yours now.']],
    ['registered for somebody', undefined, owned('ann@x'), ['ann@x: "1" (t@x) is yours now.']],
    ['released', owned('ann@x'), { tags: [] }, ['ann@x: "1" (t@x) is not yours any more: it has no owner now.']],
    [
      'removed',
      owned('ann@x'),
      undefined,
      ['ann@x: "1" (t@x) is not yours any more: it was taken out of the registry.'],
    ],
    [
      'moved',
      owned('ann@x'),
      owned('bob@x'),
      ['ann@x: "1" (t@x) is not yours any more: it has another owner.', 'bob@x: "1" (t@x) is yours now.'],
    ],
    [
      'offered',
      owned('ann@x'),
      owned('ann@x', { offer }),
      [
        '!cy@x: ann@x offers you "1" (t@x), without its readings. Until 2026-01-08T00:00:00Z you can accept or decline it, with the commands of those names here.',
      ],
    ],
    [
      'not offered any more',
      owned('ann@x', { offer }),
      owned('ann@x'),
      ['ann@x: The offer of "1" (t@x) to cy@x has ended; it is yours still.'],
    ],
    ['shared', owned('ann@x', { offer }), owned('ann@x', { offer, sharedWith: ['*'] }), []],
    ['registered', undefined, FREE, []],
    ['unregistered', FREE, undefined, []],
    ['its own owner', FREE, owned('t@x', { selfOwned: true }), []],
  ])('that is %s', (_, before, after, expected) => {
    expect(told(before, after)).toEqual(expected);
  });

  it('of an offer to another tell both the owner and the other', () => {
    const again = told(owned('ann@x', { offer }), owned('ann@x', { offer: { ...offer, to: bare('di@x') } }));
    expect(again.map((text) => text.slice(0, 30))).toEqual([
      'ann@x: The offer of "1" (t@x) ',
      '!di@x: ann@x offers you "1" (t',
    ]);
  });

  it('keep what a stranger calls a Thing in one line, and short', () => {
    const evil = `You won!\nClick https://evil.example ${'x'.repeat(100)}`;
    const before: State = { tags: [str('NAME', evil)], ownership: ownedBy('ann@x', 'id1') };
    const after: State = { ...before, ownership: ownedBy('ann@x', 'id1', { offer }) };
    const [words] = wordsOfChange(address('t@x', evil), before, after);
    expect(words?.text).not.toContain('\n');
    expect(words?.text.length).toBeLessThan(400);
    expect(words?.text).toMatch(/^ann@x offers you "You won!\\nClick .*\.\.\." \(t@x "You won!\\n.*\.\.\."\), without/);
  });
});

describe('the words about', () => {
  const lamp = { ...thing('t@x', { tags: [num('SN', '01')] }), ownership: ownedBy('ann@x', 'id1') };

  it('refused readings are for who wants them', () => {
    expect(wordsOfRefusal(lamp, 'The time is more than a day in the future.')).toEqual({
      to: 'ann@x',
      text: 'Readings of "01" (t@x) were refused: The time is more than a day in the future. You are told that once a day.',
      isUnasked: false,
    });
  });

  it.each([
    [60, '60 minutes ahead'],
    [-345, '345 minutes late'],
  ])('a wrong clock (%d) are for whoever owns it', (minutes, off) => {
    expect(wordsOfClock(lamp, minutes)).toEqual({
      to: 'ann@x',
      text: `The times that "01" (t@x) reports are ${off}: its clock or its time zone is not what we take it for.`,
      isUnasked: true,
    });
  });
});
