import type { Config } from '../config.js';
import type { BackupFile, Restored } from '../domain/backup.js';
import { copyPepper, PepperFault } from '../store/pepper.js';
import { backUpToFile, DatabaseFault, restoreFrom } from '../store/sqlite/index.js';

export interface BackupOptions {
  /** Whether a file that is there may be replaced. */
  readonly force: boolean;
  /** Where the pepper is to be copied to, if anywhere: it is in no backup (DESIGN section 3). */
  readonly pepper?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Backs up the database of a component, whether it runs or not.
 *
 * @throws DatabaseFault or PepperFault, in words for the operator.
 */
export async function backUp(
  { database, pepper }: Config,
  file: string,
  { pepper: pepperTo, ...options }: BackupOptions,
): Promise<BackupFile> {
  inFile(database);
  // First, as a backup that waits for its pepper is soon taken for one that has it.
  if (pepperTo !== undefined) {
    if (!('file' in pepper))
      throw new PepperFault('The pepper is a setting, and in no file: keep the settings instead.');
    copyPepper(pepper.file, pepperTo);
  }
  return backUpToFile(database, file, options);
}

/**
 * Puts a backup in the place of the database of a component that does not run.
 *
 * @throws DatabaseFault, in words for the operator; the database is as it was then.
 */
export async function restore({ database }: Config, backup: string, signal: AbortSignal): Promise<Restored> {
  inFile(database);
  return restoreFrom(backup, database, { now: Date.now(), signal });
}

function inFile(database: string): void {
  if (database === ':memory:') throw new DatabaseFault('The database is in memory alone. Name a file as its setting.');
}
