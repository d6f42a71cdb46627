import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';

/** What a device has to remember over restarts. */
export interface Memory {
  /** The secret that its first owner is to learn (XEP-0347 section 6.5). */
  readonly key: string;
  /** The bare JID of its owner. */
  readonly owner?: string;
  readonly isPublic?: boolean;
  /** Its owner took it out of the registry: it stays out. */
  readonly removed?: boolean;
}

/** Where a device keeps its memory. */
export interface StateStore {
  /** @returns undefined at the first start. @throws if it is there and cannot be read. */
  load(): Memory | undefined;
  /** Resolves to nothing: when it returns, the memory is kept. */
  save(memory: Memory): void;
}

/** Keeps the memory in a JSON file that only its owner can read: KEY is in it. */
export function fileState(file: string): StateStore {
  return {
    load() {
      const text = readIfThere(file);
      if (text === undefined) return undefined;
      if ((statSync(file).mode & 0o077) !== 0) {
        throw new Error(`others may read ${file}, and the Thing's KEY is in it: chmod it to 600`);
      }
      const memory = readMemory(text);
      if (memory === undefined) throw new Error(`${file} is no state of a device; remove it to begin anew`);
      return memory;
    },
    save(memory) {
      const fresh = `${file}.new`;
      writeFileSync(fresh, `${JSON.stringify(memory, null, 2)}\n`, { mode: 0o600, flush: true });
      renameSync(fresh, file);
    },
  };
}

/** Forgets at the end of the process: for tests, and for devices whose KEY is printed on them. */
export function memoryState(memory?: Memory): StateStore {
  let kept = memory;
  return {
    load: () => kept,
    save(fresh) {
      kept = fresh;
    },
  };
}

// RFC 4648's alphabet: nothing in it can be mistaken for something else when it is typed from a label.
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const KEY_LENGTH = 24;

/** A KEY that nobody guesses: 120 random bits. */
export function randomKey(): string {
  return Array.from(randomBytes(KEY_LENGTH), (byte) => BASE32.charAt(byte % BASE32.length)).join('');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function readMemory(text: string): Memory | undefined {
  const { key, owner, isPublic, removed } = parseObject(text);
  if (typeof key !== 'string' || key === '') return undefined;
  return {
    key,
    ...(typeof owner === 'string' && { owner }),
    ...(typeof isPublic === 'boolean' && { isPublic }),
    ...(removed === true && { removed }),
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
