import { constants, existsSync } from 'node:fs';
import { chmod, copyFile, link, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import Sqlite from 'better-sqlite3';
import { DatabaseFault } from './database-fault.js';
import { isBusy } from './open-database.js';
import { syncFile, syncFolder } from './sync.js';

/** What holds something of a database: its process may have died. */
const KEPT = ['', '-wal', '-journal'] as const;
/** What would be taken for a part of another one in its place; the last is an index of its log. */
const BESIDE = ['-wal', '-journal', '-shm'] as const;

/**
 * Gives what is there a second name. It keeps its first until the backup takes that, so that at no moment there is no
 * database: a component that starts then would begin with an empty one.
 *
 * @returns the second name; undefined where nothing is there.
 */
export async function keepAside(file: string, now: number): Promise<string | undefined> {
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
    await syncFile(other);
  }
}
