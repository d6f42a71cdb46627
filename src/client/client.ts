import { bareOf, reachable } from '../domain/jid.js';
import { FIELD_TYPES, type NodeName } from '../domain/reading.js';
import type { Criterion } from '../domain/search.js';
import type { Tag } from '../domain/thing.js';
import { DISCO_ITEMS, type DiscoItem, decodeItems, encodeQuery } from '../xep/0030-disco/codec.js';
import { encodeDisown, encodeMine, encodeRegister, encodeRemove, encodeUpdate } from '../xep/0347-registry/codec.js';
import { readIotDisco } from '../xep/0347-registry/iot-disco.js';
import { decodeClaimed } from '../xep/0347-registry/notices-codec.js';
import { decodeFound, encodeSearch, type FoundThing } from '../xep/0347-registry/search-codec.js';
import type { Reply } from '../xmpp/caller.js';
import { type Element, element } from '../xmpp/element.js';
import { type AnyJid, type BareJid, type FullJid, parseJid } from '../xmpp/jid.js';
import type { Log } from '../xmpp/log.js';
import { stanzaError } from '../xmpp/stanza-error.js';
import { doneOf, type Outcome, outcomeOf, refusal } from './outcome.js';
import type { Readout } from './readout.js';
import { createReadouts, type ReadOptions } from './readouts.js';
import { findRegistry } from './session/find-registry.js';
import { withIdentity } from './session/identity.js';
import { type Account, createSession, type Started } from './session/session.js';
import { readTags, type TagValues } from './tag-values.js';

export interface ClientOptions {
  readonly account: Account;
  /** The registry's address; looked for at the account's server unless told. */
  readonly registry?: string;
  readonly log?: Log;
  /** Shown every stanza, secrets and all. */
  readonly onTraffic?: (direction: 'in' | 'out', stanza: Element) => void;
}

/** Which Thing is meant: its bare JID and, behind a concentrator, the names that it has there. */
export interface ThingReference extends Partial<NodeName> {
  readonly jid: string;
}

export interface ClaimedThing extends NodeName {
  readonly jid: BareJid;
  readonly isPublic: boolean;
}

/** Someone who finds, owns and reads Things (XEP-0347, XEP-0323). Requests come to an {@link Outcome}; nothing rejects. */
export interface Client {
  /** Logs in. Resolves when that is done, or with why it cannot be. */
  start(): Promise<Started>;
  stop(): Promise<void>;
  /** The full JID, while on line. */
  readonly jid: string | undefined;
  /** The address of the Thing Registry. */
  findRegistry(): Promise<Outcome<FullJid>>;
  /** Registers a Thing of this account: for those who write devices without `thingstead/device`. */
  register(
    tags: TagValues,
    options?: { readonly node?: Partial<NodeName>; readonly selfOwned?: boolean },
  ): Promise<Outcome<undefined>>;
  /**
   * Becomes the owner of a Thing.
   *
   * @param what the text of its QR code, or its tags with KEY.
   */
  claim(
    what: string | TagValues,
    options?: { readonly isPublic?: boolean; readonly node?: Partial<NodeName> },
  ): Promise<Outcome<ClaimedThing>>;
  /**
   * Public Things, page by page, that have all the given tags, or fulfil all the given criteria.
   *
   * @throws in the iteration, if the registry refuses: an Error with its words.
   */
  search(what: TagValues | readonly Criterion[]): AsyncGenerator<FoundThing, void>;
  /** The addresses at which one's own Things can be read, those shared with one, and public ones; or those of one JID. */
  addresses(ofJid?: string): Promise<Outcome<readonly DiscoItem[]>>;
  /** Changes what is said of a Thing of one's own; '' removes a tag. */
  update(thing: ThingReference, tags: TagValues): Promise<Outcome<undefined>>;
  /** Takes a Thing of one's own out of the registry. */
  remove(thing: ThingReference): Promise<Outcome<undefined>>;
  /** Gives up a Thing of one's own; it has to be on line. */
  disown(thing: ThingReference): Promise<Outcome<undefined>>;
  /** Reads a Thing, at its own address, at the one that the registry has for it, or (by nodes) at the registry itself. */
  read(address: string, options?: ReadOptions): Readout;
  /** Reads what the registry has kept of a Thing. */
  history(address: string, options?: Omit<ReadOptions, 'types'>): Readout;
  /** Asks anything else by IQ. */
  ask(type: 'get' | 'set', to: string, payload: Element): Promise<Reply>;
}

/**
 * Makes a client.
 *
 *     const client = createClient({ account: { jid: 'anna@example.org', password } });
 *     await client.start();
 *     const claimed = await client.claim('IoTDisco;SN:39487;KEY:4857402340298342');
 *     const { readings } = await client.read('x2b7qk4d3a@things.example.org', { types: ['momentary'] }).all();
 *
 * @throws TypeError for options that cannot be.
 */
