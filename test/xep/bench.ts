import { createAccess } from '../../src/domain/access.js';
import { createBlocks } from '../../src/domain/block.js';
import type { BareJid } from '../../src/domain/jid.js';
import { createRefusals } from '../../src/domain/refusals.js';
import type { Audience, ClaimedThing, OwnershipId, Tag, Thing } from '../../src/domain/thing.js';
import { isClaimed } from '../../src/domain/thing.js';
import { createIds } from '../../src/ids.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import type { Element } from '../../src/xmpp/element.js';
import type { Jid } from '../../src/xmpp/jid.js';
import { parseJid } from '../../src/xmpp/jid.js';
import type { Protocol } from '../../src/xmpp/protocol.js';
import { createRouter } from '../../src/xmpp/router.js';
import { leaving } from '../schemas/leaving.js';
import { parseXml } from './stanza-files.js';

export const DOMAIN = 'things.example.org' as BareJid;

export function bare(text: string): BareJid {
  const jid = parseJid(text);
  if (jid === undefined) throw new Error(`${text} is no JID`);
  return jid.bare;
}

export interface Placed {
  readonly jid: string;
  readonly nodeId?: string;
  readonly sourceId?: string;
  readonly cacheType?: string;
  readonly owner?: string;
  readonly isPublic?: boolean;
  readonly selfOwned?: boolean;
  readonly sharedWith?: readonly Audience[];
  readonly tags?: readonly Tag[];
  readonly zone?: string;
}

/** Protocols behind a router, on a real store, with a connection that the test reads. Users of example.org may use it. */
export function createBench({ file = ':memory:' } = {}) {
  const store = openSqliteStore({ file });
  const blocks = createBlocks(store.blocks);
  const access = createAccess([bare('admin@example.org')], ['example.org'], blocks.has);
  const clock = { now: () => Date.UTC(2026, 10, 21, 3, 20, 59, 999) };
  const refusals = createRefusals(store.audit, clock, { after: () => () => undefined }, (error) => {
    throw error;
  });
  const ids = createIds();
  const sent: Element[] = [];
  const logged: unknown[] = [];
  const noting = (details: object): void => void logged.push(details);

  const resolve = async (local: string, from: Jid): Promise<ClaimedThing | undefined> => {
    const thing = await store.things.byOwnership(local as OwnershipId);
    const asker = { jid: from.bare, domain: from.domain };
    return isClaimed(thing) && access.may(asker, 'see', thing) ? thing : undefined;
  };

  return {
    store,
    access,
    blocks,
    refusals,
    clock,
    logged,

    /** Puts a Thing into the store, past all rules. @returns its id, where it has an owner. */
    async place(placed: Placed): Promise<OwnershipId | undefined> {
      const { jid, nodeId = '', sourceId = '', cacheType = '', owner, sharedWith = [], tags = [] } = placed;
      const { isPublic = false, selfOwned = false, zone } = placed;
      const id = ids.ownership();
      const zoned = zone !== undefined && { zone };
      const ownership = owner !== undefined && {
        ...{ id, owner: bare(owner), isPublic, selfOwned, since: 1, sharedWith },
        ...zoned,
      };
      const address = { jid: bare(jid), nodeId, sourceId, cacheType };
      const thing: Thing = { address, tags, ...(ownership && { ownership }) };
      const write = { write: 'thing', thing, at: 1 } as const;
      await store.things.changeAt(address, () => ({ outcome: undefined, writes: [write] }));
      return ownership ? id : undefined;
    },

    /** Sends an IQ through a router over the protocols, and gives what was answered. */
    async ask(protocols: readonly Protocol<ClaimedThing>[], xml: string): Promise<Element> {
      const router = createRouter<ClaimedThing>({
        domain: DOMAIN,
        protocols,
        mayUse: (from) => access.mayUse({ jid: from.bare, domain: from.domain }),
        resolve,
        onUnresolved: (from, to, action) =>
          void refusals.note({ actor: from.full, action, subject: to.bare, outcome: 'item-not-found' }),
        onBarred: (from, to, action) =>
          void refusals.note({ actor: from.full, action, subject: to.bare, outcome: 'forbidden' }),
        onPresence: async () => undefined,
        onReply: () => undefined,
        closed: () => undefined,
        explain: () => undefined,
        send: leaving.through((stanza) => sent.push(stanza) > 0),
        log: { debug: noting, info: noting, warn: noting, error: noting },
      });
      const before = sent.length;
      await router.receive(parseXml(xml));
      const [answer, ...others] = sent.slice(before);
      if (answer === undefined || others.length > 0) throw new Error(`${sent.length - before} answers to ${xml}`);
      return answer;
    },
  };
}

export type Bench = ReturnType<typeof createBench>;

/** An IQ of type get. */
export function get(
  payload: string,
  { from = 'user@example.org/phone', to = DOMAIN as string, type = 'get' } = {},
): string {
  return `<iq type='${type}' id='q1' from='${from}' to='${to}'>${payload}</iq>`;
}
