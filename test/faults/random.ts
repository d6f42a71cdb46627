/** Numbers that are the same for the same seed. */
export interface Random {
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  /** @throws where there is nothing to pick from. */
  pick<T>(from: readonly T[]): T;
  /** As many of them, each once, in an order of chance. */
  some<T>(from: readonly T[], count: number): T[];
}

/** mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  function next(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }
  const random: Random = {
    below: (limit) => next() % limit,
    between: (least, most) => least + (next() % (most - least + 1)),
    chance: (probability) => next() / 2 ** 32 < probability,
    pick(from) {
      const picked = from[next() % Math.max(1, from.length)];
      if (picked === undefined) throw new Error('there is nothing to pick from');
      return picked;
    },
    some(from, count) {
      const left = [...from];
      const taken = Array.from({ length: Math.min(count, left.length) }, () => left.splice(next() % left.length, 1));
      return taken.flat();
    },
  };
  return random;
}
