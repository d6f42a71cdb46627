import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createValidator } from '../schemas/validator.js';
import { playRound } from './round.js';
import { valid } from './stanzas.js';
import { write } from './xml-tree.js';

// The whole component, told what is valid, nearly valid and hostile. `npm run fuzz` does the same for as long as one likes.

const SEEDS = [1, 2, 3];
const STANZAS = 2000;

describe('what is grown from the schemas', () => {
  it('is valid by them, but for what they say of names that are given once', () => {
    const { faultOf } = createValidator();
    const faults = fc.sample(valid, { seed: 1, numRuns: 500 }).map((one) => faultOf(write(one)));
    expect(faults.filter((fault) => fault !== undefined && !fault.includes('unique identity-constraint'))).toEqual([]);
  });
});

describe('a component that is told all kinds of stanzas', () => {
  it.each(SEEDS)('answers each as RFC 6120 says, and goes on (seed %i)', { timeout: 120_000 }, async (seed) => {
    const { faults, counts } = await playRound(seed, STANZAS);
    expect(faults.slice(0, 5)).toEqual([]);
    expect(counts.results).toBeGreaterThan(0);
  });
});
