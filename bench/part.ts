/** One part of `npm run bench`: what it measures, each as a figure. */
export interface Part {
  readonly name: string;
  readonly title: string;
  run(context: Context): Promise<readonly Figure[]>;
}

export interface Context {
  /** Whether it is to take seconds, for CI: what it then says is coarse. */
  readonly quick: boolean;
  /** A folder of its own, which is removed afterwards. */
  readonly folder: string;
  say(text: string): void;
}

export interface Figure {
  /** `part.what`; never changed, so that runs can be compared. */
  readonly id: string;
  readonly title: string;
  readonly unit: string;
  readonly value: number;
  /** What the value is the median of. */
  readonly rounds?: readonly number[];
  readonly target?: Target;
  /** Beyond it the quick form fails: what noise cannot reach. */
  readonly floor?: Target;
  readonly note?: string;
}
export interface Target {
  readonly atLeast?: number;
  readonly atMost?: number;
}

export function isMet(
  value: number,
  { atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY }: Target,
): boolean {
  return value >= atLeast && value <= atMost;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
