import { NumberCoder } from './number-coder.js';
import { type BitCoder, Contexts } from './range-coder.js';

/** How many things are remembered. */
const REMEMBERED = 256;

/** Writes, or reads, one that was not met before. */
export type CodeNew<T> = (coder: BitCoder, value: T) => T;

/** Things of which a few come again and again: the last one costs next to nothing, one met before its place in a list. */
export class RecentCoder<T> {
  readonly #codeNew: CodeNew<T>;
  /** Whether it is another one than the last, and then whether it is new; each after one that was so, or not. */
  readonly #changes = new Contexts(2);
  readonly #news = new Contexts(1);
  readonly #ranks = new NumberCoder();
  /** The last one first. */
  readonly #recent: T[] = [];
  #hadChanged = 0;

  constructor(codeNew: CodeNew<T>, first: T) {
    this.#codeNew = codeNew;
    this.#recent.push(first);
  }

  next(coder: BitCoder, value: T): T {
    const known = this.#recent.indexOf(value);
    this.#hadChanged = coder.bit(this.#changes, this.#hadChanged, known === 0 ? 0 : 1);
    if (this.#hadChanged === 0) return this.#recent[0] as T;
    const isNew = coder.bit(this.#news, 0, known < 0 ? 1 : 0) === 1;
    if (isNew) return this.#remember(this.#codeNew(coder, value));
    const rank = 1 + this.#ranks.unsigned(coder, known - 1);
    const [met] = this.#recent.splice(rank, 1);
    return this.#remember(met as T);
  }

  #remember(value: T): T {
    this.#recent.unshift(value);
    if (this.#recent.length > REMEMBERED) this.#recent.pop();
    return value;
  }
}
