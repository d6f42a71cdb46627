import { type BitCoder, Contexts } from './range-coder.js';

/** Bits that a magnitude can have: whole numbers of JavaScript are exact up to 2^53. */
const WIDTH_LEVELS = 6;
const WIDTHS = 1 << WIDTH_LEVELS;
/** After the leading one so many bits of a magnitude are foreseen from those before; what follows is as good as chance. */
const FORESEEN = 3;

/**
 * Whole numbers, of which small ones and such as often come cost least: how many bits a number has is learnt, then its
 * sign and its first bits; each costs about as much as it is surprising.
 */
export class NumberCoder {
  readonly #widths: Contexts;
  readonly #signs = new Contexts(WIDTHS);
  readonly #firstBits = new Contexts(WIDTHS << FORESEEN);

  /** @param situations into how many situations the widths are told apart: the last number may foretell the next. */
  constructor(situations = 1) {
    this.#widths = new Contexts(situations * WIDTHS);
  }

  /** A whole number, -2^53 to 2^53, both excluded. */
  signed(coder: BitCoder, value: number, situation = 0): number {
    const magnitude = this.unsigned(coder, Math.abs(value), situation);
    if (magnitude === 0) return 0;
    const isNegative = coder.bit(this.#signs, Math.min(widthOf(magnitude), WIDTHS - 1), value < 0 ? 1 : 0);
    return isNegative === 1 ? -magnitude : magnitude;
  }

  /** A whole number, 0 to 2^53, the latter excluded. */
  unsigned(coder: BitCoder, value: number, situation = 0): number {
    const width = this.#width(coder, widthOf(value), situation * WIDTHS);
    if (width <= 1) return width;
    let left = width - 1;
    let known = 1; // the leading one, and the bits that are known after it
    for (let n = 0; n < FORESEEN && left > 0; n++) {
      left -= 1;
      const bit = Math.floor(value / (POWERS[left] ?? 1)) & 1;
      known = known * 2 + coder.bit(this.#firstBits, (width << FORESEEN) + known, bit);
    }
    if (left === 0) return known;
    const power = POWERS[left] ?? 1;
    return known * power + coder.raw(left, value % power);
  }

  #width(coder: BitCoder, width: number, offset: number): number {
    let node = 1;
    for (let level = WIDTH_LEVELS - 1; level >= 0; level--) {
      node = node * 2 + coder.bit(this.#widths, offset + node, (width >> level) & 1);
    }
    return node - WIDTHS;
  }
}

/** How many bits a whole number of at least 0 has. */
export function widthOf(value: number): number {
  return value < TWO_32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / TWO_32));
}

const TWO_32 = 2 ** 32;
const POWERS = Float64Array.from({ length: 54 }, (_, exponent) => 2 ** exponent);
