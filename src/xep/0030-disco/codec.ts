import { DATA_FORMS, type DataForm, decodeForm, encodeForm } from '../../xmpp/data-form.js';
import { childElements, type Element, element } from '../../xmpp/element.js';
import type { AnyJid } from '../../xmpp/jid.js';
import { type Decoded, Reader } from '../../xmpp/reader.js';
import {
  decodePageRequest,
  decodeResultSet,
  encodePageRequest,
  encodeResultSet,
  type PageRequest,
  RESULT_SETS,
  type ResultSet,
} from '../../xmpp/result-set.js';

/** The namespaces of XEP-0030 (version 2.5). */
export const DISCO_INFO = 'http://jabber.org/protocol/disco#info';
export const DISCO_ITEMS = 'http://jabber.org/protocol/disco#items';

/** A question of either kind; `page` counts for items alone. */
export interface DiscoQuery {
  readonly node?: string;
  readonly page: PageRequest | 'none';
}

export function decodeQuery(payload: Element): Decoded<DiscoQuery> {
  const read = new Reader(payload);
  const node = read.optional('node');
  const page = decodePageRequest(payload);
  if (!page.ok) return page;
  const most = page.value === 'none' ? 0 : 1;
  if (payload.getText().trim() !== '' || childElements(payload).length > most) {
    read.refuse('it holds more than a question does: at most one <set/> of http://jabber.org/protocol/rsm.');
  }
  return read.end({ ...(node !== undefined && { node }), page: page.value });
}

export function encodeQuery(xmlns: typeof DISCO_INFO | typeof DISCO_ITEMS, { node, page }: DiscoQuery): Element {
  return element('query', { xmlns, node }, page === 'none' ? undefined : encodePageRequest(page));
}

export interface Identity {
  readonly category: string;
  readonly type: string;
  readonly name?: string;
}

/** Section 3. `node` repeats that of the question. */
export interface DiscoInfo {
  readonly node?: string | undefined;
  readonly identities: readonly Identity[];
  readonly features: readonly string[];
  /** XEP-0128. */
  readonly forms: readonly DataForm[];
}

export function encodeInfo({ node, identities, features, forms }: DiscoInfo): Element {
  return element(
    'query',
    { xmlns: DISCO_INFO, node },
    ...identities.map(({ category, type, name }) => element('identity', { category, type, name })),
    ...features.map((feature) => element('feature', { var: feature })),
    ...forms.map(encodeForm),
  );
}

/** Reads what others say of themselves: a form that cannot be read is passed over, and so is what is unknown. */
export function decodeInfo(query: Element): Decoded<DiscoInfo> {
  const read = new Reader(query);
  const node = read.optional('node');
  const forms = query.getChildren('x', DATA_FORMS).map(decodeForm);
  return read.end({
    ...(node !== undefined && { node }),
    identities: query.getChildren('identity', DISCO_INFO).map((child) => decodeIdentity(child, read)),
    features: query.getChildren('feature', DISCO_INFO).map((child) => decodeFeature(child, read)),
    forms: forms.flatMap((form) => (form.ok ? [form.value] : [])),
  });
}

export interface DiscoItem {
  readonly jid: AnyJid;
  readonly node?: string;
  readonly name?: string;
}

/** Section 4. */
export interface DiscoItems {
  readonly node?: string | undefined;
  readonly items: readonly DiscoItem[];
  readonly set?: ResultSet;
}

export function encodeItems({ node, items, set }: DiscoItems): Element {
  return element(
    'query',
    { xmlns: DISCO_ITEMS, node },
    ...items.map((item) => element('item', { jid: item.jid, node: item.node, name: item.name })),
    set && encodeResultSet(set),
  );
}

export function decodeItems(query: Element): Decoded<DiscoItems> {
  const read = new Reader(query);
  const node = read.optional('node');
  const items = query.getChildren('item', DISCO_ITEMS).map((child) => decodeItem(child, read));
  const written = query.getChild('set', RESULT_SETS);
  const set = written && decodeResultSet(written);
  if (set?.ok === false) read.fail(set.error);
  return read.end({
    ...(node !== undefined && { node }),
    items: items.filter((item) => item !== undefined),
    ...(set?.ok && { set: set.value }),
  });
}

function decodeIdentity(child: Element, query: Reader): Identity {
  const read = new Reader(child);
  const name = read.optional('name');
  const identity = { category: read.required('category'), type: read.required('type') };
  query.takeOver(read);
  return { ...identity, ...(name !== undefined && { name }) };
}

function decodeFeature(child: Element, query: Reader): string {
  const read = new Reader(child);
  const feature = read.required('var');
  query.takeOver(read);
  return feature;
}

function decodeItem(child: Element, query: Reader): DiscoItem | undefined {
  const read = new Reader(child);
  read.required('jid');
  const jid = read.jid('jid')?.full;
  const [node, name] = [read.optional('node'), read.optional('name')];
  query.takeOver(read);
  return jid && { jid, ...(node !== undefined && { node }), ...(name !== undefined && { name }) };
}
