import type { PageRequest, ResultSet } from './result-set.js';

/** Gets some of a long list that has a fixed order, and its whole length. */
export type Fetch<Item> = (
  offset: number,
  limit: number,
) => Promise<{ readonly items: readonly Item[]; readonly total: number }>;

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Undefined where it says nothing: nobody asked for it and the page is all there is, or there is nothing at all. */
  readonly set?: ResultSet;
}

/**
 * The page of a list that was asked for (XEP-0059), or the first where none was: then it too comes with a `<set/>`
 * unless it is the whole list.
 *
 * An item is named to the asker by its place and its id, so that the next page is found by one look-up however long the
 * list is. Where items before it have come or gone meanwhile, it is looked for near its old place ({@link NEAR}).
 *
 * @param most the longest page that is given, whatever is asked for.
 * @returns undefined if the item named in `after` or `before` is not there (any more): item-not-found.
 */
export async function pageOf<Item>(
  request: PageRequest | 'none',
  most: number,
  fetch: Fetch<Item>,
  idOf: (item: Item) => string,
): Promise<Page<Item> | undefined> {
  const asked = request === 'none' ? {} : request;
  const length = Math.min(asked.max ?? most, most);
  const slice = await sliceOf(asked, length, fetch, idOf);
  if (slice === undefined) return undefined;
  const { items, offset, total } = slice;
  if (total === 0 || (request === 'none' && items.length === total)) return { items };
  const uids = items.map((item, at) => `${offset + at}.${idOf(item)}`);
  const [first, last] = [uids[0], uids.at(-1)];
  const ends = first === undefined || last === undefined ? {} : { first: { uid: first, index: offset }, last };
  return { items, set: { ...ends, count: total } };
}

/** How far from its old place an item is looked for. */
const NEAR = 100;

interface Slice<Item> {
  readonly items: readonly Item[];
  readonly offset: number;
  readonly total: number;
}

async function sliceOf<Item>(
  { after, before, index }: PageRequest,
  length: number,
  fetch: Fetch<Item>,
  idOf: (item: Item) => string,
): Promise<Slice<Item> | undefined> {
  if (before === '') {
    const { total } = await fetch(0, 1);
    return sliceAt(Math.max(0, total - length), length, fetch);
  }
  const uid = after ?? before;
  if (uid === undefined) return sliceAt(index ?? 0, length, fetch);
  const found = await find(uid, length, fetch, idOf);
  if (found === undefined) return undefined;
  const { around, place } = found;
  const from = after === undefined ? Math.max(0, place - length) : place + 1;
  const to = after === undefined ? place : place + 1 + length;
  return { items: around.items.slice(from, to), offset: around.offset + from, total: around.total };
}

async function sliceAt<Item>(offset: number, length: number, fetch: Fetch<Item>): Promise<Slice<Item>> {
  // A limit of 0 is no question to a database; the count comes with any other.
  const { items, total } = await fetch(offset, Math.max(1, length));
  return { items: items.slice(0, length), offset, total };
}

/** The item of that name, with enough of the list around it for a page before or after it. */
async function find<Item>(uid: string, length: number, fetch: Fetch<Item>, idOf: (item: Item) => string) {
  const [, digits, id] = /^(\d{1,15})\.(.+)$/s.exec(uid) ?? [];
  if (digits === undefined) return undefined;
  const offset = Math.max(0, Number(digits) - NEAR - length);
  const around = await fetch(offset, 2 * (NEAR + length) + 1);
  const place = around.items.findIndex((item) => idOf(item) === id);
  return place < 0 ? undefined : { around: { ...around, offset }, place };
}
