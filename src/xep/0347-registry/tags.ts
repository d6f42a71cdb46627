import { KEY, LIMITS, stringValue, type TagFault, tagName } from '../../domain/tags.js';
import type { Tag } from '../../domain/thing.js';
import { type Element, element } from '../../xmpp/element.js';
import { finiteDouble, quote, type Reader } from '../../xmpp/reader.js';

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

/** A tag from the text of its name and value, wherever they were read. */
export function makeTag(kind: Tag['kind'], writtenName: string, text: string): Tag | TagFault {
  const name = tagName(writtenName);
  if (typeof name !== 'string') return name;
  const value = stringValue(text);
  if (typeof value !== 'string') return value;
  if (kind === 'str') return { name, kind, value };
  const number = finiteDouble(value);
  return number === undefined ? { fault: 'not-a-number' } : { name, kind, value: number, text: value.trim() };
}

/** What is wrong, for people. KEY is a secret between the Thing and its owner: its value is never repeated. */
export function faultText(fault: TagFault, tag?: { readonly name: string; readonly value: string }): string {
  const name = tag === undefined ? 'its name' : `the name ${quote(tag.name)}`;
  const value = tag === undefined ? 'its value' : valueText(tag);
  switch (fault.fault) {
    case 'name-empty':
      return 'a tag needs a name; it is empty.';
    case 'name-too-long':
      return `${name} is too long; a tag name has at most ${LIMITS.nameLength} characters in upper case.`;
    case 'name-forbidden-character':
      return `${name} holds a colon, a hash sign, white space or a control character; a tag name has none of them.`;
    case 'value-too-long':
      return `${value} is too long; it has at most ${LIMITS.valueLength} characters.`;
    case 'not-a-number':
      return `${value} is not a finite number.`;
    case 'twice':
      return `the tag ${fault.name} is given twice; give each tag once.`;
  }
}

function valueText({ name, value }: { readonly name: string; readonly value: string }): string {
  return isKey(name) ? `the value of ${KEY}` : `the value ${quote(value)} of ${name}`;
}

/** Whether a tag name, however it is spelt, is that of the secret. */
export function isKey(name: string): boolean {
  return tagName(name) === KEY;
}
