import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { isInUse } from './read-only.js';

/** A copy in the making. */
export interface CopyThread {
  /** Rejects with what went wrong, or was found wrong with the copy. */
  readonly done: Promise<void>;
  stop(): void;
}

/**
 * Copies a database that is in use, as it is at one moment, and checks the copy: all in a thread of its own, since to write
 * out and read through a large file at once takes longer than others can wait. Writers go on meanwhile; their log
 * grows until it is done. The copy is one file, without a log beside it and without what was deleted.
 *
 * @param into an empty file.
 */
export function copyInThread(from: string, into: string): CopyThread {
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
  const worker = new Worker(`(${copyAndCheck})(require)`, {
    eval: true,
    workerData: { sqlite, from, into, readonly: isInUse(from) },
  });
  const done = new Promise<void>((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error('it was broken off.'));
    });
  });
  return { done, stop: () => void worker.terminate() };
}

/** Runs in the thread, where nothing of this module is: it is handed over as text, so that it needs no file of its own. */
async function copyAndCheck(require: NodeJS.Require): Promise<void> {
  const { workerData }: typeof import('node:worker_threads') = require('node:worker_threads');
  const Sqlite: typeof import('better-sqlite3') = require(workerData.sqlite);

  /** How many rows each table has, as one text. */
  function rowsOf(db: import('better-sqlite3').Database): string {
    const names = db.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").pluck();
    const counted = names.all().map((name) => {
      return `${name} ${db.prepare(`SELECT count(*) FROM "${name}"`).pluck().get()}`;
    });
    return counted.join(', ');
  }

  /** Errors of SQLite are of a kind that does not get out of the thread. */
  function explained(error: unknown): Error {
    const { message, code } = error as { message?: string; code?: string };
    return Object.assign(new Error(message ?? String(error)), { code });
  }

  try {
    const source = new Sqlite(workerData.from, { readonly: workerData.readonly, fileMustExist: true });
    source.pragma('query_only = ON');
    source.exec('BEGIN'); // all that follows is of one moment
    const rows = rowsOf(source);
    await source.backup(workerData.into, { progress: () => 10_000 });
    source.close();

    const copy = new Sqlite(workerData.into);
    copy.pragma('journal_mode = DELETE');
    copy.pragma('synchronous = OFF'); // who asked for it has it brought to disk
    copy.exec('VACUUM');
    const found = copy.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok') throw new Error(`the copy is not whole: ${found}.`);
    const copied = rowsOf(copy);
    copy.close();
    if (copied !== rows) throw new Error(`the copy has other rows (${copied}) than there were (${rows}).`);
  } catch (error) {
    throw explained(error);
  }
}
