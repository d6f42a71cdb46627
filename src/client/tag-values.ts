import { faultText, makeTag } from '../domain/tag-text.js';
import type { Tag } from '../domain/thing.js';

/** What is said of a Thing: text is a string tag, a number a numeric one (XEP-0347 section 5.2). */
export type TagValues = Readonly<Record<string, string | number>>;

/** @throws TypeError for a tag that cannot be: that is for the programmer. */
export function readTags(tags: TagValues): readonly Tag[] {
  return Object.entries(tags).map(([name, value]) => {
    const tag = makeTag(typeof value === 'number' ? 'num' : 'str', name, String(value));
    if ('fault' in tag) throw new TypeError(`tags: ${faultText(tag, { name, value: String(value) })}`);
    return tag;
  });
}
