import { NumberCoder } from './number-coder.js';
import type { BitCoder } from './range-coder.js';

/** What is told of the times of a chunk before the first: how they follow each other. */
export interface Rhythm {
  /** The usual time from one reading to the next, in units. At least 1. */
  readonly period: number;
  /** All times are a multiple of so many ms after the first. */
  readonly unit: number;
  /** Whether a time that is early or late makes those after it so: else they keep to the grid. */
  readonly drifts: boolean;
}

/** By how much a grid follows what is early or late on it: clocks differ by a little. */
const FOLLOWS = 1 / 16;
/** Longer gaps say nothing precise about the period. */
const FEW_PERIODS = 8;

/**
 * The times of a series, each by how far it is from where it was expected: exact periods cost next to nothing, jitter costs
 * what is random in it, and a gap the number of periods that it has.
 */
export class TimeCoder {
  readonly #rhythm: Rhythm;
  readonly #first: number;
  readonly #gaps = new NumberCoder();
  readonly #deviations = new NumberCoder();
  /** The last place on the grid, in units after the first time. */
  #place = 0;

  constructor(first: number, rhythm: Rhythm) {
    this.#first = first;
    this.#rhythm = rhythm;
  }

  /** A time after the one before, in ms since 1970; not for the first. */
  next(coder: BitCoder, ms: number): number {
    const { period, unit } = this.#rhythm;
    const time = (ms - this.#first) / unit;
    const periods = Math.max(1, Math.round((time - this.#place) / period));
    this.#place += (1 + this.#gaps.unsigned(coder, periods - 1)) * period;
    const expected = Math.round(this.#place);
    const deviation = this.#deviations.signed(coder, time - expected);
    this.#place += deviation * followsBy(this.#rhythm);
    return this.#first + (expected + deviation) * unit;
  }
}

function followsBy({ drifts }: Rhythm): number {
  return drifts ? 1 : FOLLOWS;
}

/** @param times in order, each once, in ms since 1970; at least one. */
export function rhythmOf(times: readonly number[]): Rhythm {
  const steps = times.slice(1).map((ms, index) => ms - (times[index] ?? 0));
  if (steps.length === 0) return { period: 1, unit: 1, drifts: true };
  const unit = steps.reduce(greatestCommonDivisor);
  const period = Math.max(1, Math.round(usual(steps) / unit));
  const grid = { period, unit, drifts: false };
  const walk = { period, unit, drifts: true };
  const few = times.slice(0, LOOKED_AT);
  return costOf(few, walk) < costOf(few, grid) ? walk : grid;
}

/** So many times tell whether they drift. */
const LOOKED_AT = 256;

/** The mean step, those counted as several that are about as long as several. */
function usual(steps: readonly number[]): number {
  const sorted = Float64Array.from(steps.slice(0, LOOKED_AT)).sort();
  const median = sorted[sorted.length >> 1] ?? 1;
  let [time, periods] = [0, 0];
  for (const step of steps) {
    const count = Math.round(step / median);
    if (count < 1 || count > FEW_PERIODS) continue;
    time += step;
    periods += count;
  }
  return periods === 0 ? median : time / periods;
}

/** About how many bits the deviations would have. */
function costOf(times: readonly number[], rhythm: Rhythm): number {
  const { period, unit } = rhythm;
  const follows = followsBy(rhythm);
  const [first = 0] = times;
  let [place, bits] = [0, 0];
  for (const ms of times.slice(1)) {
    const time = (ms - first) / unit;
    place += Math.max(1, Math.round((time - place) / period)) * period;
    const deviation = time - Math.round(place);
    place += deviation * follows;
    bits += Math.log2(1 + Math.abs(deviation));
  }
  return bits;
}

function greatestCommonDivisor(a: number, b: number): number {
  let [greater, less] = [a, b];
  while (less > 0) [greater, less] = [less, greater % less];
  return greater;
}
