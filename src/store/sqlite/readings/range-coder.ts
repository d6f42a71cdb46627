/**
 * What numbers are written to, or read from, bit by bit: adaptive binary arithmetic coding, as in LZMA. Both directions have
 * one face, so that a format is described once: an encoder writes the value that it is given and returns it, a decoder
 * takes no notice of that and returns what it read.
 */
export interface BitCoder {
  /** A bit whose probability is learnt in a context: one that could be foreseen costs next to nothing. */
  bit(contexts: Contexts, index: number, bit: number): number;
  /** A whole number below 2^`width` of which nothing can be foreseen. `width` is at most 52. */
  raw(width: number, value: number): number;
}

/** How likely a 0 is in each of several situations, by what was met in them so far. */
export class Contexts {
  /** In 1/65536. */
  readonly zero: Uint16Array;
  readonly #seen: Uint8Array;

  constructor(size: number) {
    this.zero = new Uint16Array(size).fill(ONE / 2);
    this.#seen = new Uint8Array(size);
  }

  /** Learns fast from the first bits, and more slowly from each that follows, as far as what is long ago should count. */
  learn(index: number, bit: number): void {
    const seen = this.#seen[index] ?? 0;
    const before = this.zero[index] ?? 0;
    const target = bit === 0 ? ONE - SURE : SURE;
    this.zero[index] = before + (((target - before) * (RATES[seen] ?? 0)) >> 15);
    if (seen < RATES.length - 1) this.#seen[index] = seen + 1;
  }
}

const ONE = 65536;
/** Nothing is ever quite sure: a bit that was not foreseen has to be possible, in 1/4096 too. */
const SURE = 24;
/** By how much, in 1/32768, what is believed moves towards the bit that was met, after so many. */
const RATES = Int32Array.from({ length: 160 }, (_, seen) => Math.round(32768 / (seen + 1.6)));

const TOP = 2 ** 32;
/** Below it the range is too small to be divided well, and a byte goes out. */
const BOTTOM = 2 ** 24;
const BYTE = 256;
/** What is divided at once of a number that cannot be foreseen. */
const RAW_BITS = 16;

/** The part of a range that a 0 has. */
function boundOf(range: number, zero: number): number {
  return Math.imul(range >>> 12, zero >> 4) >>> 0;
}

export class RangeEncoder implements BitCoder {
  #low = 0;
  #range = TOP - 1;
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;
  /** The last byte that went out, and how many 0xFF after it: a carry can still change them. The first is none. */
  #cache = 0;
  #pending = 0;
  #isFirst = true;

  /** How many bytes there will be, but for the few that `end` adds. */
  get length(): number {
    return this.#length + this.#pending;
  }

  bit(contexts: Contexts, index: number, bit: number): number {
    const bound = boundOf(this.#range, contexts.zero[index] ?? 0);
    if (bit === 0) {
      this.#range = bound;
    } else {
      this.#low += bound;
      this.#range = (this.#range - bound) >>> 0;
    }
    while (this.#range < BOTTOM) this.#shift();
    contexts.learn(index, bit);
    return bit;
  }

  raw(width: number, value: number): number {
    for (let left = width; left > 0; ) {
      const taken = Math.min(left, RAW_BITS);
      left -= taken;
      const part = (left === 0 ? value : Math.floor(value / 2 ** left)) % (1 << taken);
      this.#range = this.#range >>> taken;
      this.#low += part * this.#range;
      while (this.#range < BOTTOM) this.#shift();
    }
    return value;
  }

  /** All that was written. Zeros at the end are left out: the decoder reads zeros there. */
  end(): Buffer {
    // Of the numbers in the range, the one with the most zeros at its end.
    this.#low = Math.floor((this.#low + this.#range - 1) / BOTTOM) * BOTTOM;
    for (let byte = 0; byte < 5; byte++) this.#shift();
    let { length } = this;
    while (length > 0 && this.#bytes[length - 1] === 0) length -= 1;
    return this.#bytes.subarray(0, length);
  }

  #shift(): void {
    if (this.#low < 0xff000000 || this.#low >= TOP) {
      const carry = this.#low >= TOP ? 1 : 0;
      if (!this.#isFirst) this.#put(this.#cache + carry);
      this.#isFirst = false;
      for (; this.#pending > 0; this.#pending--) this.#put(0xff + carry);
      this.#cache = Math.floor(this.#low / BOTTOM) & 0xff;
    } else {
      this.#pending += 1;
    }
    this.#low = (this.#low % BOTTOM) * BYTE;
    this.#range = (this.#range << 8) >>> 0;
  }

  #put(byte: number): void {
    if (this.#length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes, this.#bytes]);
    this.#bytes[this.#length++] = byte & 0xff;
  }
}

export class RangeDecoder implements BitCoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  #range = TOP - 1;
  /** How far what was read lies above the lower end of the range. */
  #above = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    for (let byte = 0; byte < 4; byte++) this.#above = this.#above * BYTE + this.#next();
  }

  bit(contexts: Contexts, index: number): number {
    const bound = boundOf(this.#range, contexts.zero[index] ?? 0);
    const bit = this.#above < bound ? 0 : 1;
    if (bit === 0) {
      this.#range = bound;
    } else {
      this.#above = (this.#above - bound) >>> 0;
      this.#range = (this.#range - bound) >>> 0;
    }
    while (this.#range < BOTTOM) this.#shift();
    contexts.learn(index, bit);
    return bit;
  }

  raw(width: number): number {
    let value = 0;
    for (let left = width; left > 0; ) {
      const taken = Math.min(left, RAW_BITS);
      left -= taken;
      this.#range = this.#range >>> taken;
      const part = Math.floor(this.#above / this.#range);
      this.#above -= part * this.#range;
      value = value === 0 ? part : value * 2 ** taken + part;
      while (this.#range < BOTTOM) this.#shift();
    }
    return value;
  }

  #shift(): void {
    this.#above = ((this.#above << 8) | this.#next()) >>> 0;
    this.#range = (this.#range << 8) >>> 0;
  }

  #next(): number {
    return this.#bytes[this.#at++] ?? 0;
  }
}
