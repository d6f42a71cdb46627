import { existsSync, realpathSync, statSync } from 'node:fs';
import { chown, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Contents, Restored } from '../../domain/backup.js';
import { copy } from './backup-file.js';
import { readingFaults } from './check/index.js';
import { checksumOf } from './checksum.js';
import { contentsOf } from './contents.js';
import { DatabaseFault } from './database-fault.js';
import { faultOfPlace } from './file-faults.js';
import { keepAside } from './keep-aside.js';
import { schemaVersion } from './migrate.js';
import { MIGRATIONS } from './migrations/index.js';
import { lockDatabase, lockOf, type OpenDatabase } from './open-database.js';
import { openReadOnly } from './read-only.js';
import { syncFile, syncFolder } from './sync.js';

export interface RestoreOptions {
  /** Milliseconds since 1970: a part of the name of what is kept aside. */
  readonly now: number;
  /** Breaks it off; the database is as it was then. */
  readonly signal: AbortSignal;
}

/**
 * Puts a backup in the place of a database that nobody uses; the lock of the database is held meanwhile. What was there is
 * kept aside. The backup is only read: a copy of it is checked, and takes its place by one renaming.
 *
 * @throws DatabaseFault, in words for the operator, where it cannot be; the database is as it was then.
 */
export async function restoreFrom(
  backup: string,
  database: string,
  { now, signal }: RestoreOptions,
): Promise<Restored> {
  // Its log is beside the file that a link leads to, its lock beside the link.
  const file = existsSync(database) ? realpathSync(database) : resolve(database);
  if (existsSync(backup) && realpathSync(backup) === file)
    throw new DatabaseFault(`${backup} is the database itself. Name a backup.`);
  if (!existsSync(dirname(file))) {
    throw new DatabaseFault(`The directory ${dirname(file)} does not exist. Create it, or name another database.`);
  }
  const checksum = await proofOf(backup);
  const lock = lockDatabase(database);
  const fresh = `${file}.restoring`;
  try {
    const { damage, ...contents } = await bring(backup, fresh, checksum === 'none', signal);
    await giveToOwner(file, [fresh, lockOf(database)]);
    const aside = await keepAside(file, now);
    await rename(fresh, file);
    await syncFolder(dirname(file));
    const known = MIGRATIONS.length;
    return { ...contents, known, damage, isUnproven: checksum === 'none', ...(aside !== undefined && { aside }) };
  } catch (error) {
    await rm(fresh, { force: true });
    if (error instanceof DatabaseFault) throw error;
    throw new DatabaseFault(`The database ${file} could not be restored: ${wordsOf(error)}. It is as it was.`, {
      cause: error,
    });
  } finally {
    lock.close();
  }
}

/** @throws DatabaseFault for what is no backup that can be used, before anything else is looked at. */
async function proofOf(backup: string): Promise<'right' | 'none'> {
  if (!existsSync(backup)) throw new DatabaseFault(`There is no file ${backup}. Name a backup.`);
  if (!statSync(backup).isFile()) throw new DatabaseFault(`${backup} is no file. Name a backup.`);
  const checksum = await checksumOf(backup).catch((error: unknown) => refused(backup, wordsOf(error)));
  if (checksum === 'wrong') return refused(backup, 'it is not what it was when it was made (its checksum is wrong)');
  const { db, close } = opened(backup);
  try {
    if (schemaVersion(db, MIGRATIONS.length) === 0) return refused(backup, 'there is nothing in it');
  } finally {
    close();
  }
  return checksum;
}

function opened(backup: string): OpenDatabase {
  try {
    return openReadOnly(backup);
  } catch (error) {
    if (!(error instanceof DatabaseFault && error.cause instanceof Sqlite.SqliteError)) throw error;
    return refused(backup, `it is damaged, cut short, or no database (${error.cause.message})`);
  }
}

function refused(backup: string, why: string): never {
  throw new DatabaseFault(`The backup ${backup} cannot be used: ${why}. Take another one; the database is as it was.`);
}

/** Copies the backup beside the database, and checks the copy. */
async function bring(
  backup: string,
  fresh: string,
  isUnproven: boolean,
  signal: AbortSignal,
): Promise<Contents & { readonly damage: readonly string[] }> {
  await rm(fresh, { force: true }); // of one that was killed; the lock is ours
  await (await open(fresh, 'wx', 0o600)).close();
  await copy(resolve(backup), fresh, signal).catch((error: unknown) => {
    if (signal.aborted || faultOfPlace(error) !== undefined) throw error;
    return refused(backup, wordsOf(error));
  });
  const { db, close } = openReadOnly(fresh);
  try {
    const damage = readingFaults(db);
    // With a checksum they were damaged when it was made already, and all else can be had.
    if (isUnproven && damage[0] !== undefined) return refused(backup, damage[0]);
    return { ...contentsOf(db), damage };
  } finally {
    close();
    await syncFile(fresh);
  }
}

/** Root may restore what somebody else is to use. */
async function giveToOwner(file: string, fresh: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(existsSync(file) ? file : dirname(file));
  for (const each of fresh) await chown(each, uid, gid);
}

function wordsOf(error: unknown): string {
  return (faultOfPlace(error) ?? (error instanceof Error ? error.message : String(error))).replace(/\.$/, '');
}
