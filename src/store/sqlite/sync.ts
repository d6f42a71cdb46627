import { open } from 'node:fs/promises';

/** Has all of a file on disk. */
export async function syncFile(file: string): Promise<void> {
  await syncAt(file, 'r+');
}

/** A new name is on disk only when its folder is. */
export async function syncFolder(folder: string): Promise<void> {
  await syncAt(folder, 'r');
}

async function syncAt(path: string, flags: 'r' | 'r+'): Promise<void> {
  const handle = await open(path, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
