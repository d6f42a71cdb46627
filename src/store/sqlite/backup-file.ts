import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Database } from 'better-sqlite3';
import type { BackupFile } from '../../domain/backup.js';
import { addChecksum, checksumOf } from './checksum.js';
import { contentsOf } from './contents.js';
import { copyInThread } from './copy-thread.js';
import { DatabaseFault } from './database-fault.js';
import { faultOfPlace, isDamage } from './file-faults.js';
import { schemaVersion } from './migrate.js';
import { MIGRATIONS } from './migrations/index.js';
import { openReadOnly } from './read-only.js';
import { syncFolder } from './sync.js';

export interface WritingOptions {
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
  /** Breaks it off; nothing is left of it then. */
  readonly signal: AbortSignal;
}

/**
 * Backs up a database into a file of one's own choice, whoever uses it meanwhile. The file has its name once it was read
 * again, found to be what was copied, and is on disk; only its owner can read it.
 *
 * @throws DatabaseFault, in words for the operator, where it cannot be; what was there before is untouched.
 */
export async function backUpToFile(
  database: string,
  target: string,
  { force, signal }: WritingOptions,
): Promise<BackupFile> {
  const file = resolve(target);
  read(database, (db) => schemaVersion(db, MIGRATIONS.length));
  refusePlace(database, file, force);
  const partial = `${file}.${process.pid}.partial`;
  try {
    await clearLeft(file);
    await (await open(partial, 'wx', 0o600)).close();
    await copy(resolve(database), partial, signal);
    await addChecksum(partial);
    if ((await checksumOf(partial)) !== 'right') throw new Error('what was written is not what is read again.');
    const contents = read(partial, contentsOf);
    refusePlace(database, file, force);
    const { size } = await stat(partial);
    await rename(partial, file);
    await syncFolder(dirname(file));
    return { file, bytes: size, ...contents };
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    if (error instanceof DatabaseFault) throw error;
    throw new DatabaseFault(`The backup ${file} cannot be made: ${wordsOf(error)}`, { cause: error });
  }
}

/** Of backups into the same file whose processes were killed nothing is left to fill the disk. */
async function clearLeft(file: string): Promise<void> {
  const [folder, name] = [dirname(file), basename(file)];
  for (const each of await readdir(folder)) {
    const [, pid] =
      (each.startsWith(`${name}.`) && /^\.(\d+)\.partial(-journal)?$/.exec(each.slice(name.length))) || [];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(folder, each), { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code !== 'ESRCH';
  }
}

function read<T>(file: string, look: (db: Database) => T): T {
  const { db, close } = openReadOnly(file);
  try {
    return look(db);
  } finally {
    close();
  }
}

function refusePlace(database: string, file: string, force: boolean): void {
  const own = ['', '-wal', '-shm', '.lock', '.pepper'].map((part) => `${realpathSync(database)}${part}`);
  const isThere = existsSync(file);
  if (own.includes(isThere ? realpathSync(file) : file)) {
    throw new DatabaseFault(`${file} belongs to the database itself. Name another file.`);
  }
  if (!isThere) return;
  if (!force) throw new DatabaseFault(`There is a file ${file} already. Name another, or replace it with --force.`);
  if (!lstatSync(file).isFile()) throw new DatabaseFault(`${file} is there, and is no file. Name another.`);
}

/** Copies a database, and checks the copy; all of `from` that is read is of one moment. @param into an empty file. */
export async function copy(from: string, into: string, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const thread = copyInThread(from, into);
  signal.addEventListener('abort', thread.stop, { once: true });
  try {
    await thread.done;
  } finally {
    signal.removeEventListener('abort', thread.stop);
    // SQLite's own, where it was broken off.
    await rm(`${into}-journal`, { force: true });
  }
}

function wordsOf(error: unknown): string {
  if (isDamage(error)) return 'the database is damaged. Run thingstead check, which says where.';
  return faultOfPlace(error) ?? (error instanceof Error ? error.message : String(error));
}
