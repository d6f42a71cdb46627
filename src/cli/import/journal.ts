import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** How far an import has come: kept beside the file, so that it can go on after an interruption. It holds nothing of the file. */
export interface Progress {
  /** SHA-256 of the file, in hexadecimal. */
  readonly file: string;
  /** The address of the registry. */
  readonly registry: string;
  /** The last line of which it is known what came of it, and of all before it. */
  readonly line: number;
  readonly done: number;
  readonly unchanged: number;
  readonly refused: number;
  /** That the file was read to its end. */
  readonly isWhole?: boolean;
}

/** @returns undefined where there is none. @throws Error in words, for one that cannot be read. */
export function readJournal(path: string): Progress | undefined {
  const text = attempt(() => readFileSync(path, 'utf8'));
  if (text === undefined) return undefined;
  const written: unknown = attempt(() => JSON.parse(text));
  if (!isProgress(written)) throw new Error(`${path} is no journal of an import; use --restart to begin anew`);
  return written;
}

/** It is whole at any time, whenever this process ends. */
export function writeJournal(path: string, progress: Progress): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, `${JSON.stringify(progress)}\n`, { mode: 0o600 });
  renameSync(fresh, path);
}

export function removeJournal(path: string): void {
  rmSync(path, { force: true });
}

/** What tells a file from one that was changed. */
export async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest('hex');
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function isProgress(value: unknown): value is Progress {
  const written = new Map<string, unknown>(Object.entries(Object(value)));
  const isCount = (name: string) => Number.isSafeInteger(written.get(name)) && Number(written.get(name)) >= 0;
  const isText = (name: string) => typeof written.get(name) === 'string';
  return ['file', 'registry'].every(isText) && ['line', 'done', 'unchanged', 'refused'].every(isCount);
}
