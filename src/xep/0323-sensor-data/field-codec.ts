import {
  FIELD_TYPES,
  type Field,
  type FieldType,
  QUALITIES,
  type Quality,
  VALUE_TYPES,
  type ValueType,
} from '../../domain/reading.js';
import { type Element, element } from '../../xmpp/element.js';
import { type Decoded, quote, Reader } from '../../xmpp/reader.js';
import { FORMER_VALUE_TYPES, OTHER_FIELD_TYPES, withPoint, withTAndColon } from './dialects.js';
import { LIMITS, type ReportLimits } from './limits.js';
import { boundedText } from './node.js';
import { faultOfValue } from './value-types.js';

const TYPE_OF_ELEMENT = new Map<string, ValueType>([
  ...VALUE_TYPES.map((type): [string, ValueType] => [type, type]),
  ...FORMER_VALUE_TYPES,
]);
const FIELD_TYPE_OF_ATTRIBUTE = new Map<string, FieldType>([
  ...FIELD_TYPES.map((type): [string, FieldType] => [type, type]),
  ...OTHER_FIELD_TYPES,
]);
const QUALITY_OF_ATTRIBUTE = new Map(QUALITIES.map((quality) => [quality as string, quality]));

/**
 * What `stringIds` looks like (section 6.2). The XEP's expression demands a module before a seed, its own text and
 * examples (`3||A1`) do not; this takes both.
 */
const STRING_IDS = /^\d+([|](\w+([.]\w+)*)?([|][^,]*)?)?(,\d+([|](\w+([.]\w+)*)?([|][^,]*)?)?)*$/;

/** Reads one value of a field (sections 5.4 to 5.7 and 6.2). Attributes that are not known are ignored. */
export function decodeField(payload: Element, { text }: Pick<ReportLimits, 'text'> = LIMITS): Decoded<Field> {
  const read = new Reader(payload);
  const type = TYPE_OF_ELEMENT.get(payload.getName());
  if (type === undefined) {
    read.refuse(`is no type of value; known are ${VALUE_TYPES.join(', ')}.`);
    return read.end<Field>(undefined);
  }
  const name = read.required('name');
  boundedText(read, 'name', LIMITS.name);
  if (name === '') read.refuse('name="" names nothing.');
  const value = currentForm(type, read.required('value'));
  const fault = read.ok ? faultOfValue(type, value, text) : undefined;
  if (fault !== undefined) read.refuse(`value=${quote(value)} ${fault}.`);
  return read.end({
    name,
    type,
    value,
    unit: (type === 'numeric' && boundedText(read, 'unit', LIMITS.unit)) || '',
    dataType: (type === 'enum' && boundedText(read, 'dataType', LIMITS.dataType)) || '',
    ...decodeFlags(read),
    ...decodeLocalisation(read),
    ...(read.optional('writable') !== undefined && { writable: read.boolean('writable', false) }),
  });
}

function currentForm(type: ValueType, value: string): string {
  if (type === 'numeric') return withPoint(value);
  return type === 'dateTime' ? withTAndColon(value) : value;
}

export function encodeField(field: Field): Element {
  const { type, name, value, unit, dataType, fieldTypes, qualities, module, stringIds, writable } = field;
  return element(type, {
    name,
    ...flagAttributes(FIELD_TYPES, fieldTypes),
    ...flagAttributes(QUALITIES, qualities),
    value,
    unit: type === 'numeric' ? unit : undefined,
    dataType: type === 'enum' ? dataType : undefined,
    module,
    stringIds,
    writable,
  });
}

/** Goes by what is written, which is little, not by all that might be. */
function decodeFlags(read: Reader): Pick<Field, 'fieldTypes' | 'qualities'> {
  const fieldTypes = new Set<FieldType>();
  const qualities = new Set<Quality>();
  for (const attribute of Object.keys(read.element.attrs)) {
    const fieldType = FIELD_TYPE_OF_ATTRIBUTE.get(attribute);
    const quality = QUALITY_OF_ATTRIBUTE.get(attribute);
    if (fieldType === undefined && quality === undefined) continue;
    if (!read.boolean(attribute, false)) continue;
    if (fieldType !== undefined) fieldTypes.add(fieldType);
    if (quality !== undefined) qualities.add(quality);
  }
  return { fieldTypes, qualities };
}

function decodeLocalisation(read: Reader): Pick<Field, 'module' | 'stringIds'> {
  const module = boundedText(read, 'module', LIMITS.module);
  const stringIds = boundedText(read, 'stringIds', LIMITS.stringIds);
  if (stringIds !== undefined && !STRING_IDS.test(stringIds)) {
    read.refuse(`stringIds=${quote(stringIds)} is no list of string ids like 1,2|Module|Seed.`);
  }
  return { ...(module !== undefined && { module }), ...(stringIds !== undefined && { stringIds }) };
}

function flagAttributes<Flag extends string>(order: readonly Flag[], set: ReadonlySet<Flag>): Record<string, true> {
  return Object.fromEntries(order.filter((flag) => set.has(flag)).map((flag) => [flag, true]));
}
