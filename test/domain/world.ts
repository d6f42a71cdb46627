import { createHmac } from 'node:crypto';
import { createFailedClaims, type FailedClaimLimits } from '../../src/domain/failed-claims.js';
import type { BareJid, FullJid } from '../../src/domain/jid.js';
import type { News } from '../../src/domain/notice.js';
import { createNotifier } from '../../src/domain/notifier.js';
import type { Messenger, Store, Told } from '../../src/domain/ports.js';
import { createReach } from '../../src/domain/reach.js';
import { createRefusals } from '../../src/domain/refusals.js';
import { createRegistry } from '../../src/domain/registry.js';
import { createSessions } from '../../src/domain/sessions.js';
import type { Tag, ThingAddress } from '../../src/domain/thing.js';
import { createIds } from '../../src/ids.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { parseJid } from '../../src/xmpp/jid.js';

/** What was told to whom, and by what the next question is answered. */
export interface Tell {
  readonly session: FullJid;
  readonly address: ThingAddress;
  readonly news: News;
  readonly deadlineMs: number;
  readonly acknowledgedLate: () => void;
}
type Answering = (tell: Tell) => Told | Promise<Told>;

export interface WorldOptions {
  readonly keylessClaims?: boolean;
  readonly limits?: FailedClaimLimits;
  readonly pepper?: string;
  /** One in memory unless told. */
  readonly store?: Store;
}

/** The registry's rules on a real store, with a clock and devices that the test commands. */
export function createWorld({ keylessClaims = false, limits, pepper = 'pepper', ...given }: WorldOptions = {}) {
  const store: Store = given.store ?? openSqliteStore({ file: ':memory:', now: () => world.now });
  const clock = { now: () => world.now };
  const tells: Tell[] = [];
  const presence: string[] = [];
  const logged: { why?: string }[] = [];
  const messenger: Messenger = {
    tell: async (session, address, news, deadlineMs, acknowledgedLate) => {
      const tell = { session, address, news, deadlineMs, acknowledgedLate };
      tells.push(tell);
      return world.answer(tell);
    },
  };
  const onFault = (error: unknown): void => {
    throw error;
  };
  const online: [string, boolean][] = [];
  const sessions = createSessions({
    store: store.sessions,
    clock,
    onChange: (jid, isOnline) => void online.push([jid, isOnline]),
  });
  const notifier = createNotifier({
    notices: store.notices,
    things: store.things,
    sessions,
    messenger,
    clock,
    onFault,
  });
  const registry = createRegistry({
    things: store.things,
    sessions,
    digest: { of: async (text) => createHmac('sha256', pepper).update(text).digest('base64url') },
    notifier,
    messenger,
    failedClaims: createFailedClaims(store.failedClaims, clock, ['example.org'], limits),
    clock,
    ids: createIds(),
    keylessClaims,
    refusals: createRefusals(store.audit, clock, { after: () => () => undefined }, onFault),
    log: { info: (details) => void logged.push(details) },
    onFault,
  });
  const reach = createReach({
    things: store.things,
    sessions,
    contacts: store.contacts,
    notifier,
    sendPresence: (type, to) => world.connected && presence.push(`${type} ${to}`) > 0,
  });
  const world = {
    now: Date.UTC(2026, 0, 1),
    answer: (() => 'acknowledged') as Answering,
    /** Whether presence can be sent. */
    connected: true,
    store,
    sessions,
    notifier,
    registry,
    reach,
    tells,
    presence,
    logged,
    online,
    /** A session registers a Thing. */
    register: (from: string, tags: readonly Tag[], more: { selfOwned?: boolean; nodeId?: string } = {}) =>
      registry.register({ address: at(from, more.nodeId), from: full(from), selfOwned: more.selfOwned ?? false, tags }),
    claim: (from: string, tags: readonly Tag[], more: { isPublic?: boolean; narrowed?: object } = {}) =>
      registry.claim({ from: full(from), tags, isPublic: more.isPublic ?? true, narrowed: more.narrowed ?? {} }),
    thing: (jid: string, nodeId?: string) => store.things.at(at(jid, nodeId)),
  };
  return world;
}

export type World = ReturnType<typeof createWorld>;

export function full(text: string): FullJid {
  const jid = parseJid(text);
  if (jid === undefined) throw new Error(`${text} is no JID`);
  return jid.full as FullJid;
}

export function bare(text: string): BareJid {
  return full(text).split('/')[0] as BareJid;
}

export function at(jid: string, nodeId = ''): ThingAddress {
  return { jid: bare(jid), nodeId, sourceId: '', cacheType: '' };
}

export function str(name: string, value: string): Tag {
  return { name, kind: 'str', value };
}

export function num(name: string, text: string): Tag {
  return { name, kind: 'num', value: Number(text), text };
}

/** The tags of XEP-0347's examples. */
export const TAGS: readonly Tag[] = [
  str('SN', '394872348732948723'),
  str('MAN', 'www.ktc.se'),
  str('MODEL', 'IMC'),
  num('V', '1.2'),
  str('KEY', '4857402340298342'),
];
