import { randomFillSync, randomUUID } from 'node:crypto';
import type { Ids } from './domain/ports.js';
import type { OwnershipId } from './domain/thing.js';

// RFC 4648's alphabet: no 0, 1, 8 or 9 to be mistaken for letters.
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 10;

/** Names that cannot be guessed: 50 random bits for an ownership (DESIGN section 2). */
export function createIds(): Ids {
  const nextByte = randomBytesInStock();
  return {
    ownership() {
      let id = '';
      while (id.length < LENGTH) id += BASE32.charAt(nextByte() % BASE32.length);
      return id as OwnershipId;
    },
    notice: randomUUID,
  };
}

/** Fetched many at a time, since each fetch costs as much as the rest of a look-up. None is given out twice. */
function randomBytesInStock(): () => number {
  const stock = new Uint8Array(4096);
  let next = stock.length;
  return () => {
    if (next === stock.length) {
      randomFillSync(stock);
      next = 0;
    }
    const byte = stock[next] ?? 0;
    stock[next++] = 0;
    return byte;
  };
}
