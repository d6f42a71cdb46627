import { describe, expect, it } from 'vitest';
import { drift, quantile } from '../../bench/soak/drift.js';

describe('a drift', () => {
  it('is how much a line through the values rises', () => {
    expect(drift([3, 3, 3])).toBe(0);
    expect(drift([1, 2, 3, 4])).toBeCloseTo(3);
    expect(drift([4, 3, 2])).toBeCloseTo(-2);
  });

  it('is little where values go up and down, and nothing where there are none', () => {
    expect(drift([10, 20, 10, 20, 10])).toBeCloseTo(0);
    expect([drift([]), drift([7])]).toEqual([0, 0]);
  });
});

describe('a quantile', () => {
  it('is a value of those that there are', () => {
    expect(quantile([5, 1, 3, 2, 4], 0.5)).toBe(3);
    expect(quantile([5, 1], 0.99)).toBe(5);
  });

  it('of nothing is no number', () => expect(quantile([], 0.5)).toBeNaN());
});
