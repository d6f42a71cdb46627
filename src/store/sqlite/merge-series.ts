import type { Database } from 'better-sqlite3';
import type { KeptReadings } from './readings/kept-readings.js';
import type { Replaces } from './readings/merge-readings.js';

export interface Series {
  readonly key: number;
  readonly readings: number;
}

/** Two series that measure the same. */
export interface Pair {
  readonly from: Series;
  readonly into: Series;
  /** Which reading of one time stays at equal trust. */
  readonly stays: 'from' | 'into';
}

/** A series, and that of another node which measures the same, if there is one. */
interface Candidate {
  readonly from: Series;
  readonly into: Series | undefined;
  /** Whether readings of either are being erased: they cannot be told from others once the two are one. */
  readonly isErased: boolean;
}

interface PairRow extends Series {
  readonly other: number;
  readonly already: number | null;
  readonly erased: number;
}

/** Brings the series of one node to another; to be called inside a transaction. */
export function mergeSeries(db: Database, kept: KeptReadings) {
  const pairs = db.prepare<[number, number], PairRow>(
    `SELECT f.key, f.readings, t.key AS other, t.readings AS already,
            EXISTS (SELECT 1 FROM erasure WHERE series IN (f.key, t.key)) AS erased
       FROM series f LEFT JOIN series t ON t.node = ? AND (t.name, t.type, t.unit) = (f.name, f.type, f.unit)
      WHERE f.node = ? ORDER BY f.key`,
  );
  const move = db.prepare<[number, number]>('UPDATE series SET node = ? WHERE key = ?');
  const nodeOf = db.prepare<[number], number>('SELECT node FROM series WHERE key = ?').pluck();
  const empty = ['chunk', 'open_chunk'].map((table) => db.prepare<[number]>(`DELETE FROM ${table} WHERE series = ?`));
  const remove = db.prepare<[number]>('DELETE FROM series WHERE key = ?');

  return {
    /** Of all series of a node. */
    candidates: (fromNode: number, intoNode: number): readonly Candidate[] =>
      pairs.all(intoNode, fromNode).map(({ key, readings, other, already, erased }) => ({
        from: { key, readings },
        into: already === null ? undefined : { key: other, readings: already },
        isErased: already !== null && erased === 1,
      })),

    move: (key: number, node: number): void => void move.run(node, key),

    /** Leaves one series, at the node of `into`. */
    merge({ from, into, stays }: Pair): void {
      const node = nodeOf.get(into.key);
      if (node === undefined) throw new Error(`The series ${into.key} is not there`);
      const [few, many] = from.readings <= into.readings ? [from, into] : [into, from];
      const isCopiedToStay = few === (stays === 'from' ? from : into);
      const copied = [...kept.chunks.read({ series: few.key, ...ALWAYS }, false)];
      kept.chunks.merge(many.key, copied, isCopiedToStay ? kept.replaces : unless(kept.replaces));
      for (const statement of empty) statement.run(few.key);
      remove.run(few.key);
      move.run(node, many.key);
    },
  };
}

const ALWAYS = { from: Number.MIN_SAFE_INTEGER, until: Number.MAX_SAFE_INTEGER };

/** The other way round: what is there stays at equal trust. */
function unless(replaces: Replaces): Replaces {
  return (earlier, later) => !replaces(later, earlier);
}
