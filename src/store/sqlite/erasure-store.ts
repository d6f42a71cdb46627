import type { Database } from 'better-sqlite3';
import type { Erased, Erasure, ErasureId, ErasureStore } from '../../domain/erasure.js';
import { appendAudit } from './audit-log.js';
import type { Step } from './expire-readings.js';
import type { GroupCommit } from './group-commit.js';
import type { Stretch } from './readings/chunk-store.js';
import type { KeptReadings } from './readings/kept-readings.js';
import { lateReadings } from './readings/late-readings.js';

export function erasureStore(
  db: Database,
  commit: GroupCommit,
  kept: KeptReadings,
  { ofRequest }: Eraser,
): ErasureStore {
  const present = db.prepare<[string], number>('SELECT key FROM ownership WHERE id = ? AND ended IS NULL').pluck();
  const newRequest = db.prepare<[], ErasureId>('SELECT lower(hex(randomblob(10)))').pluck();
  const ask = askWith(db);
  const append = appendAudit(db);

  return {
    ask: (erasure, entry) =>
      commit.run(() => {
        const key = present.get(erasure.ownership);
        const request = newRequest.get();
        if (key === undefined || request === undefined) return undefined;
        kept.seal(key);
        ask(key, request, erasure, entry.at);
        kept.keysChanged();
        append(entry);
        return request;
      }),
    carryOut: (request, limit) => commit.run(() => ofRequest(request, limit)),
  };
}

/** Writes down what is to go, series by series; to be called inside a transaction. */
function askWith(db: Database) {
  const concerned = `SELECT s.key FROM node n JOIN series s ON s.node = n.key
                      WHERE n.ownership = :ownership AND (:field IS NULL OR s.name = :field)`;
  type Asked = { ownership: number; field: string | null; from: number; until: number };
  const erase = db.prepare<[Asked & { request: string; at: number }]>(
    `INSERT INTO erasure (ownership, series, from_ms, until_ms, request, asked)
     SELECT :ownership, key, :from, :until, :request, :at FROM (${concerned})
      WHERE EXISTS (SELECT 1 FROM open_chunk WHERE series = key AND first_ms <= :until AND last_ms >= :from)
         OR EXISTS (SELECT 1 FROM chunk WHERE series = key AND first_ms <= :until)`,
  );
  // What waits for an erasure before this one came before this one, too.
  const eraseLate = db.prepare<[Asked]>(
    `DELETE FROM late_reading WHERE series IN (${concerned}) AND ms BETWEEN :from AND :until`,
  );
  return (ownership: number, request: ErasureId, { field, from, until }: Erasure, at: number): void => {
    const asked = {
      ownership,
      field: field ?? null,
      from: from ?? Number.MIN_SAFE_INTEGER,
      until: until ?? Number.MAX_SAFE_INTEGER,
    };
    erase.run({ ...asked, request, at });
    eraseLate.run(asked);
  };
}

/** Who asked for an erasure carries it out; the purge takes it up where that was not done in so long, in ms. */
const LEFT_TO_PURGE_MS = 15_000;

interface ErasureRow extends Stretch {
  readonly key: number;
}

/** Steps of erasures; both are to be called inside a transaction. */
export interface Eraser {
  readonly ofRequest: (request: ErasureId, most: number) => Erased;
  /** For the purge: of whatever was left. */
  readonly ofAny: (most: number) => Step;
}

export function eraser(db: Database, kept: KeptReadings, now: () => number): Eraser {
  const columns = 'SELECT key, series, from_ms AS "from", until_ms AS until FROM erasure';
  const ofRequest = db.prepare<[string], ErasureRow>(`${columns} WHERE request = ? ORDER BY key LIMIT 1`);
  const left = db.prepare<[number], ErasureRow>(`${columns} WHERE asked <= ? ORDER BY key LIMIT 1`);
  const settle = db.prepare<[number]>('DELETE FROM erasure WHERE key = ?');
  const late = lateReadings(db);

  function step(next: () => ErasureRow | undefined, most: number) {
    let [rows, readings] = [0, 0];
    for (let erasure = next(); erasure !== undefined; erasure = next()) {
      if (rows >= most) return { rows, readings, isDone: false };
      const { key, series, from, until } = erasure;
      const erased = kept.chunks.remove({ series, from, until }, most - rows);
      readings += erased;
      rows += erased;
      if (rows >= most) return { rows, readings, isDone: false };
      settle.run(key);
      const admitted = late.take({ series, from, until });
      kept.chunks.merge(series, admitted, () => true);
      kept.keysChanged();
      rows += 1 + admitted.length;
    }
    return { rows, readings, isDone: true };
  }

  return {
    ofRequest(request, most) {
      const { readings, isDone } = step(() => ofRequest.get(request), most);
      return { readings, isDone };
    },
    ofAny(most) {
      const { rows, isDone } = step(() => left.get(now() - LEFT_TO_PURGE_MS), most);
      return { rows, more: !isDone };
    },
  };
}
