import { constants, existsSync, realpathSync, statSync } from 'node:fs';
import { chmod, chown, copyFile, link, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import Sqlite from 'better-sqlite3';
import type { Contents, Restored } from '../../domain/backup.js';
import { copy } from './backup-file.js';
import { readingFaults } from './check/index.js';
import { checksumOf } from './checksum.js';
import { contentsOf } from './contents.js';
import { DatabaseFault } from './database-fault.js';
import { faultOfPlace } from './file-faults.js';
import { schemaVersion } from './migrate.js';
import { MIGRATIONS } from './migrations/index.js';
import { isBusy, lockDatabase, lockOf, type OpenDatabase } from './open-database.js';
import { openReadOnly } from './read-only.js';
import { syncFolder } from './sync-folder.js';

export interface RestoreOptions {
  /** Milliseconds since 1970: a part of the name of what is kept aside. */
  readonly now: number;
  /** Breaks it off; the database is as it was then. */
  readonly signal: AbortSignal;
}

/** Files that belong to a database while it is in use, or was when its process died. */
const BESIDE = ['-wal', '-shm'] as const;
/** What holds something: the other is an index of the log. */
const KEPT = ['', '-wal'] as const;

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
    await sync(fresh);
  }
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Root may restore what somebody else is to use. */
async function giveToOwner(file: string, fresh: readonly string[]): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(existsSync(file) ? file : dirname(file));
  for (const each of fresh) await chown(each, uid, gid);
}

/**
 * Gives what is there a second name. It keeps its first until the backup takes that, so that at no moment there is no
 * database: a component that starts then would begin with an empty one.
 *
 * @returns the second name; undefined where nothing is there.
 */
async function keepAside(file: string, now: number): Promise<string | undefined> {
  const aside = `${file}.before-${new Date(now).toISOString().replace(/[:.]/g, '-')}`;
  const made: string[] = [];
  try {
    for (const part of KEPT.filter((each) => existsSync(file + each))) {
      await named(file + part, aside + part);
      made.push(aside + part);
    }
    settle(file);
    await syncFolder(dirname(file));
  } catch (error) {
    for (const name of made) await rm(name, { force: true });
    throw error;
  }
  // What is left there belongs to what was, and would be taken for a part of the backup.
  for (const part of BESIDE) await rm(file + part, { force: true });
  return made.length > 0 ? aside : undefined;
}

/**
 * Has all that is in the log of a database written into the database itself, for which nobody else may have it open.
 * One that is damaged stays as it is.
 */
function settle(file: string): void {
  if (!existsSync(file)) return;
  try {
    const db = new Sqlite(file, { fileMustExist: true, timeout: 0 });
    try {
      db.pragma('journal_mode = DELETE');
    } finally {
      db.close();
    }
  } catch (error) {
    if (!isBusy(error)) return;
    throw new DatabaseFault(
      `The database ${file} is open in another program. Close it, and restore again; the database is as it was.`,
      { cause: error },
    );
  }
}

async function named(file: string, other: string): Promise<void> {
  try {
    await link(file, other);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'EEXIST') throw error;
    // Not every file system has second names.
    await copyFile(file, other, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    await chmod(other, 0o600);
    await sync(other);
  }
}

function wordsOf(error: unknown): string {
  return (faultOfPlace(error) ?? (error instanceof Error ? error.message : String(error))).replace(/\.$/, '');
}
