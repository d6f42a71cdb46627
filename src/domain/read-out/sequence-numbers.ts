/** Makes the sequence numbers of our questions to devices. */
export interface SequenceNumbers {
  /** A number from 2^30 to 2^31 - 1 that was not given out before. */
  next(): number;
}

const HALF_BITS = 15;
const HALF = 2 ** HALF_BITS;
const COUNT = 2 ** 30;

/**
 * Counts through a random permutation of all 2^30 numbers: none comes twice before all have come (a hundred questions a
 * second last for four months), nothing has to be remembered, and what comes next cannot be seen from what came.
 *
 * @param random a whole number from 0 up to, not including, its argument
 */
export function createSequenceNumbers(random: (below: number) => number): SequenceNumbers {
  const keys = Array.from({ length: ROUNDS }, () => random(2 ** 31));
  let count = random(COUNT);
  return {
    next() {
      count = (count + 1) % COUNT;
      return COUNT + permute(count, keys);
    },
  };
}

const ROUNDS = 6;

// A Feistel network: whatever the mixing function, each round can be undone, so no two numbers become one.
function permute(number: number, keys: readonly number[]): number {
  let left = Math.floor(number / HALF);
  let right = number % HALF;
  for (const key of keys) [left, right] = [right, left ^ mix(right, key)];
  return left * HALF + right;
}

function mix(half: number, key: number): number {
  const product = Math.imul(half ^ key, 0x9e3779b1);
  return Math.imul(product ^ (product >>> 15), 0x85ebca6b) >>> (32 - HALF_BITS);
}
