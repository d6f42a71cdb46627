import fc from 'fast-check';
import type { Failure, Fault, Report, Sample } from '../../../src/domain/read-out/report.js';
import type { ReadRequest, SequenceNumber } from '../../../src/domain/read-out/request.js';
import {
  FIELD_TYPES,
  type Field,
  type Moment,
  type NodeName,
  QUALITIES,
  type ValueType,
} from '../../../src/domain/reading.js';

/** Any characters that XML has, line ends and quotes among them. */
const text = fc
  .string({ unit: 'binary', maxLength: 20 })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what XML forbids.
  .map((any) => any.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]/gu, '?'));
const name = text.filter((any) => any !== '');

const twoDigits = (number: number): string => String(number).padStart(2, '0');
const zone = fc.constantFrom('', 'Z', '+01:00', '-05:30', '+14:00');
const date = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 }))
  .map(([year, month, day]) => `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(day)}`);
const fraction = fc.oneof(fc.constant(''), fc.stringMatching(/^\.\d{1,12}$/));
const clock = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 59 }), fraction)
  .map(([hours, minutes, seconds, rest]) => `${[hours, minutes, seconds].map(twoDigits).join(':')}${rest}`);
const joined = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((all) => all.join(''));
const integer = (bits: bigint) =>
  fc.bigInt({ min: -(1n << (bits - 1n)), max: (1n << (bits - 1n)) - 1n }).map((value) => String(value));

/** Values of each type, as a device might write them. */
export const VALUES: Readonly<Record<ValueType, fc.Arbitrary<string>>> = {
  boolean: fc.constantFrom('true', 'false', '1', '0'),
  date: joined(date, zone),
  dateTime: joined(date, fc.constant('T'), clock, zone),
  duration: fc.stringMatching(/^-?P\d{1,4}DT\d{1,6}H\d{1,6}(\.\d{1,6})?S$/),
  enum: text,
  int: integer(32n),
  long: integer(64n),
  numeric: fc.stringMatching(/^[+-]?\d{1,12}(\.\d{0,12})?([eE][+-]?\d\d?)?$/),
  string: text,
  time: joined(clock, zone),
};

export const field: fc.Arbitrary<Field> = fc.constantFrom(...(Object.keys(VALUES) as ValueType[])).chain((type) =>
  fc.record(
    {
      name,
      type: fc.constant(type),
      value: VALUES[type],
      unit: type === 'numeric' ? text : fc.constant(''),
      dataType: type === 'enum' ? text : fc.constant(''),
      fieldTypes: fc.subarray([...FIELD_TYPES]).map((types) => new Set(types)),
      qualities: fc.subarray([...QUALITIES]).map((qualities) => new Set(qualities)),
      module: text,
      stringIds: fc.constantFrom('1', '1,2', '3||A1', '1,1|MathModule|7'),
      writable: fc.boolean(),
    },
    { requiredKeys: ['name', 'type', 'value', 'unit', 'dataType', 'fieldTypes', 'qualities'] },
  ),
);

/** Of the years 1 to 9999. */
const ms = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) });
/** As it comes back: we write UTC. */
export const moment: fc.Arbitrary<Moment> = ms.map((at) => ({ ms: at, offsetMinutes: 0 }));
export const node: fc.Arbitrary<NodeName> = fc.record({ nodeId: text, sourceId: text, cacheType: text });
export const seqnr: fc.Arbitrary<SequenceNumber> = fc
  .tuple(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.constantFrom('', '0', '00'))
  .map(([value, zeros]) => ({ value, text: value < 0 ? `-${zeros}${-value}` : `${zeros}${value}` }));

const sample: fc.Arbitrary<Sample> = fc.record({ node, at: moment, fields: fc.array(field, { maxLength: 4 }) });
export const report: fc.Arbitrary<Report> = fc.record({
  seqnr,
  done: fc.boolean(),
  samples: fc.array(sample, { maxLength: 4 }),
  faults: fc.constant([]),
});

const fault: fc.Arbitrary<Fault> = fc.record({ node, timestamp: text, reason: text.map((words) => words.trim()) });
export const failure: fc.Arbitrary<Failure> = fc.record({
  seqnr,
  done: fc.boolean(),
  errors: fc.array(fault, { maxLength: 4 }),
});

const types = fc.oneof(
  fc.subarray([...FIELD_TYPES]),
  fc.constant([...FIELD_TYPES]),
  fc.constant(FIELD_TYPES.filter((type) => type.startsWith('historical'))),
);
export const request: fc.Arbitrary<ReadRequest> = fc
  .record(
    {
      seqnr,
      types: types.map((asked) => new Set(asked)),
      nodes: fc.array(node, { maxLength: 4 }),
      fields: fc.array(text, { maxLength: 4 }),
      from: moment,
      to: moment,
      when: moment,
      tokens: fc.record({ service: text, device: text, user: text }, { requiredKeys: [] }),
    },
    { requiredKeys: ['seqnr', 'types', 'nodes', 'fields', 'tokens'] },
  )
  .chain((asked) =>
    fc
      .subarray([...new Set(asked.fields)])
      .chain((named) => fc.tuple(...named.map((each) => fc.record({ name: fc.constant(each), unit: name }))))
      .map((units) => (units.length > 0 ? { ...asked, units } : asked)),
  )
  .filter(({ from, to }) => from === undefined || to === undefined || from.ms <= to.ms)
  .filter(({ when, tokens }) => when === undefined || Object.keys(tokens).length === 0);
