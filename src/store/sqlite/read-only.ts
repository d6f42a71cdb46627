import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { DatabaseFault } from './database-fault.js';
import { type OpenDatabase, whyUnusable } from './open-database.js';

/** How long (ms) to wait for who locks the whole database for a moment, as the last one to close it does. */
const BUSY_MS = 5_000;

/**
 * Opens a database to look into it, whoever uses it meanwhile; nothing of it is changed. All that is read is as it was at
 * one moment.
 *
 * @throws DatabaseFault when there is none, it is no database, or it cannot be read.
 */
export function openReadOnly(file: string): OpenDatabase {
  if (!existsSync(file)) throw new DatabaseFault(`The database ${file} does not exist. Name another file.`);
  if (!statSync(file).isFile()) throw new DatabaseFault(`The database ${file} is no file. Name another.`);
  try {
    return openInPlace(file);
  } catch (error) {
    if (!needsPlace(error)) throw unusable(file, error);
  }
  return openCopy(file);
}

function openInPlace(file: string): OpenDatabase {
  const db = new Sqlite(file, { readonly: isInUse(file), fileMustExist: true, timeout: BUSY_MS });
  try {
    db.pragma('query_only = ON');
    freeze(db);
    return { db, close: () => db.close() };
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Whether somebody has it open, or had when he died. Where not, SQLite makes two files beside it even to read it, and who
 * opens it only for reading leaves them there; while to write nothing into one that nobody used changes nothing.
 */
export function isInUse(file: string): boolean {
  return LOGS.some((part) => existsSync(file + part));
}

const LOGS = ['-wal', '-journal'] as const;

/** SQLite wants two files beside one that has a log, even to read it. */
function needsPlace(error: unknown): boolean {
  if (!(error instanceof Sqlite.SqliteError)) return false;
  return error.code.startsWith('SQLITE_CANTOPEN') || error.code.startsWith('SQLITE_READONLY');
}

/** Where nothing can be written beside it, nobody writes it either: a copy is the same. */
function openCopy(file: string): OpenDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = join(folder, basename(file));
    for (const part of ['', ...LOGS]) if (existsSync(file + part)) copyFileSync(file + part, copy + part);
    const { db, close } = openInPlace(copy);
    return {
      db,
      close: () => {
        close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw unusable(file, error);
  }
}

/** From the first look on, a transaction sees nothing that comes later. */
function freeze(db: Database): void {
  db.exec('BEGIN');
  db.prepare('SELECT count(*) FROM sqlite_schema').get();
}

function unusable(file: string, error: unknown): DatabaseFault {
  return new DatabaseFault(`The database ${file} cannot be read: ${whyUnusable(error)}`, { cause: error });
}
