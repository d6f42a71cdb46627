import { constants } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { BackedUp, Backups } from '../../domain/backup.js';
import { addChecksum } from './checksum.js';
import { type CopyThread, copyInThread } from './copy-thread.js';
import { syncFolder } from './sync.js';

export interface BackupOptions {
  /** Where they are kept; it is made if it is not there. */
  readonly folder: string;
  /** How many are kept. */
  readonly keep: number;
}

/**
 * Names of our making: the time, to the ms, with dashes where a file should have no colon. Nothing else in the folder is
 * ever deleted.
 */
const NAME = /^thingstead-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z\.db$/;
const PARTIAL = '.partial';

/**
 * Makes backups of the database in a file, the pepper not included (DESIGN section 3). One is written under another name
 * by a thread of its own, and gets its name once it has been checked and is on disk.
 *
 * @param options asked for each backup.
 */
export function backupMaker(
  file: string,
  options: () => Partial<BackupOptions>,
  now: () => number,
): Backups & { stop(): Promise<void> } {
  let underWay: Promise<BackedUp> | undefined;
  let thread: CopyThread | undefined;
  let isStopped = false;

  async function make(): Promise<BackedUp> {
    const begun = now();
    const { folder = join(dirname(file), 'backups'), keep = 7 } = options();
    const target = resolve(folder, `thingstead-${new Date(begun).toISOString().replace(/[:.]/g, '-')}.db`);
    const partial = target + PARTIAL;
    try {
      if (file === ':memory:') throw new Error('the database is in memory alone.');
      await prepare(folder);
      await createEmpty(target, partial);
      thread = copyInThread(resolve(file), partial);
      if (isStopped) thread.stop();
      await thread.done;
      if (isStopped) throw new Error('the component was stopped.');
      await addChecksum(partial);
      await rename(partial, target);
      await syncFolder(folder);
      const { size } = await stat(target);
      const deleted = await deleteOld(folder, keep);
      return { outcome: 'done', file: target, bytes: size, ms: now() - begun, deleted };
    } catch (error) {
      await rm(partial, { force: true }).catch(() => undefined);
      return { outcome: 'failed', why: error instanceof Error ? error.message : String(error) };
    }
  }

  return {
    async make() {
      if (underWay !== undefined || isStopped) return { outcome: 'under-way' };
      underWay = make().finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    async stop() {
      isStopped = true;
      thread?.stop();
      await underWay;
    },
  };
}

/** Makes the folder, and clears it of what a process that died has left there. */
async function prepare(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder)) {
    const isLeft = name.endsWith(PARTIAL) && NAME.test(name.slice(0, -PARTIAL.length));
    if (isLeft) await rm(join(folder, name));
  }
}

async function createEmpty(target: string, partial: string): Promise<void> {
  const isThere = await access(target, constants.F_OK).then(
    () => true,
    () => false,
  );
  if (isThere) throw new Error(`there is a file ${target} already.`);
  await (await open(partial, 'wx', 0o600)).close();
}

async function deleteOld(folder: string, keep: number): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true });
  const ours = entries.filter((entry) => entry.isFile() && NAME.test(entry.name)).map(({ name }) => name);
  const old = ours.sort().slice(0, Math.max(0, ours.length - keep));
  for (const name of old) await rm(join(folder, name));
  return old.length;
}
