import fc from 'fast-check';
import { FIELD_TYPES, QUALITIES, type Reading, VALUE_TYPES } from '../../../src/domain/reading.js';
import type { Comparison, Criterion } from '../../../src/domain/search.js';
import type { Audience, Tag, Thing } from '../../../src/domain/thing.js';
import { address, bare, full, ownershipId } from './samples.js';

// Few characters, so that values meet: what SQL, LIKE, GLOB, JSON and masks give a meaning to, what UTF-16 and code
// points order differently (U+FF5E, U+1F600), and the ends of the ranges around surrogates and of Unicode.
export const CHARACTERS: readonly string[] = [
  ...'abAB \'"%_*?[]\\^-;',
  '\t',
  '\u0001',
  '\u007f',
  'é',
  'e\u0301',
  '\ud7ff',
  '\ue000',
  '～',
  '\uffff',
  '😀',
  '\u{10ffff}',
];

export const hostileText = (maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...CHARACTERS), { maxLength }).map((characters) => characters.join(''));

export const hostileNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(0, -0, 1, -1, 0.1, 0.30000000000000004, 5e-324, -5e-324, 1e308, -1.7976931348623157e308),
  fc.constantFrom(2 ** 31, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 2 ** 63, 9.3e18),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

const TAG_NAMES = ['SN', 'MAN', 'V', "X'", 'KEY'] as const;
const tagName = fc.constantFrom(...TAG_NAMES);

// Digits that a number may have come with, beside the shortest ones.
const digits = (value: number): fc.Arbitrary<string> => {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return fc.constantFrom(text, /^-?\d+$/.test(text) ? `${text}.00` : text, /^\d/.test(text) ? `+${text}` : text);
};

const tag: fc.Arbitrary<Tag> = fc.oneof(
  fc.record({ name: tagName, kind: fc.constant('str' as const), value: hostileText(3) }),
  fc
    .tuple(tagName, hostileNumber)
    .chain(([name, value]) => digits(value).map((text) => ({ name, kind: 'num' as const, value, text }))),
);

/** As a registration may bring them: names once, KEY and empty values among them. */
export const tags: fc.Arbitrary<readonly Tag[]> = fc.uniqueArray(tag, { selector: ({ name }) => name, maxLength: 5 });

const audience: fc.Arbitrary<Audience> = fc.oneof(
  fc.constantFrom<Audience>('*', '@example.org', '@elsewhere.example'),
  fc.constantFrom('ann', 'bob', 'cy').map((name) => bare(`${name}@example.org`)),
);

const ownership = fc.record({
  owner: fc.constantFrom('ann', 'bob').map((name) => bare(`${name}@example.org`)),
  isPublic: fc.boolean(),
  selfOwned: fc.boolean(),
  since: fc.integer({ min: 0, max: 2 ** 50 }),
  sharedWith: fc.uniqueArray(audience, { maxLength: 3 }),
});

/** A Thing whose address and ownership id end with `n`, to be told from others. */
export function arbitraryThing(n: number): fc.Arbitrary<Thing> {
  return fc
    .record(
      {
        address: fc
          .tuple(fc.constantFrom('t1', 't2', 't3'), hostileText(2), hostileText(2))
          .map(([local, sourceId, cacheType]) => address(`${local}@example.org`, String(n), sourceId, cacheType)),
        tags,
        claimDigest: hostileText(4),
        ownership: ownership.map((each) => ({ id: ownershipId(`id${n}`), ...each })),
        spokeFrom: hostileText(4).map((resource) => full(`t@example.org/${resource}`)),
        disowning: fc.record({ until: fc.integer({ min: 0, max: 2 ** 50 }) }),
      },
      { requiredKeys: ['address', 'tags'] },
    )
    .map((each) => each as Thing);
}

const comparison = fc.constantFrom<Comparison>('Eq', 'NEq', 'Gt', 'GtEq', 'Lt', 'LtEq');
const rangeOperator = fc.constantFrom('Range' as const, 'NRange' as const);
const bound = <V>(value: fc.Arbitrary<V>) => fc.record({ value, included: fc.boolean() });

export const criterion: fc.Arbitrary<Criterion> = tagName.chain((name) => {
  const string = { name: fc.constant(name), kind: fc.constant('str' as const) };
  const number = { name: fc.constant(name), kind: fc.constant('num' as const) };
  const text = hostileText(2);
  const parts = fc.array(hostileText(1), { minLength: 1, maxLength: 4 });
  return fc.oneof<fc.Arbitrary<Criterion>[]>(
    fc.record({ ...string, operator: comparison, value: text }),
    fc.record({ ...number, operator: comparison, value: hostileNumber }),
    fc.record({ ...string, operator: rangeOperator, min: bound(text), max: bound(text) }),
    fc.record({ ...number, operator: rangeOperator, min: bound(hostileNumber), max: bound(hostileNumber) }),
    fc.record({ ...string, operator: fc.constant('Mask' as const), parts }),
  );
});

const node = fc.record({
  nodeId: fc.constantFrom('', 'n1', 'n2'),
  sourceId: fc.constantFrom('', 's'),
  cacheType: fc.constantFrom('', 'c'),
});

/** Readings whose keys often meet. */
export const arbitraryReading: fc.Arbitrary<Reading> = fc
  .record(
    {
      node,
      ms: fc.oneof(fc.integer({ min: -2, max: 3 }), fc.integer({ min: -(2 ** 45), max: 2 ** 45 })),
      offsetMinutes: fc.integer({ min: -840, max: 840 }),
      name: fc.oneof(fc.constantFrom('Temperature', 'Energy'), hostileText(3)),
      type: fc.constantFrom(...VALUE_TYPES),
      value: fc.oneof(fc.constantFrom('10', '10.00', '1e1', '-0', '9223372036854775807', ''), hostileText(8)),
      unit: fc.constantFrom('', '°C', '°F', 'kWh'),
      dataType: fc.constantFrom('', 'Colour'),
      fieldTypes: fc.subarray([...FIELD_TYPES]).map((each) => new Set(each)),
      qualities: fc.subarray([...QUALITIES]).map((each) => new Set(each)),
      module: hostileText(3),
      stringIds: hostileText(3),
      writable: fc.boolean(),
    },
    { requiredKeys: ['node', 'ms', 'name', 'type', 'value', 'unit', 'dataType', 'fieldTypes', 'qualities'] },
  )
  .map(({ ms, offsetMinutes, ...rest }) => {
    const at = { ms, ...(offsetMinutes !== undefined && { offsetMinutes }) };
    return { ...rest, at } as Reading;
  });
