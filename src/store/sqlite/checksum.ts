import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** SQLite takes no notice of what comes after the last page, and cuts it off when the file is written as a database. */
const HEAD = '\nthingstead backup, sha256 ';
const HEX = 64;
const BYTES = HEAD.length + HEX + 1;

/** Adds the checksum of a file to its end, and has all of it on disk. */
export async function addChecksum(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const { size } = await handle.stat();
    await handle.write(`${HEAD}${await digestOf(file, size)}\n`, size);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A database has a whole number of pages, which are powers of two from here on. */
const SMALLEST_PAGE = 512;
const DATABASE = 'SQLite format 3\0';

/** Whether a file is what it was when its checksum was added to it; `none` where none ever was. */
export async function checksumOf(file: string): Promise<'right' | 'wrong' | 'none'> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const length = Math.max(0, size - BYTES);
    const [, written] = WRITTEN.exec(await textAt(handle, length, BYTES)) ?? [];
    if (written !== undefined) return written === (await digestOf(file, length)) ? 'right' : 'wrong';
    const isDatabase = (await textAt(handle, 0, DATABASE.length)) === DATABASE;
    return isDatabase && size % SMALLEST_PAGE !== 0 ? 'wrong' : 'none';
  } finally {
    await handle.close();
  }
}

const WRITTEN = new RegExp(`^${HEAD}([0-9a-f]{${HEX}})\n$`);

async function textAt(handle: FileHandle, from: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, from);
  return buffer.toString('latin1', 0, bytesRead);
}

async function digestOf(file: string, length: number): Promise<string> {
  const hash = createHash('sha256');
  if (length > 0) for await (const part of createReadStream(file, { end: length - 1 })) hash.update(part);
  return hash.digest('hex');
}
