import { describe, expect, it } from 'vitest';
import { createAccess, type Right } from '../../src/domain/access.js';
import { domainOf } from '../../src/domain/jid.js';
import type { Audience, ClaimedThing, Offer, OwnershipId } from '../../src/domain/thing.js';
import { at, bare } from './world.js';

const access = createAccess([bare('admin@example.org')], ['example.org', 'other.example']);

function thing(
  sharedWith: readonly Audience[],
  {
    owner = 'owner@example.org',
    ...more
  }: { owner?: string; isPublic?: boolean; selfOwned?: boolean; offer?: Offer } = {},
): ClaimedThing {
  const ownership = {
    id: 'aaaaaaaaaa' as OwnershipId,
    owner: bare(owner),
    isPublic: false,
    selfOwned: false,
    since: 0,
    sharedWith,
    ...more,
  };
  return { address: at('thing@example.org'), tags: [], ownership };
}

/** That of a Thing to Bert. */
const offer: Offer = { to: bare('bert@example.org'), withHistory: true, until: 1 };

function rights(who: string, what: ClaimedThing): string {
  const jid = bare(who);
  const all: Right[] = ['see', 'read', 'manage', 'accept', 'administer'];
  return all.filter((right) => access.may({ jid, domain: domainOf(jid) }, right, what)).join(' ');
}

describe('access', () => {
  it.each<[string, ClaimedThing, string]>([
    ['owner@example.org', thing([]), 'see read manage'],
    ['admin@example.org', thing([]), 'see read administer'],
    ['admin@example.org', thing([], { owner: 'admin@example.org' }), 'see read manage administer'],
    ['admin@other.example', thing(['*']), 'see read'],
    ['thing@example.org', thing([]), ''],
    ['bert@example.org', thing([]), ''],
    ['owner@other.example', thing([]), ''],
    ['bert@example.org', thing([bare('anna@example.org'), bare('bert@example.org')]), 'see read'],
    ['bert@other.example', thing([bare('bert@example.org')]), ''],
    ['bert@example.org', thing(['@example.org']), 'see read'],
    ['bert@a.example.org', thing(['@example.org']), ''],
    ['bert@org', thing(['@example.org']), ''],
    ['example.org', thing(['@example.org']), 'see read'],
    ['bert@other.example', thing(['*']), 'see read'],
    ['bert@far.example', thing([bare('bert@far.example')]), 'see read'],
    ['bert@example.org', thing([], { offer }), 'see accept'],
    ['bert@example.org', thing(['*'], { offer }), 'see read accept'],
    ['bert@other.example', thing([], { offer }), ''],
    ['anna@example.org', thing([], { offer }), ''],
    ['owner@example.org', thing([], { offer }), 'see read manage'],
    ['admin@example.org', thing([], { offer }), 'see read administer'],
    ['bert@example.org', thing([], { offer, owner: 'bert@example.org' }), 'see read manage accept'],
    ['bert@other.example', thing([], { isPublic: true }), 'see'],
    ['bert@far.example', thing([], { isPublic: true }), ''],
    ['owner@example.org', thing([], { isPublic: true }), 'see read manage'],
    ['bert@other.example', thing([], { isPublic: true, selfOwned: true }), 'see read'],
    ['bert@far.example', thing([], { isPublic: true, selfOwned: true }), ''],
  ])('gives %s of %j: %s', (who, what, expected) => expect(rights(who, what)).toBe(expected));

  it('is for the domains that are allowed, exactly', () => {
    const user = (domain: string) => ({ jid: bare('bert@example.org'), domain });
    const allowed = ['example.org', 'other.example', 'a.example.org', 'org', '*', ''].filter((one) =>
      access.mayUse(user(one)),
    );
    expect(allowed).toEqual(['example.org', 'other.example']);
    expect(createAccess([], ['*']).mayUse(user('far.example'))).toBe(true);
    expect(createAccess([], []).mayUse(user('example.org'))).toBe(false);
    expect(createAccess([bare('bert@example.org')], []).mayUse(user('example.org'))).toBe(true);
  });

  it('knows administrators by their bare JID', () => {
    expect(
      ['admin@example.org', 'admin@other.example', 'example.org'].map((one) => access.isAdministrator(bare(one))),
    ).toEqual([true, false, false]);
  });
});
