import type { ReadRequest, Tokens, UnitAsked } from '../../domain/read-out/request.js';
import { FIELD_TYPES, type FieldType, type Moment, type NodeName } from '../../domain/reading.js';
import { type Element, element } from '../../xmpp/element.js';
import { type Decoded, quote, Reader } from '../../xmpp/reader.js';
import { decodeSeqnr, SENSOR_DATA } from './codec.js';
import { OTHER_FIELD_TYPES, withTAndColon } from './dialects.js';
import { LIMITS } from './limits.js';
import { boundedText, decodeNode, nodeAttributes } from './node.js';
import { momentText, parseMoment, type Zoned } from './time.js';

const HISTORICAL = FIELD_TYPES.filter((type) => type.startsWith('historical'));

/** Attributes that ask for types of fields, and which (XEP-0323 section 5.6). The first two are only for requests. */
const ASKS: Readonly<Record<string, readonly FieldType[]>> = {
  all: FIELD_TYPES,
  historical: HISTORICAL,
  ...Object.fromEntries(OTHER_FIELD_TYPES.map(([name, type]) => [name, [type]])),
  ...Object.fromEntries(FIELD_TYPES.map((type) => [type, [type]])),
};

/** The tokens of section 7, by attribute. */
const TOKENS = { serviceToken: 'service', deviceToken: 'device', userToken: 'user' } as const;
type TokenAttribute = keyof typeof TOKENS;

/**
 * Reads a request (section 3). An extension of ours: `<field name='Temperature' unit='°F'/>` asks for a field in another unit
 * than that in which it is reported. Others ignore the attribute, and we never send it to devices.
 *
 * @param zoned stands in for the zone of a time that has none
 */
export function decodeRequest(payload: Element, zoned: Zoned): Decoded<ReadRequest> {
  const read = new Reader(payload);
  const seqnr = decodeSeqnr(read);
  const from = decodeMoment(read, 'from', zoned);
  const to = decodeMoment(read, 'to', zoned);
  const when = decodeMoment(read, 'when', zoned);
  const tokens = decodeTokens(read);
  if (from !== undefined && to !== undefined && to.ms < from.ms) read.refuse('"to" is before "from".');
  if (when !== undefined && Object.keys(tokens).length > 0) {
    read.refuse('"when" and a token do not go together: tokens are not stored; send the request at its time.');
  }
  return read.end({
    seqnr,
    types: decodeTypes(read),
    ...decodeChildren(read),
    ...(from && { from }),
    ...(to && { to }),
    ...(when && { when }),
    tokens,
  });
}

export function encodeRequest({ seqnr, types, nodes, fields, from, to, when, tokens, ...more }: ReadRequest): Element {
  const units = new Map(more.units?.map(({ name, unit }) => [name, unit]));
  return element(
    'req',
    {
      xmlns: SENSOR_DATA,
      seqnr: seqnr.text,
      ...typeAttributes(types),
      from: from && momentText(from),
      to: to && momentText(to),
      when: when && momentText(when),
      serviceToken: tokens.service,
      deviceToken: tokens.device,
      userToken: tokens.user,
    },
    ...nodes.map((node) => element('node', nodeAttributes(node))),
    ...fields.map((name) => element('field', { name, unit: units.get(name) })),
  );
}

function decodeTypes(read: Reader): ReadonlySet<FieldType> {
  const types = new Set<FieldType>();
  for (const [attribute, asked] of Object.entries(ASKS)) {
    if (!read.boolean(attribute, false)) continue;
    for (const type of asked) types.add(type);
  }
  return types;
}

/** The shortest way to say it. */
function typeAttributes(types: ReadonlySet<FieldType>): Record<string, true> {
  if (FIELD_TYPES.every((type) => types.has(type))) return { all: true };
  const isHistorical = HISTORICAL.every((type) => types.has(type));
  const named = FIELD_TYPES.filter((type) => types.has(type) && !(isHistorical && HISTORICAL.includes(type)));
  return { ...Object.fromEntries(named.map((type) => [type, true])), ...(isHistorical && { historical: true }) };
}

function decodeMoment(read: Reader, name: 'from' | 'to' | 'when', zoned: Zoned): Moment | undefined {
  const text = read.optional(name)?.trim();
  if (text === undefined) return undefined;
  const moment = parseMoment(withTAndColon(text), zoned);
  if (moment === undefined) read.refuse(`${name}=${quote(text)} is no dateTime; use one like 2013-03-07T16:24:30Z.`);
  return moment;
}

function decodeTokens(read: Reader): Tokens {
  const given: [string, string][] = [];
  for (const attribute of Object.keys(TOKENS) as TokenAttribute[]) {
    const token = read.optional(attribute);
    // Not quoted: a token is a secret.
    if (token !== undefined && token.length > LIMITS.token) read.refuse(`${attribute} is too long.`);
    if (token !== undefined) given.push([TOKENS[attribute], token]);
  }
  return Object.fromEntries(given);
}

function decodeChildren(read: Reader): Pick<ReadRequest, 'nodes' | 'fields' | 'units'> {
  const children = read.children('node', 'field');
  const nodes: NodeName[] = [];
  const fields: string[] = [];
  const units = new Map<string, UnitAsked>();
  for (const child of children) {
    if (!read.ok) break;
    if (child.element.getName() === 'node') {
      child.required('nodeId');
      nodes.push(decodeNode(child));
    } else {
      child.required('name');
      const name = boundedText(child, 'name', LIMITS.name) ?? '';
      fields.push(name);
      decodeUnit(child, name, units);
    }
    read.takeOver(child);
  }
  if (nodes.length > LIMITS.nodesPerRequest) tooMany(read, 'nodes', nodes.length, LIMITS.nodesPerRequest);
  if (fields.length > LIMITS.fieldsPerRequest) tooMany(read, 'fields', fields.length, LIMITS.fieldsPerRequest);
  return { nodes, fields, ...(units.size > 0 && { units: [...units.values()] }) };
}

function decodeUnit(read: Reader, name: string, units: Map<string, UnitAsked>): void {
  const unit = boundedText(read, 'unit', LIMITS.unit) ?? '';
  const before = units.get(name);
  if (unit === '' || before?.unit === unit) return;
  if (before !== undefined)
    read.refuse(`name=${quote(name)} is asked for in ${quote(before.unit)} and in ${quote(unit)}; choose one.`);
  units.set(name, { name, unit });
}

function tooMany(read: Reader, what: string, given: number, most: number): void {
  read.refuse(`${given} ${what} are named; at most ${most} are taken in one request.`);
}
