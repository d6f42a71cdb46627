import { createHmac, randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { type ClaimDigest, UnusableData } from '../domain/ports.js';

const PEPPER_BYTES = 32;

/** Why there is no pepper, in words for the operator; never with any of its bytes. */
export class PepperFault extends UnusableData {
  override readonly name = 'PepperFault';
}

/**
 * Digests what claims are looked up by (DESIGN section 3, "Claims"): HMAC-SHA-256, base64url, under a pepper that is
 * in no database and no backup of one. Losing it costs each unclaimed Thing a new registration.
 *
 * @param source `value`: the pepper in hex or base64, where components share a store. Otherwise `file`, which is
 *   created with a random one where it is not there.
 * @throws PepperFault for a pepper of another length, and for a file that others may read.
 */
export function openPepper(source: { readonly file?: string; readonly value?: string }): ClaimDigest {
  const pepper = pepperOf(source);
  return { of: async (canonicalTags) => createHmac('sha256', pepper).update(canonicalTags).digest('base64url') };
}

/**
 * Whether there is a pepper that can be used; none is made.
 *
 * @throws PepperFault as {@link openPepper} does.
 */
export function hasPepper({ file, value }: { readonly file?: string; readonly value?: string }): boolean {
  if (value === undefined && file !== undefined && !existsSync(file)) return false;
  pepperOf({ ...(file !== undefined && { file }), ...(value !== undefined && { value }) });
  return true;
}

/**
 * Copies the pepper into a file of its own, of mode 0600. One that is there has to hold the same pepper.
 *
 * @throws PepperFault where there is none, or it cannot be written; never with any of its bytes.
 */
export function copyPepper(file: string, target: string): void {
  if (!existsSync(file)) throw new PepperFault(`There is no pepper file ${file}. thingstead serve makes one.`);
  const pepper = read(file);
  try {
    const descriptor = openSync(target, 'wx', 0o600);
    try {
      writeSync(descriptor, pepper);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    syncDirectory(dirname(target));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') {
      throw new PepperFault(`The pepper cannot be copied to ${target}: ${wordsOf(error)}.`, { cause: error });
    }
    if (!isPepper(target, pepper))
      throw new PepperFault(`There is a file ${target} with something else in it. Name another.`);
  }
}

function isPepper(file: string, pepper: Buffer): boolean {
  const { size } = statSync(file);
  return size === PEPPER_BYTES && read(file).equals(pepper);
}

function pepperOf({ file, value }: { readonly file?: string; readonly value?: string }): Buffer {
  if (value !== undefined) return decode(value.trim());
  if (file === undefined) throw new PepperFault('There is no pepper: name a file for it, or give it as a setting.');
  try {
    return read(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw explained(file, error);
  }
  try {
    create(file);
    return read(file);
  } catch (error) {
    throw explained(file, error);
  }
}

function decode(value: string): Buffer {
  if (/^[0-9a-f]{64}$/i.test(value)) return Buffer.from(value, 'hex');
  // 32 bytes are 43 characters of base64, and a padding that may be left out; both alphabets are common.
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(value)) return Buffer.from(value, 'base64');
  throw new PepperFault(
    `The pepper is to be ${PEPPER_BYTES} bytes in hex (64 characters) or base64 (44); this has ${value.length} characters. ` +
      'Make one with: openssl rand -hex 32',
  );
}

function read(file: string): Buffer {
  const descriptor = openSync(file, 'r');
  try {
    const { mode } = fstatSync(descriptor);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new PepperFault(
        `The pepper file ${file} may be read or written by others (mode ${(mode & 0o777).toString(8)}). ` +
          `Run: chmod 600 ${file}`,
      );
    }
    const pepper = readFileSync(descriptor);
    if (pepper.length === PEPPER_BYTES) return pepper;
    throw new PepperFault(
      `The pepper file ${file} has ${pepper.length} bytes instead of ${PEPPER_BYTES}. Restore it, or remove it to have a ` +
        'new one made: Things that nobody has claimed then have to register again.',
    );
  } finally {
    closeSync(descriptor);
  }
}

// Written whole under a name of its own and then linked, which fails if another process was faster: nobody ever sees
// half a pepper, and two that start together get one.
function create(file: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const descriptor = openSync(draft, 'wx', 0o600);
    try {
      writeSync(descriptor, randomBytes(PEPPER_BYTES));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    linkSync(draft, file);
    syncDirectory(dirname(file));
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

// Else a power cut could leave digests in the database and no pepper beside it.
function syncDirectory(directory: string): void {
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function explained(file: string, error: unknown): Error {
  if (error instanceof PepperFault) return error;
  return new PepperFault(
    `The pepper file ${file} cannot be used: ${wordsOf(error)}. Give this user the right to, or name another.`,
    {
      cause: error,
    },
  );
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
