import type { Access } from '../../domain/access.js';
import type { BareJid } from '../../domain/jid.js';
import type { ThingStore } from '../../domain/ports.js';
import type { ClaimedThing, Tag } from '../../domain/thing.js';
import type { DataForm } from '../../xmpp/data-form.js';
import { type Jid, parseJid } from '../../xmpp/jid.js';
import { pageOf } from '../../xmpp/paging.js';
import type { Answer, IqRequest, Nodes, Protocol } from '../../xmpp/protocol.js';
import { stanzaError } from '../../xmpp/stanza-error.js';
import { type DiscoItem, type DiscoQuery, decodeQuery, encodeInfo, encodeItems, type Identity } from './codec.js';

export interface DiscoDeps {
  readonly domain: BareJid;
  /** What the component calls itself. */
  readonly name: () => string;
  readonly store: { readonly things: Pick<ThingStore, 'visibleTo'> };
  readonly access: Pick<Access, 'isAdministrator'>;
  /** THE TABLE, in which service discovery itself stands: therefore asked for when it is needed. */
  readonly protocols: () => readonly Protocol<ClaimedThing>[];
}

type Handler = (request: IqRequest<ClaimedThing>) => Promise<Answer>;

/** The longest list of Things that is given in one answer. */
export const MOST_ITEMS = 100;

/** The form of a brokered address (DESIGN section 2). */
export const THING_FORM = 'thingstead:thing';

/** What the component and its Things say of themselves (DESIGN section 2, "From a search result to the address"). */
export function createDiscoHandlers(deps: DiscoDeps): { info: Handler; items: Handler } {
  async function info({ payload, from, to, target }: IqRequest<ClaimedThing>): Promise<Answer> {
    const query = decodeQuery(payload);
    if (!query.ok) return query;
    const { node } = query.value;
    if (isNamed(node)) {
      const said = await firstOf((nodes) => nodes.info({ node, from, to, ...(target && { target }) }));
      if (said === undefined) return unknownNode(node);
      return 'condition' in said ? { error: said } : { result: encodeInfo({ node, ...said, forms: [] }) };
    }
    const features = featuresOf(deps.protocols(), target === undefined ? 'domain' : 'local');
    const self = target === undefined ? component(deps.name()) : brokered(target);
    return { result: encodeInfo({ node, ...self, features }) };
  }

  async function items({ from, to, payload, target }: IqRequest<ClaimedThing>): Promise<Answer> {
    const query = decodeQuery(payload);
    if (!query.ok) return query;
    const { node } = query.value;
    const said = isNamed(node)
      ? await firstOf((nodes) => nodes.items({ node, from, to, ...(target && { target }) }))
      : undefined;
    if (said !== undefined)
      return 'condition' in said ? { error: said } : { result: encodeItems({ node, items: said }) };
    return target === undefined ? itemsOfDomain(query.value, from) : itemsOfThing(query.value);
  }

  /** What the first protocol says whose node it is. */
  async function firstOf<T>(ask: (nodes: Nodes<ClaimedThing>) => Promise<T | undefined>): Promise<T | undefined> {
    for (const { nodes } of deps.protocols()) {
      const said = nodes && (await ask(nodes));
      if (said !== undefined) return said;
    }
    return undefined;
  }

  async function itemsOfDomain({ node, page: asked }: DiscoQuery, from: Jid): Promise<Answer> {
    const jid = isNamed(node) ? parseJid(node) : undefined;
    if (isNamed(node) && jid?.resource !== '') return unknownNode(node);
    const page = await pageOf(asked, MOST_ITEMS, lister(from, jid?.bare), (thing) => thing.ownership.id);
    if (page === undefined) return NO_SUCH_PAGE;
    // A JID without Things and one whose Things the asker may not see are one and the same.
    if (isNamed(node) && page.items.length === 0 && page.set === undefined) return unknownNode(node);
    return { result: encodeItems({ node, ...page, items: page.items.map(itemOf) }) };
  }

  function lister({ bare, domain }: Jid, ofJid: BareJid | undefined) {
    return async (offset: number, limit: number) => {
      const page = { offset, limit, ...(ofJid !== undefined && { ofJid }) };
      const viewer = { jid: bare, domain, seesAll: deps.access.isAdministrator(bare) };
      const { things, total } = await deps.store.things.visibleTo(viewer, page);
      return { items: things, total };
    };
  }

  function itemOf(thing: ClaimedThing): DiscoItem {
    const jid = parseJid(`${thing.ownership.id}@${deps.domain}`);
    if (jid === undefined) throw new Error(`the ownership ${thing.ownership.id} makes no JID`);
    return { jid: jid.bare, ...nameOf(thing) };
  }

  return { info, items };
}

/** A Thing has none. */
function itemsOfThing({ node }: DiscoQuery): Answer {
  return isNamed(node) ? unknownNode(node) : { result: encodeItems({ node, items: [] }) };
}

const NO_SUCH_PAGE: Answer = {
  error: stanzaError(
    'item-not-found',
    'The item in <after/> or <before/> is not in the list (any more); begin again without it.',
  ),
};

function isNamed(node: string | undefined): node is string {
  return node !== undefined && node !== '';
}

function unknownNode(node: string): Answer {
  return { error: stanzaError('item-not-found', `There is nothing at the node ${JSON.stringify(node.slice(0, 64))}.`) };
}

function featuresOf(protocols: readonly Protocol<ClaimedThing>[], at: 'domain' | 'local'): readonly string[] {
  return [...new Set(protocols.flatMap(({ features }) => features[at]))].sort();
}

/** Of the registered categories (XEP-0030 section 8), the one for what is none of the others. */
function component(name: string): { identities: readonly Identity[]; forms: readonly DataForm[] } {
  return { identities: [{ category: 'component', type: 'generic', name }], forms: [] };
}

function brokered(thing: ClaimedThing): { identities: readonly Identity[]; forms: readonly DataForm[] } {
  return { identities: [{ category: 'client', type: 'bot', ...nameOf(thing) }], forms: [thingForm(thing)] };
}

/** KEY cannot be among the tags: it is never stored. */
function thingForm({ address, ownership, tags }: ClaimedThing): DataForm {
  const field = (name: string, value: string) => ({ name, values: [value] });
  return {
    type: 'result',
    formType: THING_FORM,
    fields: [
      field('jid', address.jid),
      field('nodeId', address.nodeId),
      field('sourceId', address.sourceId),
      field('cacheType', address.cacheType),
      field('owner', ownership.owner),
      ...tags.map((tag) => field(`tag:${tag.name}`, textOf(tag))),
    ],
  };
}

function nameOf({ tags }: ClaimedThing): { readonly name?: string } {
  const tag = tags.find(({ name }) => name === 'NAME') ?? tags.find(({ name }) => name === 'SN');
  return tag === undefined ? {} : { name: textOf(tag) };
}

function textOf(tag: Tag): string {
  return tag.kind === 'num' ? tag.text : tag.value;
}
