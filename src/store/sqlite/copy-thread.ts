import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** A copy in the making. */
export interface CopyThread {
  /** Rejects with what went wrong, or was found wrong with the copy. */
  readonly done: Promise<void>;
  stop(): void;
}

/**
 * Copies a database that is in use, as it is at one moment, and checks the copy: all in a thread of its own, since to write
 * out and read through a large file at once takes longer than others can wait. Writers go on meanwhile; their log
 * grows until it is done.
 *
 * @param into an empty file.
 */
export function copyInThread(from: string, into: string): CopyThread {
  const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
  const worker = new Worker(`(${copyAndCheck})(require)`, { eval: true, workerData: { sqlite, from, into } });
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
function copyAndCheck(require: NodeJS.Require): void {
  const { workerData }: typeof import('node:worker_threads') = require('node:worker_threads');
  const { closeSync, fsyncSync, openSync }: typeof import('node:fs') = require('node:fs');
  const Sqlite: typeof import('better-sqlite3') = require(workerData.sqlite);

  const source = new Sqlite(workerData.from, { readonly: true, fileMustExist: true });
  source.prepare('VACUUM INTO ?').run(workerData.into);
  source.close();

  const copy = new Sqlite(workerData.into, { readonly: true, fileMustExist: true });
  const found = copy.pragma('integrity_check(1)', { simple: true });
  copy.close();
  if (found !== 'ok') throw new Error(`the copy is not whole: ${found}.`);

  const file = openSync(workerData.into, 'r+');
  fsyncSync(file);
  closeSync(file);
}
