import { expect, it } from 'vitest';
import { ACKNOWLEDGE_MS } from '../../src/domain/disownment.js';
import { beginOwnership } from '../../src/domain/ownership.js';
import type { OwnershipId } from '../../src/domain/thing.js';
import { bare } from './world.js';

const id = (text: string) => text as OwnershipId;
const [anna, bert] = [bare('anna@example.org'), bare('bert@example.org')];
const begin = (...former: { id: OwnershipId; owner: typeof anna; ended: number }[]) =>
  beginOwnership(former, { owner: anna, isPublic: true, selfOwned: false }, { now: 9, freshId: id('fresh') });

it('of one who never had the Thing has a new id, whoever had it before', () => {
  const fresh = { id: 'fresh', owner: anna, isPublic: true, selfOwned: false, since: 9, sharedWith: [] };
  expect(begin()).toEqual(fresh);
  expect(begin({ id: id('of-bert'), owner: bert, ended: 8 })).toEqual(fresh);
});

it('of one who had it has the old id again, of several the last', () => {
  const [older, newer, others] = [
    { id: id('older'), owner: anna, ended: 3 },
    { id: id('newer'), owner: anna, ended: 4 },
    { id: id('others'), owner: bert, ended: 5 },
  ];
  for (const former of [
    [older, newer, others],
    [others, newer, older],
    [newer, older],
  ]) {
    expect(begin(...former).id).toBe('newer');
  }
});

it('waits for a Thing to agree to its end for four seconds', () => {
  expect(ACKNOWLEDGE_MS).toBe(4000);
});
