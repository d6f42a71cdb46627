import type { BareJid } from '../../domain/jid.js';
import type { Write } from '../../domain/ports.js';
import type { Thing, ThingAddress } from '../../domain/thing.js';
import { type ThingRow, thingOf } from './thing-rows.js';

/** So many answers are remembered; then all are forgotten. */
const MOST = 5_000;

/** A Thing, and its place in the order of registration. */
export interface RecentThing {
  readonly id: number;
  readonly thing: Thing;
}

/** What was found of the JIDs that have spoken lately: a device that reports every minute is looked up once. */
export interface RecentThings {
  /** The Things of a node, in order of registration. */
  ofNode(jid: BareJid, nodeId: string): readonly RecentThing[];
  isThing(jid: BareJid): boolean;
  /** To be told of what is written, before anything is looked up again. */
  written(writes: readonly Write[]): void;
  forget(): void;
}

interface Known {
  readonly nodes: Map<string, readonly RecentThing[]>;
  isThing?: boolean;
}

/** @param find looks up in the database. */
export function recentThings(find: {
  readonly ofNode: (jid: BareJid, nodeId: string) => readonly ThingRow[];
  readonly isThing: (jid: BareJid) => boolean;
}): RecentThings {
  const known = new Map<BareJid, Known>();
  let size = 0;

  function of(jid: BareJid): Known {
    if (size >= MOST) forget();
    const before = known.get(jid);
    if (before !== undefined) return before;
    const made: Known = { nodes: new Map() };
    known.set(jid, made);
    size += 1;
    return made;
  }

  function changed({ jid, nodeId }: ThingAddress): void {
    const entry = known.get(jid);
    if (entry === undefined) return;
    entry.isThing = true;
    if (entry.nodes.delete(nodeId)) size -= 1;
  }

  function drop(jid: BareJid): void {
    const gone = known.get(jid);
    if (gone === undefined) return;
    known.delete(jid);
    size -= 1 + gone.nodes.size;
  }

  function forget(): void {
    known.clear();
    size = 0;
  }

  return {
    ofNode(jid, nodeId) {
      const { nodes } = of(jid);
      const before = nodes.get(nodeId);
      if (before !== undefined) return before;
      const found = find.ofNode(jid, nodeId).map((row) => ({ id: row.id, thing: thingOf(row) }));
      nodes.set(nodeId, found);
      size += 1;
      return found;
    },
    isThing(jid) {
      const entry = of(jid);
      entry.isThing ??= find.isThing(jid);
      return entry.isThing;
    },
    written(writes) {
      for (const each of writes) {
        if (each.write === 'thing') changed(each.thing.address);
        else if (each.write === 'no-thing') drop(each.address.jid);
      }
    },
    forget,
  };
}
