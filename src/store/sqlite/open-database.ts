import { closeSync, existsSync, openSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { DatabaseFault } from './database-fault.js';

/** An open database, and the lock that keeps other processes from it. */
export interface OpenDatabase {
  readonly db: Database;
  close(): void;
}

/** How long a statement waits for someone who looks into the file with another tool; it holds up the process. */
const BUSY_MS = 2_000;

/** Set before the first table, since it cannot change later: what is deleted can be given back to the file system. */
const LAYOUT = ['auto_vacuum = INCREMENTAL'];

/** Durable (DESIGN section 5): a commit returns when the log is on disk. Cache in KiB, log in bytes. */
const SETTINGS = [
  'journal_mode = WAL',
  'synchronous = FULL',
  'foreign_keys = ON',
  // KiB. The operating system caches the file as well; more here would only count as memory of the process.
  'cache_size = -8192',
  'temp_store = MEMORY',
  'journal_size_limit = 67108864',
  'trusted_schema = OFF',
];

/**
 * Opens the file, creating it (readable by its owner alone) where there is none, for this process alone.
 *
 * @param file a path, or `:memory:`.
 * @throws DatabaseFault when it cannot be written, is no database, or is in use.
 */
export function openDatabase(file: string): OpenDatabase {
  if (file === ':memory:') {
    const db = new Sqlite(file);
    configure(db);
    return { db, close: () => db.close() };
  }
  createIfAbsent(file);
  const lock = lockDatabase(file);
  try {
    const db = openFile(file);
    return {
      db,
      close: () => {
        db.close();
        lock.close();
      },
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** What to tell the operator, by the error code of the file system. */
const FILE_FAULTS: Readonly<Record<string, (file: string) => string>> = {
  ENOENT: (file) => `the directory ${dirname(resolve(file))} does not exist. Create it, or name another file.`,
  ENOTDIR: (file) => `${dirname(resolve(file))} is not a directory. Name another file.`,
  EISDIR: () => 'it is a directory. Name a file.',
  EACCES: () => 'this user may not write it. Give it the right to, or name another file.',
  EPERM: () => 'this user may not write it. Give it the right to, or name another file.',
  EROFS: () => 'its file system is read-only. Name a file elsewhere.',
  ENOSPC: () => 'the disk is full. Free some space.',
};

function createIfAbsent(file: string): void {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const words = FILE_FAULTS[code]?.(file) ?? `${error instanceof Error ? error.message : error}.`;
    throw new DatabaseFault(`The database ${file} cannot be opened: ${words}`, { cause: error });
  }
}

/**
 * One process owns a SQLite store. The lock is a transaction held open on a file beside the database: the system ends
 * it with the process, however that dies, and unlike SQLite's exclusive mode it lets others read the database itself.
 *
 * @throws DatabaseFault where another process has it.
 */
export function lockDatabase(file: string): { close(): void } {
  const name = lockOf(file);
  try {
    createIfAbsent(name);
    const lock = new Sqlite(name, { timeout: 0 });
    try {
      lock.exec('BEGIN EXCLUSIVE');
      return lock;
    } catch (error) {
      lock.close();
      throw error;
    }
  } catch (error) {
    if (error instanceof DatabaseFault) throw error;
    if (!isBusy(error)) throw new DatabaseFault(`The lock ${name} cannot be taken: ${error}`, { cause: error });
    throw new DatabaseFault(
      `The database ${file} is in use by another process. Stop the other thingstead, or name another file.`,
      { cause: error },
    );
  }
}

/** Whether a process has the database for itself now; found without changing anything. */
export function isLocked(file: string): boolean {
  const name = lockOf(file);
  if (!existsSync(name)) return false;
  try {
    const lock = new Sqlite(name, { readonly: true, fileMustExist: true, timeout: 0 });
    try {
      lock.pragma('schema_version');
      return false;
    } finally {
      lock.close();
    }
  } catch (error) {
    return isBusy(error);
  }
}

/** The file that is locked in place of the database. */
export function lockOf(file: string): string {
  return `${file}.lock`;
}

function openFile(file: string): Database {
  const db = new Sqlite(file, { timeout: BUSY_MS });
  try {
    configure(db);
    return db;
  } catch (error) {
    db.close();
    throw asDatabaseFault(file, error);
  }
}

/** What SQLite says of a file that it has opened, in words for the operator; any other error as it is. */
export function asDatabaseFault(file: string, error: unknown): unknown {
  if (!(error instanceof Sqlite.SqliteError)) return error;
  return new DatabaseFault(`The database ${file} cannot be used: ${whyUnusable(error)}`, { cause: error });
}

function configure(db: Database): void {
  for (const setting of [...LAYOUT, ...SETTINGS]) db.pragma(setting);
}

/** Why SQLite does not take a file, in words for the operator. */
export function whyUnusable(error: unknown): string {
  const code = error instanceof Sqlite.SqliteError ? error.code : '';
  if (code === 'SQLITE_NOTADB') return 'it is no SQLite database, or is encrypted. Name another file.';
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_CANTOPEN') {
    return 'this user may not write it, its log or its directory. Give it the right to, or name another file.';
  }
  if (isBusy(error)) return 'another process holds a lock on it. End that process, or name another file.';
  if (code.startsWith('SQLITE_CORRUPT')) return 'it is damaged. Restore a backup.';
  return `${error instanceof Error ? error.message : error}.`;
}

/** Whether it is somebody else's lock that stands in the way. */
export function isBusy(error: unknown): boolean {
  return (
    error instanceof Sqlite.SqliteError && (error.code.startsWith('SQLITE_BUSY') || error.code === 'SQLITE_LOCKED')
  );
}
