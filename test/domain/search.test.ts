import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Criterion, compareCodePoints, matches, matchesMask } from '../../src/domain/search.js';
import type { OwnershipId, Tag, Thing } from '../../src/domain/thing.js';
import { at, bare, num, str } from './world.js';

/** Few characters, so that they meet: two that UTF-16 orders otherwise than code points do, and a combining one. */
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', '.', '*', '\\', 'é', '\u0301', '～', '😀', '😁'),
  maxLength: 6,
});

describe('compareCodePoints', () => {
  const points = (value: string) => Array.from(value, (character) => character.codePointAt(0) ?? 0);
  function reference(a: string, b: string): number {
    const [left, right] = [points(a), points(b)];
    const at = left.findIndex((point, index) => point !== right[index]);
    if (at < 0) return Math.sign(left.length - right.length);
    return Math.sign((left[at] ?? -1) - (right[at] ?? -1));
  }

  it('orders as the code points do', () => {
    fc.assert(fc.property(text, text, (a, b) => compareCodePoints(a, b) === reference(a, b)));
    const any = fc.string({ unit: 'binary', maxLength: 8 });
    fc.assert(fc.property(any, any, (a, b) => compareCodePoints(a, b) === reference(a, b)));
  });

  it('puts what lies beyond U+FFFF after what does not', () => {
    expect(compareCodePoints('～', '😀')).toBe(-1);
    expect('～' < '😀').toBe(false);
  });
});

describe('matchesMask', () => {
  const quoted = (part: string) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const reference = (value: string, parts: readonly string[]) =>
    new RegExp(`^${parts.map(quoted).join('.*')}$`, 'su').test(value);

  it('finds what a regular expression finds', () => {
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1, maxLength: 4 }), (value, parts) => {
        expect(matchesMask(value, parts)).toBe(reference(value, parts));
      }),
    );
  });

  it('finds whatever was put between its parts', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 }), text, (pairs, end) => {
        const value = pairs.map((pair) => pair.join('')).join('') + end;
        expect(matchesMask(value, [...pairs.map(([part]) => part), end])).toBe(true);
      }),
    );
  });

  it('takes no part twice: what the head has, the tail has not', () => {
    expect(matchesMask('aba', ['ab', 'ba'])).toBe(false);
    expect(matchesMask('abba', ['ab', 'ba'])).toBe(true);
    expect(matchesMask('ab', ['ab', 'b'])).toBe(false);
    expect(matchesMask('xaxb', ['x', 'a', 'a', 'b'])).toBe(false);
  });

  it('is not slow where a matcher that goes back would be', () => {
    const value = 'a'.repeat(100_000);
    expect(matchesMask(value, [...Array(50).fill('a'), 'b'])).toBe(false);
    expect(matchesMask(value, Array(50).fill('a'))).toBe(true);
  });
});

const thing = (tags: readonly Tag[], isPublic?: boolean): Thing => ({
  address: at('thing@example.org'),
  tags,
  ...(isPublic !== undefined && {
    ownership: {
      id: 'aaaaaaaaaa' as OwnershipId,
      owner: bare('owner@example.org'),
      isPublic,
      selfOwned: false,
      since: 0,
      sharedWith: [],
    },
  }),
});
const within = (minIncluded: boolean, maxIncluded: boolean) => ({
  min: { value: 2, included: minIncluded },
  max: { value: 4, included: maxIncluded },
});
const ofStrings = (minIncluded: boolean, maxIncluded: boolean) => ({
  min: { value: 'b', included: minIncluded },
  max: { value: 'd', included: maxIncluded },
});

