import { readFileSync, statSync } from 'node:fs';

/** Reads a file that holds a secret. @throws Error, in words and without its text, if others may read it, or nobody. */
export function readSecretFile(file: string): string {
  const { mode } = statSync(file);
  if ((mode & 0o077) !== 0) throw new Error(`others may read ${file}: chmod it to 600`);
  const text = readFileSync(file, 'utf8').trim();
  if (text === '') throw new Error(`${file} is empty; a secret should be in it`);
  return text;
}
