import fc from 'fast-check';
import type { Criterion } from '../../../src/domain/search.js';
import { tagName } from '../../../src/domain/tags.js';
import type { Tag } from '../../../src/domain/thing.js';
import { parseJid } from '../../../src/xmpp/jid.js';

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it keeps out.
const NOT_IN_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** Characters that XML may carry. */
const character = fc
  .oneof(
    fc.constantFrom('*', '%', ';', '\\', ':', '#', '"', "'", '<', '&', ' ', '\t', '\n', '\r', '\u0301', '°', '😀'),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
  )
  .filter((text) => !NOT_IN_XML.test(text));

const textOf = (maxLength: number, minLength = 0) =>
  fc
    .array(character, { minLength, maxLength })
    .map((characters) => characters.join('').normalize('NFC'))
    .filter((text) => [...text].length <= 128);

/** A tag name in its one form. */
export const name: fc.Arbitrary<string> = fc
  .oneof(fc.constantFrom('SN', 'V', 'KEY', 'NAME', 'a;b\\', 'ᾢ'), textOf(8, 1))
  .map(tagName)
  .filter((made) => typeof made === 'string');

const stringTag = (tag: string): fc.Arbitrary<Tag> => textOf(40).map((value) => ({ name: tag, kind: 'str', value }));

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.constantFrom(0, 1e21, 5e-324),
);
const numberText = fc.oneof(number.map(String), fc.constantFrom('1.20', '-.5', '+7', '1E2', '00012', '10.'));
const numberTag = (tag: string): fc.Arbitrary<Tag> =>
  numberText.map((text) => ({ name: tag, kind: 'num', value: Number(text), text }));

export const tags: fc.Arbitrary<readonly Tag[]> = fc
  .uniqueArray(name, { maxLength: 8 })
  .chain((names) => fc.tuple(...names.map((tag) => fc.oneof(stringTag(tag), numberTag(tag)))));

const nodePart = fc.oneof(fc.constant(''), textOf(20));
export const node = fc.record({ nodeId: nodePart, sourceId: nodePart, cacheType: nodePart });
export const nodeFilter = fc.record(
  { nodeId: nodePart, sourceId: nodePart, cacheType: nodePart },
  { requiredKeys: [] },
);

export const jid = fc
  .tuple(fc.constantFrom('', 'thing@', 'ünder@'), fc.constantFrom('example.org', 'xn--4ca.example', 'localhost'))
  .map(([local, domain]) => parseJid(`${local}${domain}`)?.bare)
  .filter((made) => made !== undefined);

const comparison = fc.constantFrom('Eq', 'NEq', 'Gt', 'GtEq', 'Lt', 'LtEq');
const range = fc.constantFrom('Range', 'NRange');
const bound = <V>(value: fc.Arbitrary<V>) => fc.record({ value, included: fc.boolean() });
const ends = <V>(value: fc.Arbitrary<V>) => ({ min: bound(value), max: bound(value) });
const plain = number.map((value) => value + 0); // 0 and -0 are one number to a search
const mask = fc
  .tuple(textOf(6), fc.array(textOf(6, 1), { maxLength: 4 }), textOf(6))
  .map(([head, middle, tail]) => [head, ...middle, tail]);

export const criterion: fc.Arbitrary<Criterion> = fc.oneof(
  fc.record({ name, kind: fc.constant('str' as const), operator: comparison, value: textOf(40) }),
  fc.record({ name, kind: fc.constant('num' as const), operator: comparison, value: plain }),
  fc.record({ name, kind: fc.constant('str' as const), operator: range, ...ends(textOf(40)) }),
  fc.record({ name, kind: fc.constant('num' as const), operator: range, ...ends(plain) }),
  fc.record({ name, kind: fc.constant('str' as const), operator: fc.constant('Mask' as const), parts: mask }),
);
