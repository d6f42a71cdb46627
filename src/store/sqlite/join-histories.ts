import type { Database } from 'better-sqlite3';
import { type Joining, renamedNode } from '../../domain/joining.js';
import { StoreUnavailable } from '../../domain/ports.js';
import { isSameNode } from '../../domain/read-out/assign-node.js';
import type { NodeName } from '../../domain/reading.js';
import type { ThingAddress } from '../../domain/thing.js';
import { mergeSeries, type Pair } from './merge-series.js';
import type { KeptReadings } from './readings/kept-readings.js';
import { addressOf, type Quadruple } from './thing-rows.js';

interface Node extends NodeName {
  readonly key: number;
}

/** One of the two histories. */
interface Side {
  readonly ownership: number;
  readonly address: ThingAddress;
  /** The first ever reported first. */
  readonly nodes: readonly Node[];
}

/** Where a node goes: to one that is there, or by itself under a name. */
interface Place {
  readonly node: Node;
  readonly name: NodeName;
  readonly target: Node | undefined;
}

interface OwnershipRow {
  readonly key: number;
  readonly jid: ThingAddress['jid'];
  readonly node_id: string;
  readonly source_id: string;
  readonly cache_type: string;
}

/**
 * Makes the readings of one ownership those of another. What meets nothing there changes hands by its node or its series,
 * however many readings it has; of two series that meet, the smaller one's readings move.
 */
export function joinHistories(db: Database, kept: KeptReadings) {
  const find = findSides(db);
  const move = moveNodes(db);
  const series = mergeSeries(db, kept);
  const manners = db.prepare<[number], number>('SELECT count(*) FROM manner WHERE ownership = ?').pluck();
  // Series take with them what is being erased of them.
  const moveErasures = db.prepare<[number, number]>('UPDATE erasure SET ownership = ? WHERE ownership = ?');
  const moveManners = db.prepare<[number, number]>('UPDATE manner SET ownership = ? WHERE ownership = ?');

  /** Deletes the node that is left empty. */
  function joinNode({ node, target }: Place & { readonly target: Node }, stays: Pair['stays']): void {
    for (const { from, into, isErased } of series.candidates(node.key, target.key)) {
      if (isErased) throw new StoreUnavailable('Readings of a series that is to be joined are being erased');
      if (into === undefined) series.move(from.key, target.key);
      else series.merge({ from, into, stays });
    }
    move.forget(node.key);
  }

  function rowsOf({ node, target }: Place): number | 'erasing' {
    let rows = 1;
    if (target === undefined) return rows;
    for (const { from, into, isErased } of series.candidates(node.key, target.key)) {
      if (isErased) return 'erasing';
      rows += 1 + (into === undefined ? 0 : Math.min(from.readings, into.readings));
    }
    return rows;
  }

  function sealBoth(from: Side, to: Side | undefined): void {
    kept.seal(from.ownership);
    if (to !== undefined) kept.seal(to.ownership);
  }

  return {
    /** See ReadingStore.rowsToJoin in domain/ports.ts. To be called inside a transaction. */
    rowsToJoin(joining: Joining): number | 'erasing' {
      const [from, to] = [find(joining.from), find(joining.to)];
      if (from === undefined) return 0;
      sealBoth(from, to);
      let sum = manners.get(from.ownership) ?? 0;
      for (const place of placesOf(joining, from, to ?? { ...from, nodes: [] })) {
        const rows = rowsOf(place);
        if (rows === 'erasing') return rows;
        sum += rows;
      }
      return sum;
    },

    /** To be called inside a transaction. */
    join(joining: Joining): void {
      const [from, to] = [find(joining.from), find(joining.to)];
      if (from === undefined || to === undefined || from.ownership === to.ownership) {
        throw new Error(`The history of ${joining.from} cannot be joined to that of ${joining.to}`);
      }
      sealBoth(from, to);
      const stays = joining.devices === 'same' ? 'from' : 'into';
      moveManners.run(to.ownership, from.ownership);
      moveErasures.run(to.ownership, from.ownership);
      for (const place of placesOf(joining, from, to)) {
        const { node, name, target } = place;
        if (target !== undefined) joinNode({ ...place, target }, stays);
        else (to.nodes.length === 0 ? move.keepingOrder : move.toTheEnd)(node.key, to.ownership, name);
      }
      kept.keysChanged();
    },
  };
}

function placesOf({ devices }: Joining, from: Side, to: Side): readonly Place[] {
  const renamed = devices === 'replaced' ? renamedNode(from, to) : undefined;
  return from.nodes.map((node) => {
    const name = renamed && isSameNode(renamed.node, node) ? renamed.as : node;
    return { node, name, target: to.nodes.find((each) => isSameNode(each, name)) };
  });
}

function findSides(db: Database) {
  const ownership = db.prepare<[string], OwnershipRow>(
    'SELECT key, jid, node_id, source_id, cache_type FROM ownership WHERE id = ?',
  );
  const nodes = db.prepare<[number], Node>(
    `SELECT key, node_id AS nodeId, source_id AS sourceId, cache_type AS cacheType
       FROM node WHERE ownership = ? ORDER BY key`,
  );
  return (id: string): Side | undefined => {
    const row = ownership.get(id);
    return row && { ownership: row.key, address: addressOf(row), nodes: nodes.all(row.key) };
  };
}

function moveNodes(db: Database) {
  const move = db.prepare<[number, ...NodeColumns, number]>(
    'UPDATE node SET ownership = ?, node_id = ?, source_id = ?, cache_type = ? WHERE key = ?',
  );
  const add = db.prepare<[number, ...NodeColumns]>(
    'INSERT INTO node (ownership, node_id, source_id, cache_type) VALUES (?, ?, ?, ?)',
  );
  const moveSeries = db.prepare<[number | bigint, number]>('UPDATE series SET node = ? WHERE node = ?');
  const remove = db.prepare<[number]>('DELETE FROM node WHERE key = ?');
  return {
    keepingOrder(key: number, ownership: number, name: NodeName): void {
      move.run(ownership, ...columnsOf(name), key);
    },
    /** Under a new key, since keys are the order: the first of those that are there stays the Thing itself. */
    toTheEnd(key: number, ownership: number, name: NodeName): void {
      moveSeries.run(add.run(ownership, ...columnsOf(name)).lastInsertRowid, key);
      remove.run(key);
    },
    forget: (key: number): void => void remove.run(key),
  };
}

type NodeColumns = Quadruple extends [string, ...infer Rest] ? Rest : never;

function columnsOf({ nodeId, sourceId, cacheType }: NodeName): NodeColumns {
  return [nodeId, sourceId, cacheType];
}
