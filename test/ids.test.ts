import { expect, it } from 'vitest';
import { createIds } from '../src/ids.js';

const ids = createIds();
const many = Array.from({ length: 5000 }, () => ids.ownership());

it('names ownerships by ten characters of lower-case base32, none of them twice', () => {
  expect(many.filter((id) => !/^[a-z2-7]{10}$/.test(id))).toEqual([]);
  expect(new Set(many).size).toBe(many.length);
});

it('uses every character at every place', () => {
  for (let place = 0; place < 10; place += 1) expect(new Set(many.map((id) => id[place])).size).toBe(32);
});

it('names notices by UUIDs', () => {
  expect(ids.notice()).toMatch(/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  expect(ids.notice()).not.toBe(ids.notice());
});
