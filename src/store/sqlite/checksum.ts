import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

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

/** Whether a file is what it was when its checksum was added to it; `none` where there is none. */
export async function checksumOf(file: string): Promise<'right' | 'wrong' | 'none'> {
  const handle = await open(file, 'r');
  try {
    const length = (await handle.stat()).size - BYTES;
    if (length < 0) return 'none';
    const { buffer } = await handle.read(Buffer.alloc(BYTES), 0, BYTES, length);
    const [, written] = new RegExp(`^${HEAD}([0-9a-f]{${HEX}})\n$`).exec(buffer.toString('latin1')) ?? [];
    if (written === undefined) return 'none';
    return written === (await digestOf(file, length)) ? 'right' : 'wrong';
  } finally {
    await handle.close();
  }
}

async function digestOf(file: string, length: number): Promise<string> {
  const hash = createHash('sha256');
  if (length > 0) for await (const part of createReadStream(file, { end: length - 1 })) hash.update(part);
  return hash.digest('hex');
}
