import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalTags, hasKey, LIMITS, mergeTags, storedTags, stringValue, tagName } from '../../src/domain/tags.js';
import type { Tag } from '../../src/domain/thing.js';
import { num, str } from './world.js';

const name = fc.constantFrom('SN', 'MAN', 'V', 'KEY', 'ROOM');
const tag: fc.Arbitrary<Tag> = fc.oneof(
  fc.record({ name, kind: fc.constant('str' as const), value: fc.constantFrom('', '1', 'x', '😀') }),
  fc.tuple(name, fc.constantFrom('1', '1.0', '-0', '0', '2e0')).map(([of, text]) => num(of, text)),
);
/** As they come out of a codec: each name once. */
const tags = fc.uniqueArray(tag, { selector: (one) => one.name, maxLength: 5 });
const byName = (all: readonly Tag[]) => new Map(all.map((one) => [one.name, one]));

describe('tagName', () => {
  it.each([
    ['sn', 'SN'],
    ['Ｓn', 'Ｓn'.toUpperCase()],
    ['straße', 'STRASSE'],
    ['e\u0301', 'É'],
    ['a'.repeat(32), 'A'.repeat(32)],
    ['😀'.repeat(32), '😀'.repeat(32)],
  ])('%s is %s', (text, expected) => expect(tagName(text)).toBe(expected));

  it.each<[string, string]>([
    ['', 'name-empty'],
    ['a'.repeat(33), 'name-too-long'],
    ['ß'.repeat(17), 'name-too-long'],
    ...[':', '#', ' ', '\t', '\n', '\u00a0', '\u2003', '\0', '\u007f', '\u0085', '\ufeff'].map(
      (one): [string, string] => [`a${one}b`, 'name-forbidden-character'],
    ),
  ])('%j is refused: %s', (text, fault) => expect(tagName(text)).toEqual({ fault }));

  it('gives a name that it gives again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), (text) => {
        const once = tagName(text);
        if (typeof once === 'string') expect(tagName(once)).toBe(once);
      }),
    );
  });
});

describe('stringValue', () => {
  it('is kept in NFC, and counts characters', () => {
    expect(stringValue('e\u0301')).toBe('é');
    expect(stringValue('😀'.repeat(LIMITS.valueLength))).toBe('😀'.repeat(128));
    expect(stringValue('e\u0301'.repeat(128))).toBe('é'.repeat(128));
    expect(stringValue('x'.repeat(129))).toEqual({ fault: 'value-too-long' });
    expect(stringValue('')).toBe('');
  });
});

describe('storedTags', () => {
  it('are all but KEY and empty ones, in order', () => {
    const tags = [str('B', 'x'), str('KEY', 'k'), num('KEY', '1'), str('C', ''), str('D', ' '), num('A', '0')];
    expect(storedTags(tags)).toEqual([str('B', 'x'), str('D', ' '), num('A', '0')]);
  });
});

describe('mergeTags', () => {
  it('takes the changed ones as changed, the others as they were, and no KEY', () => {
    fc.assert(
      fc.property(tags, tags, (before, changes) => {
        const merged = mergeTags(storedTags(before), changes);
        expect(merged).toEqual(storedTags(merged));
        expect(new Set(merged.map((one) => one.name)).size).toBe(merged.length);
        const [was, change, is] = [before, changes, merged].map((all) => byName(storedTags(all)));
        const emptied = new Set(changes.filter((one) => one.value === '').map((one) => one.name));
        for (const of of ['SN', 'MAN', 'V', 'ROOM', 'KEY']) {
          expect(is?.get(of)).toEqual(emptied.has(of) ? undefined : (change?.get(of) ?? was?.get(of)));
        }
      }),
    );
  });

  it('does the same done twice as once', () => {
    fc.assert(
      fc.property(tags, tags, (before, changes) => {
        const once = mergeTags(before, changes);
        expect(mergeTags(once, changes)).toEqual(once);
      }),
    );
  });
});

describe('canonicalTags', () => {
  const meaning = (all: readonly Tag[]) =>
    new Set(
      all
        .filter((one) => one.value !== '')
        .map((one) => `${one.name} ${one.kind} ${one.kind === 'num' ? one.value + 0 : one.value}`),
    );

  it('are equal for what means the same, and for nothing else', () => {
    fc.assert(
      fc.property(tags, tags, (one, other) => {
        const same = [...meaning(one)].sort().join('\n') === [...meaning(other)].sort().join('\n');
        expect(canonicalTags(one) === canonicalTags(other)).toBe(same);
      }),
      { numRuns: 1000 },
    );
  });

  it('do not depend on order, nor on empty ones', () => {
    fc.assert(
      fc.property(tags, (all) => {
        expect(canonicalTags([...all].reverse())).toBe(canonicalTags(all));
        expect(canonicalTags([...all, str('EMPTY', '')])).toBe(canonicalTags(all));
      }),
    );
  });

  it('tell a number from a string, KEY from no KEY, and one tag from two in one', () => {
    const different = [
      [],
      [str('A', '1')],
      [num('A', '1')],
      [str('KEY', '1')],
      [str('A', '1"],["B","str","2')],
      [str('A', '1'), str('B', '2')],
    ];
    expect(new Set(different.map(canonicalTags)).size).toBe(different.length);
  });

  it('know no difference between 0 and -0, nor between 1 and 1.0', () => {
    expect(canonicalTags([num('A', '-0')])).toBe(canonicalTags([num('A', '0')]));
    expect(canonicalTags([num('A', '1.0')])).toBe(canonicalTags([num('A', '1')]));
  });
});

describe('hasKey', () => {
  it.each<[Tag[], boolean]>([
    [[], false],
    [[str('SN', '1')], false],
    [[str('KEY', '')], false],
    [[str('KEY', '1')], true],
    [[num('KEY', '0')], true],
    [[str('SN', '1'), str('KEY', '1')], true],
  ])('of %j is %s', (all, expected) => expect(hasKey(all)).toBe(expected));
});
