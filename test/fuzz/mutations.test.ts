import { expect, it } from 'vitest';
import { DOMAIN, SENDERS } from './cast.js';
import { openInside } from './inside.js';
import { KINDS, mutate, someMutations } from './mutations.js';
import { createOracle } from './oracle.js';

// Of each character of each example there are 14 mutations, 4.2 million in all: here are some, `npm run fuzz` does more.

const STANZAS = 40_000;
const BATCH = 250;

it('mutates each character', () => {
  const all = Array.from({ length: KINDS }, (_, kind) => mutate('abc', 1, kind));
  expect(all.slice(0, 4)).toEqual(['ac', 'abbc', 'a<c', 'a>c']);
  expect(new Set(all).size).toBe(KINDS);
});

it('answers or ignores an example of which a character was changed, as RFC 6120 says', {
  timeout: 120_000,
}, async () => {
  const inside = openInside();
  const oracle = createOracle([...SENDERS, DOMAIN]);
  const all = someMutations(1, STANZAS);
  let ended = 0;
  for (let at = 0; at < all.length; at += BATCH) ended += await inside.take(all.slice(at, at + BATCH), oracle);
  expect([...oracle.faults, ...oracle.unanswered()].slice(0, 5)).toEqual([]);
  expect(inside.failures).toEqual([]);
  expect(ended).toBeGreaterThan(0);
  await inside.close();
});
