import fc from 'fast-check';
import { OPERATIONS } from '../../src/operations/index.js';
import { JIDS } from './cast.js';

/** What is written where one thing is meant by all: numbers at the edges, dates at the edges, odd characters. */
export const EDGES: readonly string[] = [
  ...[
    '',
    ' ',
    '0',
    '-0',
    '-1',
    '+1',
    '1.',
    '.5',
    '1e400',
    '-1e400',
    '1e-400',
    'NaN',
    'INF',
    '-INF',
    'Infinity',
    '0x10',
  ],
  ...['127', '128', '2147483647', '2147483648', '-2147483648', '-2147483649', '4294967296', '9007199254740992'],
  ...['9007199254740993', '9223372036854775807', '9223372036854775808', '-9223372036854775809', '1_000', '1,5', '٣'],
  ...['9'.repeat(400), `0.${'0'.repeat(400)}1`, `1${'0'.repeat(20)}e-20`, `${'0'.repeat(70)}1`],
  ...['0000-01-01', '0001-01-01T00:00:00Z', '-0001-01-01', '9999-12-31T23:59:59.999999999Z', '9999-12-31T24:00:00Z'],
  ...['2026-02-30', '2024-02-29', '2026-02-29', '2026-12-31T23:59:60Z', '2026-01-01T00:00:00+14:00', '10000-01-01'],
  ...[
    '2026-01-01T00:00:00-14:01',
    '2026-1-1',
    '1970-01-01T00:00:00Z',
    '1969-12-31T23:59:59.999Z',
    '24:00:00',
    '25:00:00',
  ],
  ...['P', 'PT', '-P1D', 'P1Y2M3DT4H5M6.7S', `P${'9'.repeat(40)}Y`, 'true', 'TRUE', '1', 'yes', 'null', 'undefined'],
  ...[
    '\ufffd',
    '\u202eabc',
    'e\u0301',
    '\u00e9',
    '\u{1f600}',
    '\u200b',
    '\u2028',
    '\u0085',
    '\u00a0',
    '\ufdd0',
    '\u{10ffff}',
  ],
  ...['\u{1d5ba}', 'ſ', 'ß', 'İ', 'ﬃ', '\u0130\u0307', '\t', '\n', '\r\n', ' a ', 'a  b', '\ud7ff', '\ue000'],
  ...[
    'a'.repeat(1023),
    'a'.repeat(1024),
    'a'.repeat(1025),
    'é'.repeat(512),
    '\u{1f600}'.repeat(33),
    'a'.repeat(70_000),
  ],
  ...[
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    "'; --",
    '%s%n',
    '../../etc/passwd',
    '{{7*7}}',
    '*',
    '**',
  ],
  ...['<![CDATA[', ']]>', '&amp;', '<!--', '\\', '|', '1|a|b', '1,', ':', '#', 'a:b', '@', '/', 'a@b/c', 'a@b@c'],
];

export const edge: fc.Arbitrary<string> = fc.constantFrom(...EDGES);

/** Any characters that XML has. */
const anyText = fc
  .string({ unit: 'binary', maxLength: 40 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML forbids.
  .map((any) => any.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]/gu, '?'));

const WORDS = [
  '',
  'a',
  'n1',
  'n2',
  'Temperature',
  'T',
  'SN',
  'KEY',
  '1',
  '%public%',
  '%private%',
  '%unknown%',
  '°C',
  'W',
];
const text = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...WORDS) }, { weight: 1, arbitrary: anyText });

const date = fc.date({ min: new Date('2020-01-01'), max: new Date('2027-01-01'), noInvalidDate: true });
const dateTime = fc
  .tuple(date, fc.constantFrom('', 'Z', '+01:00', '-05:30'))
  .map(([at, zone]) => at.toISOString().slice(0, -1) + zone);
const decimal = fc.oneof(fc.integer().map(String), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String));

/** The types of XML Schema that our schemas use. */
export const BUILT_IN: Readonly<Record<string, fc.Arbitrary<string>>> = {
  'xs:string': text,
  'xs:anyURI': text,
  'xs:NMTOKEN': fc.constantFrom('a', 'b-1'),
  'xs:boolean': fc.constantFrom('true', 'false', '1', '0'),
  'xs:byte': fc.integer({ min: -128, max: 127 }).map(String),
  'xs:int': fc.integer().map(String),
  'xs:integer': fc.bigInt().map(String),
  'xs:long': fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  'xs:nonNegativeInteger': fc.nat().map(String),
  'xs:positiveInteger': fc.nat().map((number) => String(number + 1)),
  'xs:unsignedShort': fc.nat(65_535).map(String),
  'xs:double': decimal,
  'xs:decimal': fc.integer().map(String),
  'xs:date': date.map((at) => at.toISOString().slice(0, 10)),
  'xs:dateTime': dateTime,
  'xs:time': dateTime.map((moment) => moment.slice(11)),
  'xs:duration': fc.stringMatching(/^-?P\d{1,4}DT\d{1,6}H\d{1,6}(\.\d{1,6})?S$/),
};

/** Simple types whose patterns are easier said than grown, and those to which the cast gives a meaning. */
export const NAMED: Readonly<Record<string, fc.Arbitrary<string>>> = {
  jid: fc.constantFrom(...JIDS),
  tagName: fc.oneof(
    fc.constantFrom('SN', 'KEY', 'MAN', 'LAT', 'LON', 'V', 'sn'),
    fc.stringMatching(/^[a-zé\u4e00]{1,32}$/),
  ),
  tagValue: fc.oneof(fc.constantFrom('1', 'a', 'k', '', 'www.ktc.se'), anyText),
  number: decimal,
  stringIds: fc.constantFrom('1', '1,2', '3||A1', '1,1|MathModule|7'),
  utc: fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.123Z'),
  nodeName: fc.constantFrom('', 'n1', 'n2', 'imc1'),
};

const FIELD_NAMES = [...new Set(OPERATIONS.flatMap(({ fields }) => Object.keys(fields))), 'thing', 'FORM_TYPE'];

/** What an attribute of this name means to the component, whatever its type: else next to no request would be served. */
export const MEANINGFUL: Readonly<Record<string, readonly string[]>> = {
  'command@node': OPERATIONS.map(({ name }) => `thingstead:${name}`),
  'query@node': ['http://jabber.org/protocol/commands', 'thing@localhost', 'rack@localhost', 'thingstead:claim'],
  'field@var': FIELD_NAMES,
  'x@type': ['submit', 'submit', 'cancel'],
  sessionid: ['%session%'],
  nodeId: ['', 'n1', 'n2', 'imc1', '%public%', '%private%', '%unknown%', 'thing@localhost'],
  seqnr: ['1', '2', '3', '1073741824', '2147483647'],
};

/** What the `<value/>` of a form's field may be. */
export const FIELD_VALUES: readonly string[] = [
  ...JIDS,
  '%public%',
  '%private%',
  '%unknown%',
  'true',
  'false',
  '1',
  '2026-01-01',
  'k',
];
