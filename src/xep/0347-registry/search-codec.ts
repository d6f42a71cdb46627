import type { BareJid } from '../../domain/jid.js';
import type { NodeName } from '../../domain/reading.js';
import { type Criterion, PAGE, type Search } from '../../domain/search.js';
import { LIMITS } from '../../domain/tags.js';
import type { Tag } from '../../domain/thing.js';
import { type Element, element } from '../../xmpp/element.js';
import { type Decoded, Reader } from '../../xmpp/reader.js';
import { decodeBareJid, decodeNode, nodeAttributes } from '../node.js';
import { DISCOVERY } from './codec.js';
import { decodeCriterion, encodeCriterion, OPERATORS } from './operators.js';
import { decodeTags, encodeTags } from './tags.js';

/** Search for public Things: XEP-0347 (version 0.5.1) section 3.15. */
export function decodeSearch(payload: Element): Decoded<Search> {
  const read = new Reader(payload);
  const offset = read.integer('offset', 0, Number.POSITIVE_INFINITY, 0);
  const maxCount = read.integer('maxCount', 1, Number.POSITIVE_INFINITY, PAGE.default);
  return read.end({
    criteria: decodeCriteria(read),
    offset: Math.min(offset, Number.MAX_SAFE_INTEGER),
    maxCount: Math.min(maxCount, PAGE.most),
  });
}

export function encodeSearch({ criteria, offset, maxCount }: Search): Element {
  return element('search', { xmlns: DISCOVERY, offset, maxCount }, ...criteria.map(encodeCriterion));
}

/** A Thing as the registry shows it to those who search. */
export interface FoundThing {
  readonly owner: BareJid;
  readonly jid: BareJid;
  readonly node: NodeName;
  readonly tags: readonly Tag[];
}

export interface FoundThings {
  readonly things: readonly FoundThing[];
  /** Whether there are others, to be had with another offset. */
  readonly more: boolean;
}

export function decodeFound(payload: Element): Decoded<FoundThings> {
  const read = new Reader(payload);
  const more = read.boolean('more', false);
  const things = read.children('thing').map((child) => decodeFoundThing(child, read));
  return read.end({ things: things.filter((thing) => thing !== undefined), more });
}

export function encodeFound({ things, more }: FoundThings): Element {
  return element('found', { xmlns: DISCOVERY, more }, ...things.map(encodeFoundThing));
}

// More than anyone asks with, and less than would tire a database.
const MOST_CRITERIA = LIMITS.tagsPerThing;

function decodeCriteria(read: Reader): readonly Criterion[] {
  const children = read.children(...Object.keys(OPERATORS));
  if (children.length === 0) read.refuse('a search has one operator or more, such as <strEq name="MAN" value="..."/>.');
  if (children.length > MOST_CRITERIA) {
    read.refuse(`${children.length} operators are too many; a search has at most ${MOST_CRITERIA}.`);
  }
  if (!read.ok) return [];
  const criteria = children.map((child) => decodeCriterion(child, read));
  return criteria.filter((criterion) => criterion !== undefined);
}

function decodeFoundThing(child: Reader, parent: Reader): FoundThing | undefined {
  const owner = decodeBareJid(child, 'owner');
  const jid = decodeBareJid(child, 'jid');
  const node = decodeNode(child);
  const tags = decodeTags(child);
  parent.takeOver(child);
  return owner && jid && { owner, jid, node, tags };
}

function encodeFoundThing({ owner, jid, node, tags }: FoundThing): Element {
  return element('thing', { owner, jid, ...nodeAttributes(node) }, ...encodeTags(tags));
}
