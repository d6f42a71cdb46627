import Sqlite, { type Database } from 'better-sqlite3';
import { StoreUnavailable } from '../../domain/ports.js';

/** Writes that arrive together, committed together (DESIGN section 5). */
export interface GroupCommit {
  /**
   * Runs `unit` (load, decide, write: whatever it does with the database, synchronously) with others in one
   * transaction; once more, where another one of them threw and nothing was kept. Units run one after the other, in the order in which they came, so that what they decide is serial.
   * One that throws is undone alone and rejects alone. The promise resolves when the transaction is on disk.
   *
   * @throws StoreUnavailable if the disk refused: then nothing of the unit was kept.
   */
  run<Result>(unit: () => Result): Promise<Result>;
  /** Has `listener` called whenever something that was written has been undone: what is remembered of it is wrong then. */
  onUndone(listener: () => void): void;
  /** How many units wait. */
  waiting(): number;
  /** Whether the last transaction that wrote reached the disk, and when it did (ms since 1970). */
  lastWrite(): { readonly ok: boolean; readonly at: number };
  /** Runs what waits, and refuses what comes later. */
  close(): Promise<void>;
}

/** Told of each transaction that wrote something, or could not. */
export interface CommitWatch {
  /** @param ms with the work of all units in it, and the wait for the disk. */
  committed(units: number, ms: number): void;
  commitFailed(): void;
}

/** After this long (ms) a batch commits and the rest waits for the next turn, so that the event loop is not held up. */
const BATCH_MS = 8;

/** A unit in the queue: `attempt` does its work and returns how to tell its caller of the success. */
interface Waiting {
  readonly attempt: () => () => void;
  readonly reject: (error: unknown) => void;
}

/** A unit whose work is done but not on disk. `written`: something was written in this batch up to and with it. */
interface Done {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly written: boolean;
}

type Run = (waiting: Waiting, done: Done[], before: number) => void;

export function groupCommit(db: Database, watch?: CommitWatch): GroupCommit {
  const sql = statements(db);
  let queue: Waiting[] = [];
  let scheduled = false;
  let closed = false;
  let last = { ok: true, at: 0 };
  const undoneListeners: (() => void)[] = [];

  function undone(): void {
    for (const listener of undoneListeners) listener();
  }

  function schedule(): void {
    if (scheduled || queue.length === 0) return;
    scheduled = true;
    // An immediate runs after all input that is there has been read: what came together is in one batch, and nothing
    // waits for what has not come.
    setImmediate(() => {
      scheduled = false;
      flush();
      schedule();
    });
  }

  function flush(): void {
    if (queue.length === 0) return;
    const batch = queue;
    queue = [];
    const left = attemptAll(batch, runOne) ?? attemptAll(batch, runApart) ?? [];
    queue = [...left, ...queue];
  }

  /**
   * Runs what fits into a transaction, and tells of it.
   *
   * @returns what is left for the next; undefined if a unit threw and nothing was kept, so that all can be run apart.
   */
  function attemptAll(batch: readonly Waiting[], run: Run): readonly Waiting[] | undefined {
    const before = sql.changes();
    const since = performance.now();
    const done: Done[] = [];
    let taken = 0;
    try {
      sql.begin();
      taken = runWhileTime(batch, run, done, before);
      if (taken < 0) return undefined;
      sql.commit();
    } catch (error) {
      fail(error, done, batch.slice(done.length));
      return [];
    }
    if (sql.changes() !== before) {
      last = { ok: true, at: Date.now() };
      watch?.committed(done.length, performance.now() - since);
    }
    for (const { resolve } of done) resolve();
    return batch.slice(taken);
  }

  /** @returns how many were run; -1 if one without a savepoint threw, and all was undone. */
  function runWhileTime(batch: readonly Waiting[], run: Run, done: Done[], before: number): number {
    const until = performance.now() + BATCH_MS;
    let taken = 0;
    for (const waiting of batch) {
      if (taken > 0 && performance.now() >= until) break;
      taken += 1;
      try {
        run(waiting, done, before);
      } catch (error) {
        if (run !== runOne) throw error;
        rollBack();
        return -1;
      }
    }
    return taken;
  }

  function rollBack(): void {
    if (db.inTransaction) sql.rollback();
    undone();
  }

  // What was lost is told at once, and so are those who wait: to try each on a disk that refuses helps nobody.
  function fail(error: unknown, done: readonly Done[], waiting: readonly Waiting[]): void {
    rollBack();
    watch?.commitFailed();
    last = { ok: false, at: Date.now() };
    const fault = unavailable(error);
    for (const unit of done) unit.written ? unit.reject(fault) : unit.resolve();
    for (const { reject } of waiting) reject(fault);
  }

  /** Units hardly ever throw: none gets a savepoint until one in the batch does. */
  function runOne(waiting: Waiting, done: Done[], before: number): void {
    const resolve = waiting.attempt();
    done.push({ resolve, reject: waiting.reject, written: sql.changes() !== before });
  }

  function runApart(waiting: Waiting, done: Done[], before: number): void {
    sql.savepoint();
    try {
      const resolve = waiting.attempt();
      sql.release();
      done.push({ resolve, reject: waiting.reject, written: sql.changes() !== before });
    } catch (error) {
      waiting.reject(isDiskFault(error) ? unavailable(error) : error);
      if (isDiskFault(error)) last = { ok: false, at: Date.now() };
      // SQLite may have ended the whole transaction: then the others are lost too.
      if (!db.inTransaction) throw error;
      sql.undo();
      sql.release();
      undone();
    }
  }

  return {
    run: <Result>(unit: () => Result) =>
      new Promise<Result>((resolve, reject) => {
        if (closed) {
          reject(new StoreUnavailable('The store is closed.'));
          return;
        }
        const attempt = () => {
          const result = unit();
          return () => resolve(result);
        };
        queue.push({ attempt, reject });
        schedule();
      }),
    waiting: () => queue.length,
    onUndone: (listener) => void undoneListeners.push(listener),
    lastWrite: () => last,
    close: async () => {
      closed = true;
      while (queue.length > 0) flush();
      last = { ok: false, at: Date.now() };
    },
  };
}

function statements(db: Database) {
  const runner = (text: string) => {
    const statement = db.prepare(text);
    return () => void statement.run();
  };
  const changes = db.prepare<[], number>('SELECT total_changes()').pluck();
  return {
    begin: runner('BEGIN IMMEDIATE'),
    commit: runner('COMMIT'),
    rollback: runner('ROLLBACK'),
    savepoint: runner('SAVEPOINT unit'),
    release: runner('RELEASE unit'),
    undo: runner('ROLLBACK TO unit'),
    changes: () => changes.get() ?? 0,
  };
}

/** Codes that speak of the disk or of the file, not of what was written. */
const DISK_FAULT = /^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|CORRUPT|NOTADB|BUSY|LOCKED|NOMEM|PROTOCOL)/;

function isDiskFault(error: unknown): boolean {
  return error instanceof Sqlite.SqliteError && DISK_FAULT.test(error.code);
}

function unavailable(error: unknown): StoreUnavailable {
  const words = error instanceof Error ? error.message : String(error);
  return new StoreUnavailable(`The database does not take writes: ${words}.`, { cause: error });
}
