import { faultText, makeTag } from '../domain/tag-text.js';
import { KEY, LIMITS } from '../domain/tags.js';
import type { Tag } from '../domain/thing.js';
import { type Field, lines, quoted, type Read, text } from './field.js';

/** All the tags that a Thing can have, of characters that are two units each. */
const LONGEST = LIMITS.tagsPerThing * 2 * (LIMITS.nameLength + LIMITS.valueLength + 2);

/** How tags are written in a form, a line each. */
export const TAG_LINES = 'A tag a line: NAME:value for a text, #NAME:value for a number.';

/**
 * Tags, a line each: `ROOM:12a`, `#LAT:59.3`. The first colon ends the name.
 *
 * @param aboutKey what to say to who gives KEY, which is refused.
 */
export function tagLines(
  shown: Pick<Field<unknown>, 'label' | 'description'>,
  aboutKey: string,
): Field<readonly Tag[]> {
  return {
    ...lines({ ...shown, longest: LONGEST }, (all) => readLines(all, aboutKey)),
    mayShow: (line) => readLine(line, aboutKey).ok && !mentionsKey(line),
  };
}

/** The value of one tag, of which the field says the name. */
export function tagText(
  shown: Pick<Field<unknown>, 'label' | 'description'>,
  { kind, name }: Pick<Tag, 'kind' | 'name'>,
): Field<Tag> {
  return { ...text(shown, (value) => makeRead(kind, name, value)), mayShow: (value) => !mentionsKey(value) };
}

/** A tag as a line; {@link tagLines} reads it as the same tag unless its value has white space that a form would lose. */
export function tagLine(tag: Tag): string {
  const value = tag.kind === 'num' ? tag.text : tag.value;
  return `${tag.kind === 'num' ? '#' : ''}${tag.name}:${inOneLine(value)}`;
}

/** A value as a form of one line has it. */
export function inOneLine(value: string): string {
  return value.replace(/\s+/gu, ' ').trim();
}

/** What is wrong with tags of which two have the same name. */
export function faultOfTwice(tags: readonly Tag[]): string | undefined {
  const twice = tags.find(({ name }, at) => tags.findIndex((other) => other.name === name) < at);
  return twice && sentence(faultText({ fault: 'twice', name: twice.name }));
}

/** Whether a text looks as if KEY were given in it: then it is neither shown nor quoted. */
export function mentionsKey(line: string): boolean {
  return /^\s*#?\s*key(?![\p{L}\p{N}_-])|(?<![\p{L}\p{N}_-])key\s*[:=]/iu.test(line.normalize('NFC'));
}

/** A fault of a tag as a sentence of its own. */
export function sentence(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function readLines(all: readonly string[], aboutKey: string): Read<readonly Tag[]> {
  const tags: Tag[] = [];
  for (const line of all) {
    const tag = readLine(line, aboutKey);
    if (!tag.ok) return tag;
    tags.push(tag.value);
  }
  const fault = faultOfTwice(tags);
  return fault === undefined ? { ok: true, value: tags } : { ok: false, fault };
}

function readLine(line: string, aboutKey: string): Read<Tag> {
  const colon = line.indexOf(':');
  const isNumber = line.startsWith('#');
  const name = line.slice(isNumber ? 1 : 0, Math.max(colon, 0)).trim();
  const read: Read<Tag> =
    colon < 0
      ? { ok: false, fault: `${quoted(line)} is no tag. ${TAG_LINES}` }
      : makeRead(isNumber ? 'num' : 'str', name, line.slice(colon + 1).trim());
  const isOfKey = read.ok ? read.value.name === KEY : mentionsKey(line);
  return isOfKey ? { ok: false, fault: aboutKey } : read;
}

function makeRead(kind: Tag['kind'], name: string, value: string): Read<Tag> {
  const tag = makeTag(kind, name, value);
  if (!('fault' in tag)) return { ok: true, value: tag };
  if (mentionsKey(value)) return { ok: false, fault: sentence(faultText(tag)) };
  return { ok: false, fault: sentence(faultText(tag, { name, value })) };
}
