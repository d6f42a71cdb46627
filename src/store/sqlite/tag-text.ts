import type { Tag } from '../../domain/thing.js';

/** A tag as JSON: `[name, value]` for a string, `[name, text, 1]` for a number, whose xs:double value is in its text. */
type TagText = readonly [name: string, text: string, isNumber?: 1];

/** Tags as the database keeps them: in their order, numbers with their digits. */
export function tagsToText(tags: readonly Tag[]): string {
  return JSON.stringify(
    tags.map((tag): TagText => (tag.kind === 'str' ? [tag.name, tag.value] : [tag.name, tag.text, 1])),
  );
}

export function tagsFromText(json: string): readonly Tag[] {
  const tags: readonly TagText[] = JSON.parse(json);
  return tags.map(([name, text, isNumber]) =>
    isNumber === 1 ? { name, kind: 'num', value: Number(text), text } : { name, kind: 'str', value: text },
  );
}
