import { FIELD_TYPES, type Field, type Moment, QUALITIES, type Reading } from '../../domain/reading.js';

/** All of a reading that neither its series, its value nor its time says. */
export type Manner = Pick<Field, 'fieldTypes' | 'qualities' | 'dataType' | 'module' | 'stringIds' | 'writable'> &
  Pick<Moment, 'offsetMinutes'>;

/** As JSON, for the table `manner`: sets as bits in the order of their tables, what is absent as null. */
type MannerText = readonly [
  fieldTypes: number,
  qualities: number,
  offsetMinutes: number | null,
  dataType: string,
  module: string | null,
  stringIds: string | null,
  writable: boolean | null,
];

/** Equal manners have equal texts. */
export function mannerToText({ at, fieldTypes, qualities, dataType, module, stringIds, writable }: Reading): string {
  const text: MannerText = [
    bitsOf(FIELD_TYPES, fieldTypes),
    bitsOf(QUALITIES, qualities),
    at.offsetMinutes ?? null,
    dataType,
    module ?? null,
    stringIds ?? null,
    writable ?? null,
  ];
  return JSON.stringify(text);
}

/** Equal manners have equal keys: what {@link mannerToText} says, at less expense. */
export function mannerKey({ at, fieldTypes, qualities, dataType, module, stringIds, writable }: Reading): string {
  const [types, flags] = [bitsIn(FIELD_TYPE_BITS, fieldTypes), bitsIn(QUALITY_BITS, qualities)];
  const localised = module === undefined && stringIds === undefined ? '' : JSON.stringify([module, stringIds]);
  return `${types} ${flags} ${at.offsetMinutes} ${writable} ${localised} ${dataType}`;
}

const FIELD_TYPE_BITS: ReadonlyMap<string, number> = new Map(FIELD_TYPES.map((type, place) => [type, 1 << place]));
const QUALITY_BITS: ReadonlyMap<string, number> = new Map(QUALITIES.map((flag, place) => [flag, 1 << place]));

function bitsIn(bitOf: ReadonlyMap<string, number>, flags: ReadonlySet<string>): number {
  let bits = 0;
  for (const flag of flags) bits |= bitOf.get(flag) ?? 0;
  return bits;
}

export function mannerFromText(json: string): Manner {
  const text: MannerText = JSON.parse(json);
  const [fieldTypes, qualities, offsetMinutes, dataType, module, stringIds, writable] = text;
  return {
    fieldTypes: setOf(FIELD_TYPES, fieldTypes),
    qualities: setOf(QUALITIES, qualities),
    dataType,
    ...(offsetMinutes !== null && { offsetMinutes }),
    ...(module !== null && { module }),
    ...(stringIds !== null && { stringIds }),
    ...(writable !== null && { writable }),
  };
}

function bitsOf<Flag>(order: readonly Flag[], flags: ReadonlySet<Flag>): number {
  return order.reduce((bits, flag, place) => (flags.has(flag) ? bits | (1 << place) : bits), 0);
}

function setOf<Flag>(order: readonly Flag[], bits: number): ReadonlySet<Flag> {
  return new Set(order.filter((_, place) => (bits & (1 << place)) !== 0));
}
