import { finiteNumber } from './decimal.js';
import { quoted } from './quoted.js';
import { KEY, LIMITS, stringValue, type TagFault, tagName } from './tags.js';
import type { Tag } from './thing.js';

/** A tag from the text of its name and value, wherever they were read. */
export function makeTag(kind: Tag['kind'], writtenName: string, text: string): Tag | TagFault {
  const name = tagName(writtenName);
  if (typeof name !== 'string') return name;
  const value = stringValue(text);
  if (typeof value !== 'string') return value;
  if (kind === 'str') return { name, kind, value };
  const number = finiteNumber(value);
  return number === undefined ? { fault: 'not-a-number' } : { name, kind, value: number, text: value.trim() };
}

/** What is wrong, for people. KEY is a secret between the Thing and its owner: its value is never repeated. */
export function faultText(fault: TagFault, tag?: { readonly name: string; readonly value: string }): string {
  const name = tag === undefined ? 'its name' : `the name ${quoted(tag.name)}`;
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

/** Whether a tag name, however it is spelt, is that of the secret. */
export function isKey(name: string): boolean {
  return tagName(name) === KEY;
}

function valueText({ name, value }: { readonly name: string; readonly value: string }): string {
  return isKey(name) ? `the value of ${KEY}` : `the value ${quoted(value)} of ${name}`;
}
