import { randomBytes, randomUUID } from 'node:crypto';
import type { Ids } from './domain/ports.js';
import type { OwnershipId } from './domain/thing.js';

// RFC 4648's alphabet: no 0, 1, 8 or 9 to be mistaken for letters.
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 10;

/** Names that cannot be guessed: 50 random bits for an ownership (DESIGN section 2). */
export function createIds(): Ids {
  return {
    ownership: () =>
      Array.from(randomBytes(LENGTH), (byte) => BASE32.charAt(byte % BASE32.length)).join('') as OwnershipId,
    notice: randomUUID,
  };
}
