import { faultText, makeTag } from '../../domain/tag-text.js';
import { tagName } from '../../domain/tags.js';
import type { Tag } from '../../domain/thing.js';
import { type Element, element } from '../../xmpp/element.js';
import type { Reader } from '../../xmpp/reader.js';

/**
 * Meta tags on the wire (XEP-0347 version 0.5.1, sections 3.6 and 5.2): `<str name='SN' value='39487'/>` and
 * `<num name='V' value='1.2'/>`. An empty string is legal: in a registration it counts as absent, in an update it removes.
 */
export function decodeTags(parent: Reader): readonly Tag[] {
  const seen = new Set<string>();
  const tags: Tag[] = [];
  for (const child of parent.children('str', 'num')) {
    const tag = decodeTag(child);
    parent.takeOver(child);
    if (tag === undefined) continue;
    if (seen.has(tag.name)) parent.refuse(faultText({ fault: 'twice', name: tag.name }));
    seen.add(tag.name);
    tags.push(tag);
  }
  return tags;
}

/** The elements of a set of tags, of the namespace of the element that they are put into. */
export function encodeTags(tags: readonly Tag[]): readonly Element[] {
  return tags.map((tag) => element(tag.kind, { name: tag.name, value: tag.kind === 'num' ? tag.text : tag.value }));
}

function decodeTag(child: Reader): Tag | undefined {
  child.empty();
  const name = decodeTagName(child);
  const text = child.required('value');
  if (!child.ok) return undefined;
  const tag = makeTag(child.element.getName() === 'num' ? 'num' : 'str', name, text);
  if (!('fault' in tag)) return tag;
  child.refuse(faultText(tag, { name, value: text }));
  return undefined;
}

/** The attribute `name` in its one form (NFC, upper case). */
export function decodeTagName(read: Reader): string {
  const written = read.required('name');
  if (!read.ok) return '';
  const name = tagName(written);
  if (typeof name === 'string') return name;
  read.refuse(faultText(name, { name: written, value: '' }));
  return '';
}
