import type { Tag } from './thing.js';

/** The tag that only the Thing and its owner share: matched in claims, never stored, found or shown (XEP-0347 section 6.5). */
export const KEY = 'KEY';

export const LIMITS = { nameLength: 32, valueLength: 128, tagsPerThing: 64 } as const;

export type TagFault =
  | { readonly fault: 'name-empty' | 'name-too-long' | 'name-forbidden-character' | 'value-too-long' | 'not-a-number' }
  | { readonly fault: 'twice'; readonly name: string };

const characters = (text: string): number => [...text].length;

/** A tag name in its one form: upper case, NFC. @returns what is wrong with it, where something is. */
export function tagName(text: string): string | TagFault {
  // Twice, since each undoes the other: the upper case of ᾢ is two characters that are not in NFC.
  const name = text.normalize('NFC').toUpperCase().normalize('NFC');
  if (name === '') return { fault: 'name-empty' };
  if (characters(name) > LIMITS.nameLength) return { fault: 'name-too-long' };
  if (/[:#\s\p{Cc}]/u.test(name)) return { fault: 'name-forbidden-character' };
  return name;
}

/** A string tag's value in NFC. @returns what is wrong with it, where something is. */
export function stringValue(text: string): string | TagFault {
  const value = text.normalize('NFC');
  return characters(value) > LIMITS.valueLength ? { fault: 'value-too-long' } : value;
}

/** The tags without KEY and without those whose value is empty, which count as absent. */
export function storedTags(tags: readonly Tag[]): Tag[] {
  return tags.filter((tag) => tag.name !== KEY && !isEmpty(tag));
}

/** What `changes` make of `tags`: the kind last written counts, an empty string removes (XEP-0347 section 3.13). */
export function mergeTags(tags: readonly Tag[], changes: readonly Tag[]): Tag[] {
  const changed = new Map([...tags, ...changes].map((tag) => [tag.name, tag]));
  return storedTags([...changed.values()]);
}

/**
 * The one text of a set of tags: equal for those that mean the same (names upper-cased, strings in NFC, numbers by
 * value, order free, empty ones absent) and for no others.
 */
export function canonicalTags(tags: readonly Tag[]): string {
  const present = tags.filter((tag) => !isEmpty(tag));
  return JSON.stringify(present.map(canonicalTag).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function hasKey(tags: readonly Tag[]): boolean {
  return tags.some((tag) => tag.name === KEY && !isEmpty(tag));
}

function isEmpty(tag: Tag): boolean {
  return tag.kind === 'str' && tag.value === '';
}

// -0 and 0 are one xs:double value; JSON writes both as 0.
function canonicalTag(tag: Tag): [string, string, string | number] {
  return [tag.name, tag.kind, tag.value];
}
