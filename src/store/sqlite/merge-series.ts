import type { Database } from 'better-sqlite3';

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
export function mergeSeries(db: Database) {
  const pairs = db.prepare<[number, number], PairRow>(
    `SELECT f.key, f.readings, t.key AS other, t.readings AS already,
            EXISTS (SELECT 1 FROM erasure WHERE series IN (f.key, t.key)) AS erased
       FROM series f LEFT JOIN series t ON t.node = ? AND (t.name, t.type, t.unit) = (f.name, f.type, f.unit)
      WHERE f.node = ? ORDER BY f.key`,
  );
  const move = db.prepare<[number, number]>('UPDATE series SET node = ? WHERE key = ?');
  const nodeOf = db.prepare<[number], number>('SELECT node FROM series WHERE key = ?').pluck();
  // CROSS JOIN: the smaller one is walked, and looked up in the larger.
  const meeting = db
    .prepare<[{ few: number; many: number }], number>(
      `SELECT count(*) FROM reading f CROSS JOIN reading m ON m.series = :many AND m.ms = f.ms WHERE f.series = :few`,
    )
    .pluck();
  const copy = (wins: '>' | '>=') =>
    db.prepare<[{ few: number; many: number }]>(
      `INSERT INTO reading (series, ms, value, manner) SELECT :many, ms, value, manner FROM reading WHERE series = :few
       ON CONFLICT (series, ms) DO UPDATE SET value = excluded.value, manner = excluded.manner
         WHERE (SELECT trust FROM manner WHERE key = excluded.manner) ${wins}
               (SELECT trust FROM manner WHERE key = reading.manner)`,
    );
  const [copyTrusted, copyUnlessLess] = [copy('>'), copy('>=')];
  const count = db.prepare<[number, number]>('UPDATE series SET readings = ? WHERE key = ?');
  const empty = db.prepare<[number]>('DELETE FROM reading WHERE series = ?');
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
      const keys = { few: few.key, many: many.key };
      const met = meeting.get(keys) ?? 0;
      const isCopiedToStay = few === (stays === 'from' ? from : into);
      (isCopiedToStay ? copyUnlessLess : copyTrusted).run(keys);
      empty.run(few.key);
      remove.run(few.key);
      move.run(node, many.key);
      count.run(few.readings + many.readings - met, many.key);
    },
  };
}
