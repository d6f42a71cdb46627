/** What is read of a file of Things, piece by piece, with the line (from 1) on which it begins. */
export type FileRecord =
  /** A Thing as the operation `import` takes it: an object in JSON, on one line. */
  | { readonly line: number; readonly text: string }
  /** This one is wrong; the rest goes on. The words repeat no KEY. */
  | { readonly line: number; readonly fault: string }
  /** The file cannot be read on. */
  | { readonly line: number; readonly broken: string };

/** Of a text in which something is no UTF-8: decoding has put U+FFFD there. Who means that itself escapes it, in JSON or XML. */
export const NOT_UTF8 = 'It is not UTF-8: there is a byte that stands for no character, or U+FFFD in place of one.';

export function isDamaged(text: string): boolean {
  return text.includes('\ufffd');
}

/** The columns of a CSV file, the attributes of an element, that are no tags. */
export const PROPERTIES = ['jid', 'nodeId', 'sourceId', 'cacheType', 'owner', 'public', 'key'] as const;

/** A Thing from texts by its properties and by the names of its tags, numeric ones after a hash sign; empty ones are absent. */
export function thingText(
  line: number,
  properties: ReadonlyMap<string, string>,
  tags: ReadonlyMap<string, string>,
): FileRecord {
  const thing: Record<string, unknown> = {};
  for (const name of PROPERTIES) {
    const value = properties.get(name) ?? '';
    if (value === '') continue;
    const read = name === 'public' ? BOOLEANS.get(value.trim().toLowerCase()) : value;
    if (read === undefined) return { line, fault: `public is ${JSON.stringify(value)}; use true or false.` };
    thing[name] = read;
  }
  const present = [...tags].filter(([, value]) => value !== '');
  if (present.length > 0) thing['tags'] = Object.fromEntries(present);
  return { line, text: JSON.stringify(thing) };
}

const BOOLEANS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
]);
