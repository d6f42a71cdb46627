import type { Database } from 'better-sqlite3';

/** A chunk as it lies in a table. */
export interface ChunkRow {
  /** Of the table `chunk`; undefined for the open chunk of a series. */
  readonly key: number | undefined;
  readonly series: number;
  /** The time of its first reading, in ms since 1970. */
  readonly firstMs: number;
  /** How many readings it has. */
  readonly count: number;
  readonly body: Buffer;
}
export type NewChunk = Omit<ChunkRow, 'key'>;

export interface OpenChunk extends NewChunk {
  readonly key: undefined;
  /** The time of its last reading, in ms since 1970. */
  readonly lastMs: number;
}

const FULL = 'SELECT key, series, first_ms AS firstMs, count, body FROM chunk';

/** The rows of chunks. Those of a series lie apart from each other in time, the open one after all that are full. */
export function chunkRows(db: Database) {
  const full = db.prepare<[number], ChunkRow>(`${FULL} WHERE key = ?`);
  const fullBefore = db.prepare<[number, number], ChunkRow>(
    `${FULL} WHERE series = ? AND first_ms < ? ORDER BY first_ms DESC LIMIT 1`,
  );
  const fullAfter = db.prepare<[number, number], ChunkRow>(
    `${FULL} WHERE series = ? AND first_ms > ? ORDER BY first_ms LIMIT 1`,
  );
  const open = db.prepare<[number], Omit<OpenChunk, 'key'>>(
    'SELECT series, first_ms AS firstMs, last_ms AS lastMs, count, body FROM open_chunk WHERE series = ?',
  );
  const addFull = db.prepare<NewChunk>(
    'INSERT INTO chunk (series, first_ms, count, body) VALUES (:series, :firstMs, :count, :body)',
  );
  const changeFull = db.prepare<ChunkRow>(
    'UPDATE chunk SET first_ms = :firstMs, count = :count, body = :body WHERE key = :key',
  );
  const removeFull = db.prepare<[number]>('DELETE FROM chunk WHERE key = ?');
  const putOpen = db.prepare<Omit<OpenChunk, 'key'>>(
    `INSERT INTO open_chunk (series, first_ms, last_ms, count, body) VALUES (:series, :firstMs, :lastMs, :count, :body)
     ON CONFLICT (series) DO UPDATE SET first_ms = excluded.first_ms, last_ms = excluded.last_ms, count = excluded.count,
                                        body = excluded.body`,
  );
  const removeOpen = db.prepare<[number]>('DELETE FROM open_chunk WHERE series = ?');

  function openOf(series: number): OpenChunk | undefined {
    const row = open.get(series);
    return row && { ...row, key: undefined };
  }

  return {
    open: openOf,
    /** The row as it is now. */
    again: ({ key, series }: ChunkRow): ChunkRow | undefined => (key === undefined ? openOf(series) : full.get(key)),
    /** The last full one that begins before a time, and the first that begins after one. */
    fullBefore: (series: number, ms: number): ChunkRow | undefined => fullBefore.get(series, ms),
    fullAfter: (series: number, ms: number): ChunkRow | undefined => fullAfter.get(series, ms),
    addFull: (chunk: NewChunk): void => void addFull.run(chunk),
    changeFull: (chunk: ChunkRow): void => void changeFull.run(chunk),
    putOpen: ({ key: _, ...chunk }: OpenChunk): void => void putOpen.run(chunk),
    remove({ key, series }: Pick<ChunkRow, 'key' | 'series'>): void {
      if (key === undefined) removeOpen.run(series);
      else removeFull.run(key);
    },
  };
}
