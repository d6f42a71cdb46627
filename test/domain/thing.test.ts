import { expect, it } from 'vitest';
import { bareOf, domainOf, reachable } from '../../src/domain/jid.js';
import { isClaimed, nameOf, sameAddress, standsAlone } from '../../src/domain/thing.js';
import { at, bare, full } from './world.js';

const address = { jid: bare('rack@example.org'), nodeId: 'n', sourceId: 's', cacheType: 'c' };
const PARTS = ['nodeId', 'sourceId', 'cacheType'] as const;

it('a Thing stands alone where it has neither nodeId nor sourceId nor cacheType', () => {
  expect(standsAlone(at('rack@example.org'))).toBe(true);
  for (const part of PARTS) expect(standsAlone({ ...at('rack@example.org'), [part]: 'x' })).toBe(false);
});

it('addresses are the same in all four parts', () => {
  expect(sameAddress(address, { ...address })).toBe(true);
  for (const part of ['jid', ...PARTS]) expect(sameAddress(address, { ...address, [part]: bare('x') })).toBe(false);
});

it('are named in one line', () => {
  expect(nameOf(address)).toBe('rack@example.org n s c');
  expect(nameOf(at('rack@example.org'))).toBe('rack@example.org');
});

it('what is not there is not claimed', () => {
  expect(isClaimed(undefined)).toBe(false);
  expect(isClaimed({ address, tags: [] })).toBe(false);
});

it.each([
  ['a@b.example/c', 'a@b.example', 'b.example', true],
  ['a@b.example/c@d/e', 'a@b.example', 'b.example', true],
  ['a@b.example', 'a@b.example', 'b.example', false],
  ['b.example', 'b.example', 'b.example', true],
  ['b.example/a@c', 'b.example', 'b.example', true],
] as const)('%s is of the account %s at %s, and reachable: %s', (text, account, domain, isReachable) => {
  const jid = full(text);
  expect([bareOf(jid), domainOf(jid)]).toEqual([account, domain]);
  expect(reachable(jid)).toBe(isReachable ? jid : undefined);
});
