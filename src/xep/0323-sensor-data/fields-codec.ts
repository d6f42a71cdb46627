import type { Fault, Report, Sample } from '../../domain/read-out/report.js';
import type { Field, NodeName } from '../../domain/reading.js';
import { childElements, type Element, element } from '../../xmpp/element.js';
import { type Decoded, quote, Reader } from '../../xmpp/reader.js';
import { stanzaError } from '../../xmpp/stanza-error.js';
import { decodeSeqnr, SENSOR_DATA } from './codec.js';
import { childrenOf, withTAndColon } from './dialects.js';
import { decodeField, encodeField } from './field-codec.js';
import { LIMITS, type ReportLimits } from './limits.js';
import { decodeNode, nodeAttributes } from './node.js';
import { momentText, parseMoment, type Zoned } from './time.js';

/** How times without a zone are to be understood: in the zone of the Thing whose node it is. */
export type ZonedFor = (node: NodeName) => Zoned;

/**
 * Reads `fields` (section 3) item by item: a field, a timestamp or a node that is wrong becomes a fault, and the others
 * stand. The message as a whole is refused only for its sequence number, for `done`, or for its size.
 */
export function decodeFields(payload: Element, zonedFor: ZonedFor, limits: ReportLimits = LIMITS): Decoded<Report> {
  const read = new Reader(payload);
  const seqnr = decodeSeqnr(read);
  const done = read.boolean('done', false);
  const items = countItems(payload);
  if (items > limits.itemsPerMessage) read.fail(tooMany(items, limits.itemsPerMessage));
  const reading: Reading = { samples: [], faults: [], zonedFor, limits };
  if (read.ok) {
    for (const child of ofOurs(payload)) decodeNodeElement(child, reading);
  }
  return read.end({ seqnr, done, samples: reading.samples, faults: reading.faults });
}

/** What was read of a message so far, and by which rules. */
interface Reading {
  readonly samples: Sample[];
  readonly faults: Fault[];
  readonly zonedFor: ZonedFor;
  readonly limits: ReportLimits;
}

export function encodeFields({ seqnr, done, samples }: Omit<Report, 'faults'>): Element {
  const attributes = { xmlns: SENSOR_DATA, seqnr: seqnr.text, done: done ? true : undefined };
  return element('fields', attributes, ...groupByNode(samples).map(encodeNode));
}

function countItems(payload: Element): number {
  const nodes = childElements(payload);
  const timestamps = nodes.flatMap((node) => childElements(node));
  return timestamps.reduce((sum, each) => sum + childElements(each).length, nodes.length + timestamps.length);
}

function tooMany(items: number, most: number) {
  const text = `<fields/> has ${items} nodes, timestamps and values; at most ${most} are taken. Split it.`;
  return stanzaError('policy-violation', text);
}

// Elements of other namespaces are extensions that we do not know, and say nothing to us.
function ofOurs(parent: Element): Element[] {
  return childrenOf(parent, SENSOR_DATA);
}

function decodeNodeElement(child: Element, reading: Reading): void {
  const read = new Reader(child);
  if (child.getName() !== 'node') read.refuse('is not known in <fields/>.');
  const decoded = read.end(decodeNode(read));
  if (!decoded.ok) {
    reading.faults.push({ node: NO_NODE, timestamp: '', reason: decoded.error.text ?? '' });
    return;
  }
  for (const timestamp of ofOurs(child)) decodeTimestamp(timestamp, decoded.value, reading);
}

const NO_NODE: NodeName = { nodeId: '', sourceId: '', cacheType: '' };

function decodeTimestamp(child: Element, node: NodeName, { samples, faults, zonedFor, limits }: Reading): void {
  const read = new Reader(child);
  if (child.getName() !== 'timestamp') read.refuse('is not known in <node/>.');
  const text = read.required('value').trim();
  const at = parseMoment(withTAndColon(text), zonedFor(node));
  if (at === undefined) read.refuse(`value=${quote(text)} is no dateTime; use one like 2013-03-07T16:24:30Z.`);
  const decoded = read.end(at);
  const timestamp = text.slice(0, MAX_TIMESTAMP);
  if (!decoded.ok) {
    faults.push({ node, timestamp, reason: decoded.error.text ?? '' });
    return;
  }
  const fields: Field[] = [];
  for (const value of ofOurs(child)) {
    const field = decodeField(value, limits);
    if (field.ok) fields.push(field.value);
    else faults.push({ node, timestamp, reason: `${quote(nameOf(value))}: ${field.error.text ?? ''}` });
  }
  samples.push({ node, at: decoded.value, fields });
}

function nameOf({ attrs }: Element): string {
  const name: unknown = attrs['name'];
  return typeof name === 'string' ? name : '';
}

/** What is echoed of a timestamp that is none. */
const MAX_TIMESTAMP = 64;

/** Neighbours of one node share an element. */
function groupByNode(samples: readonly Sample[]): Sample[][] {
  const groups: Sample[][] = [];
  for (const sample of samples) {
    const group = groups.at(-1);
    if (group?.[0] !== undefined && isSameNode(group[0].node, sample.node)) group.push(sample);
    else groups.push([sample]);
  }
  return groups;
}

function isSameNode(a: NodeName, b: NodeName): boolean {
  return a.nodeId === b.nodeId && a.sourceId === b.sourceId && a.cacheType === b.cacheType;
}

function encodeNode(samples: readonly Sample[]): Element {
  const timestamps = samples.map(({ at, fields }) =>
    element('timestamp', { value: momentText(at) }, ...fields.map(encodeField)),
  );
  return element('node', nodeAttributes(samples[0]?.node ?? NO_NODE), ...timestamps);
}
