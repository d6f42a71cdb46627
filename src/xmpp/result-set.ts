import { childElements, type Element, element } from './element.js';
import { type Decoded, quote, Reader } from './reader.js';

export const RESULT_SETS = 'http://jabber.org/protocol/rsm';

/** Which page of a long list is asked for (XEP-0059 version 1.0, section 2). At most one of the last three is there. */
export interface PageRequest {
  /** How many items at most; 0 asks for the count alone. */
  readonly max?: number;
  readonly after?: string;
  /** Empty: the last page. */
  readonly before?: string;
  readonly index?: number;
}

/** The `<set/>` in a question; undefined where there is none. */
export function decodePageRequest(query: Element): Decoded<PageRequest | 'none'> {
  const set = childElements(query).find((child) => child.getName() === 'set' && child.getNS() === RESULT_SETS);
  if (set === undefined) return { ok: true, value: 'none' };
  const read = new Reader(set);
  const texts = textsOf(read);
  const [after, before] = [texts.get('after'), texts.get('before')];
  const [max, index] = [wholeNumber(read, texts, 'max'), wholeNumber(read, texts, 'index')];
  if ([after, before, index].filter((place) => place !== undefined).length > 1) {
    read.refuse('of <after/>, <before/> and <index/> give one.');
  }
  return read.end({
    ...(max !== undefined && { max }),
    ...(after !== undefined && { after }),
    ...(before !== undefined && { before }),
    ...(index !== undefined && { index }),
  });
}

export function encodePageRequest({ max, after, before, index }: PageRequest): Element {
  return element(
    'set',
    { xmlns: RESULT_SETS },
    textElement('max', max),
    textElement('after', after),
    textElement('before', before),
    textElement('index', index),
  );
}

/** What is said of a page beside its items. `first` and `last` are absent where the page is empty. */
export interface ResultSet {
  readonly first?: { readonly uid: string; readonly index?: number };
  readonly last?: string;
  readonly count?: number;
}

export function encodeResultSet({ first, last, count }: ResultSet): Element {
  return element(
    'set',
    { xmlns: RESULT_SETS },
    first && element('first', { index: first.index }, first.uid),
    textElement('last', last),
    textElement('count', count),
  );
}

export function decodeResultSet(set: Element): Decoded<ResultSet> {
  const read = new Reader(set);
  const texts = textsOf(read);
  const [uid, last, count] = [texts.get('first'), texts.get('last'), wholeNumber(read, texts, 'count')];
  const index = set.getChild('first')?.attrs['index'];
  const position = typeof index === 'string' && /^\d+$/.test(index) ? Number(index) : undefined;
  return read.end({
    ...(uid !== undefined && { first: { uid, ...(position !== undefined && { index: position }) } }),
    ...(last !== undefined && { last }),
    ...(count !== undefined && { count }),
  });
}

const NAMES = ['max', 'after', 'before', 'index', 'first', 'last', 'count'] as const;

function textsOf(read: Reader): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { element: child } of read.children(...NAMES)) {
    if (texts.has(child.getName())) read.refuse(`<${child.getName()}/> is given twice.`);
    texts.set(child.getName(), child.getText());
  }
  return texts;
}

function wholeNumber(read: Reader, texts: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = texts.get(name)?.trim();
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Math.min(Number(text), Number.MAX_SAFE_INTEGER);
  read.refuse(`<${name}/> holds ${quote(text)}; it must be a whole number of 0 or more.`);
  return undefined;
}

function textElement(name: string, text: string | number | undefined): Element | undefined {
  return text === undefined ? undefined : element(name, {}, String(text));
}
