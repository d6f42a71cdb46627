import type { Asker } from './access.js';
import type { AuditEntry } from './audit.js';
import { type AnyJid, type BareJid, domainOf } from './jid.js';

/** Whom a block is on: a bare JID, or all of a domain (`@` and its name). */
export type Blocked = BareJid | `@${string}`;

export interface Block {
  readonly subject: Blocked;
  /** The administrator who made it. */
  readonly actor: AnyJid;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reason: string;
}

export interface BlockStore {
  /** In order of their subjects. */
  all(): Promise<readonly Block[]>;
  /** @returns false, and nothing is written, if there is one on that subject already. */
  put(block: Block, entry: AuditEntry): Promise<boolean>;
  /** @returns whether there was one. */
  remove(subject: Blocked, entry: AuditEntry): Promise<boolean>;
}

/**
 * Who may not use the component, whatever else says that he may. Held in memory, so that rights can be judged without
 * waiting; the store has it, which other components may share.
 */
export interface Blocks {
  has(asker: Asker): boolean;
  all(): readonly Block[];
  put: BlockStore['put'];
  remove: BlockStore['remove'];
  /** Reads anew what the store has. */
  refresh(): Promise<void>;
}

export function createBlocks(store: BlockStore): Blocks {
  let blocks: ReadonlyMap<Blocked, Block> = new Map();
  let asked = 0;
  let shown = 0;

  async function refresh(): Promise<void> {
    asked += 1;
    const mine = asked;
    const all = await store.all();
    // One that was asked for earlier, and came later, knows less.
    if (mine < shown) return;
    shown = mine;
    blocks = new Map(all.map((block) => [block.subject, block]));
  }

  async function thenRefresh(change: Promise<boolean>): Promise<boolean> {
    const isDone = await change;
    await refresh();
    return isDone;
  }

  return {
    has: ({ jid, domain }) => blocks.has(jid) || blocks.has(`@${domain}`),
    all: () => [...blocks.values()],
    put: (block, entry) => thenRefresh(store.put(block, entry)),
    remove: (subject, entry) => thenRefresh(store.remove(subject, entry)),
    refresh,
  };
}

export type Blockable = 'yes' | 'oneself' | 'administrator' | 'own-domain';

/**
 * Whether somebody may be blocked. A domain of which administrators are may: they are exempt.
 *
 * @param own the component's domain.
 */
export function blockable(
  subject: Blocked,
  asker: BareJid,
  own: BareJid,
  isAdministrator: (jid: BareJid) => boolean,
): Blockable {
  if (isDomain(subject)) return subject === `@${own}` ? 'own-domain' : 'yes';
  if (subject === asker) return 'oneself';
  if (isAdministrator(subject)) return 'administrator';
  return domainOf(subject) === own ? 'own-domain' : 'yes';
}

function isDomain(subject: Blocked): subject is `@${string}` {
  return subject.startsWith('@');
}
