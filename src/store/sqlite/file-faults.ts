/** What to tell the operator, by the code of the error or how that begins. */
const OF_THE_PLACE: Readonly<Record<string, string>> = {
  ENOENT: 'its directory does not exist. Create it, or name another.',
  ENOTDIR: 'what should be its directory is none. Name another.',
  EACCES: 'this user may not write there. Give it the right to, or name another place.',
  EROFS: 'its file system is read-only. Name another place.',
  ENOSPC: 'the disk is full. Free some space, or name another place.',
  EFBIG: 'the file would be larger than the system allows. Raise the limit, or name another place.',
  SQLITE_FULL: 'the disk is full. Free some space, or name another place.',
  SQLITE_IOERR: 'the disk refuses it. See whether it is full or broken, or name another place.',
};

/** Why a copy could not be written, where that is for the place alone; undefined where it is for what was copied. */
export function faultOfPlace(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return Object.entries(OF_THE_PLACE).find(([known]) => code === known || code.startsWith(`${known}_`))?.[1];
}

/** Whether SQLite found the database itself damaged. */
export function isDamage(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB';
}