export function createClient(options: ClientOptions): Client {
  const { account, log = SILENT, onTraffic } = options;
  let registry = options.registry === undefined ? undefined : reachable(address(options.registry));
  const readouts = createReadouts(() => session);
  const session = createSession({
    account,
    name: 'client',
    protocols: withIdentity({ category: 'client', type: 'console', name: 'thingstead' }, [readouts.protocol]),
    onOnline: () => void session.send(element('presence')),
    onOffline: () => readouts.offline(),
    patient: false,
    log,
    ...(onTraffic !== undefined && { onTraffic }),
  });

  async function locate(): Promise<Outcome<FullJid>> {
    registry ??= await findRegistry(session);
    return registry === undefined ? NO_REGISTRY : { ok: true, value: registry };
  }

  async function askRegistry(type: 'get' | 'set', payload: Element): Promise<Reply> {
    const found = await locate();
    if (!found.ok) return { kind: 'error', error: NO_REGISTRY.error, stanza: payload };
    return session.ask({ to: found.value, type, payload, timeoutMs: TIMEOUT_MS });
  }

  return {
    start: () => session.start(),
    stop: () => session.stop(),
    get jid() {
      return session.jid;
    },
    findRegistry: locate,

    async register(tags, { node, selfOwned = false } = {}) {
      const payload = encodeRegister({ node: nodeName(node), selfOwned, tags: readTags(tags) });
      return doneOf(await askRegistry('set', payload));
    },

    async claim(what, { isPublic = true, node = {} } = {}) {
      const tags = typeof what === 'string' ? tagsOfText(what) : { ok: true as const, value: readTags(what) };
      if (!tags.ok) return tags;
      const reply = await askRegistry('set', encodeMine({ node, isPublic, tags: tags.value }));
      const claimed = outcomeOf(reply, decodeClaimed);
      if (!claimed.ok) return claimed;
      const { jid, node: named, isPublic: answered = isPublic } = claimed.value;
      return { ok: true, value: { jid, ...named, isPublic: answered } };
    },

    async *search(what) {
      const criteria: readonly Criterion[] = isCriteria(what) ? what : readTags(what).map(equalTo);
      for (let offset = 0, more = true; more; ) {
        const reply = await askRegistry('get', encodeSearch({ criteria, offset, maxCount: PAGE }));
        const found = outcomeOf(reply, decodeFound);
        if (!found.ok) throw new Error(`the search failed: ${found.why}`);
        yield* found.value.things;
        offset += found.value.things.length;
        more = found.value.more && found.value.things.length > 0;
      }
    },

    async addresses(ofJid) {
      const node = ofJid === undefined ? {} : { node: ofJid };
      const reply = await askRegistry('get', encodeQuery(DISCO_ITEMS, { ...node, page: 'none' }));
      const items = outcomeOf(reply, decodeItems);
      return items.ok ? { ok: true, value: items.value.items } : items;
    },

    async update({ jid, ...node }, tags) {
      const payload = encodeUpdate({ jid: bare(jid), node: nodeName(node), tags: readTags(tags) });
      return doneOf(await askRegistry('set', payload));
    },

    async remove({ jid, ...node }) {
      return doneOf(await askRegistry('set', encodeRemove({ jid: bare(jid), node: nodeName(node) })));
    },

    async disown({ jid, ...node }) {
      return doneOf(await askRegistry('set', encodeDisown({ jid: bare(jid), node: nodeName(node) })));
    },

    read: (to, readOptions = {}) => readouts.read(address(to), readOptions),
    history: (to, readOptions = {}) => readouts.read(address(to), { ...readOptions, types: HISTORICAL }),
    ask: (type, to, payload) => session.ask({ to: address(to), type, payload, timeoutMs: TIMEOUT_MS }),
  };
}

const SILENT: Log = { debug() {}, info() {}, warn() {}, error() {} };
const TIMEOUT_MS = 30_000;
/** Things to a page of a search: as many as the registry gives. */
const PAGE = 100;
const HISTORICAL = FIELD_TYPES.filter((type) => type.startsWith('historical'));
const NO_REGISTRY = refusal(stanzaError('item-not-found', 'There is no Thing Registry at this server.'));

function address(text: string): AnyJid {
  const jid = parseJid(text);
  if (jid === undefined) throw new TypeError(`"${text}" is no JID`);
  return jid.full;
}

function bare(text: string): BareJid {
  return bareOf(address(text));
}

function nodeName(node: Partial<NodeName> = {}): NodeName {
  const { nodeId = '', sourceId = '', cacheType = '' } = node;
  return { nodeId, sourceId, cacheType };
}

function tagsOfText(text: string): Outcome<readonly Tag[]> {
  const read = readIotDisco(text);
  return 'fault' in read
    ? { ok: false, why: `This is no text of a Thing: ${read.fault}` }
    : { ok: true, value: read.tags };
}

function isCriteria(what: TagValues | readonly Criterion[]): what is readonly Criterion[] {
  return Array.isArray(what);
}

function equalTo(tag: Tag): Criterion {
  const { name } = tag;
  return tag.kind === 'num'
    ? { name, kind: 'num', operator: 'Eq', value: tag.value }
    : { name, kind: 'str', operator: 'Eq', value: tag.value };
}