describe('a search', () => {
  it('finds public Things alone', () => {
    const criteria: Criterion[] = [{ name: 'A', kind: 'str', operator: 'Eq', value: 'x' }];
    expect([undefined, false, true].map((isPublic) => matches(thing([str('A', 'x')], isPublic), criteria))).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('wants all criteria to hold, each by any of the tags', () => {
    const a: Criterion = { name: 'A', kind: 'str', operator: 'Eq', value: 'x' };
    const b: Criterion = { name: 'B', kind: 'num', operator: 'Gt', value: 1 };
    const found = thing([num('B', '2'), str('A', 'x')], true);
    expect(matches(found, [a, b])).toBe(true);
    expect(matches(found, [a, { ...b, value: 2 }])).toBe(false);
    expect(matches(found, [])).toBe(true);
  });

  const NUMBERS = ['1', '2', '3', '4', '5'];
  it.each<[object, string]>([
    [{ operator: 'Eq', value: 3 }, '3'],
    [{ operator: 'NEq', value: 3 }, '1245'],
    [{ operator: 'Gt', value: 3 }, '45'],
    [{ operator: 'GtEq', value: 3 }, '345'],
    [{ operator: 'Lt', value: 3 }, '12'],
    [{ operator: 'LtEq', value: 3 }, '123'],
    [{ operator: 'Range', ...within(true, true) }, '234'],
    [{ operator: 'Range', ...within(false, true) }, '34'],
    [{ operator: 'Range', ...within(true, false) }, '23'],
    [{ operator: 'Range', ...within(false, false) }, '3'],
    [{ operator: 'NRange', ...within(true, true) }, '15'],
    [{ operator: 'NRange', ...within(false, true) }, '125'],
    [{ operator: 'NRange', ...within(true, false) }, '145'],
    [{ operator: 'NRange', ...within(false, false) }, '1245'],
  ])('of numbers by %j finds %s', (condition, found) => {
    const criterion = { name: 'N', kind: 'num', ...condition } as Criterion;
    expect(NUMBERS.filter((text) => matches(thing([num('N', text)], true), [criterion])).join('')).toBe(found);
    expect(matches(thing([str('N', '3'), num('M', '3')], true), [criterion])).toBe(false);
  });

  const STRINGS = ['a', 'b', 'c', 'd', 'e'];
  it.each<[object, string]>([
    [{ operator: 'Eq', value: 'c' }, 'c'],
    [{ operator: 'NEq', value: 'c' }, 'abde'],
    [{ operator: 'Gt', value: 'c' }, 'de'],
    [{ operator: 'GtEq', value: 'c' }, 'cde'],
    [{ operator: 'Lt', value: 'c' }, 'ab'],
    [{ operator: 'LtEq', value: 'c' }, 'abc'],
    [{ operator: 'Range', ...ofStrings(true, true) }, 'bcd'],
    [{ operator: 'Range', ...ofStrings(false, false) }, 'c'],
    [{ operator: 'NRange', ...ofStrings(true, true) }, 'ae'],
    [{ operator: 'NRange', ...ofStrings(false, false) }, 'abde'],
    [{ operator: 'Mask', parts: ['', ''] }, 'abcde'],
    [{ operator: 'Mask', parts: ['c', ''] }, 'c'],
  ])('of strings by %j finds %s', (condition, found) => {
    const criterion = { name: 'S', kind: 'str', ...condition } as Criterion;
    expect(STRINGS.filter((value) => matches(thing([str('S', value)], true), [criterion])).join('')).toBe(found);
    expect(matches(thing([num('S', '3'), str('T', 'c')], true), [criterion])).toBe(false);
    expect(matches(thing([str('KEY', 'c')], true), [{ ...criterion, name: 'KEY' }])).toBe(false);
  });

  it('tells capitals from small letters', () => {
    expect(matches(thing([str('A', 'x')], true), [{ name: 'A', kind: 'str', operator: 'Eq', value: 'X' }])).toBe(false);
  });

  it('takes 0 and -0 for one number', () => {
    expect(matches(thing([num('N', '-0')], true), [{ name: 'N', kind: 'num', operator: 'Eq', value: 0 }])).toBe(true);
  });
});
