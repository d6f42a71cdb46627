/**
 * By how much a straight line through the values (least squares, the values evenly apart) rises from the first to the
 * last of them; 0 for fewer than two.
 */
export function drift(values: readonly number[]): number {
  const last = values.length - 1;
  if (last < 1) return 0;
  const middle = last / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  let [together, spread] = [0, 0];
  for (const [n, value] of values.entries()) {
    together += (n - middle) * (value - mean);
    spread += (n - middle) ** 2;
  }
  return (together / spread) * last;
}

/** The value below which so large a part (0 to 1) of them is; NaN where there are none. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
}
