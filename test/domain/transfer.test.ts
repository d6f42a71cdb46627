import { describe, expect, it } from 'vitest';
import { createAccess, type Right } from '../../src/domain/access.js';
import { domainOf } from '../../src/domain/jid.js';
import type { ClaimedThing, Offer, OwnershipId } from '../../src/domain/thing.js';
import { decideDecline, decideExpiry, decideOffer, decideWithdrawal, OFFER_MS } from '../../src/domain/transfer.js';
import { at, bare, full } from './world.js';

const OWNER = full('owner@example.org/phone');
const [ANNA, BERT] = [bare('anna@example.org'), bare('bert@example.org')];
const id = 'aaaaaaaaaa' as OwnershipId;

function thing(offer?: Offer): ClaimedThing {
  const ownership = {
    id,
    owner: bare('owner@example.org'),
    isPublic: true,
    selfOwned: false,
    since: 1,
    sharedWith: [ANNA],
  };
  return { address: at('t@example.org'), tags: [], ownership: { ...ownership, ...(offer && { offer }) } };
}
const stored = (offer?: Offer) => ({ thing: thing(offer), former: [] });
const offer = (to = ANNA, until = 1000): Offer => ({ to, withHistory: false, until });
const NOTHING = { writes: [] };

describe('an offer', () => {
  it('is open for seven days and changes nothing else', () => {
    expect(OFFER_MS).toBe(7 * 24 * 3600 * 1000);
    const offering = { ownership: id, from: OWNER, to: BERT, withHistory: true };
    const made = { to: BERT, withHistory: true, until: 5 + OFFER_MS };
    expect(decideOffer(stored(offer()), offering, 5)).toEqual({
      outcome: { outcome: 'offered', offer: made },
      writes: [
        { write: 'thing', thing: thing(made), at: 5 },
        { write: 'audit', entry: expect.objectContaining({ actor: OWNER, action: 'transfer', ownership: id }) },
      ],
    });
  });

  it('is of the ownership that was meant, by its owner', () => {
    const offering = { ownership: id, from: OWNER, to: BERT, withHistory: true };
    for (const wrong of [
      { ...offering, ownership: 'bbbbbbbbbb' as OwnershipId },
      { ...offering, from: full('anna@example.org/x') },
    ]) {
      expect(decideOffer(stored(offer()), wrong, 5)).toEqual({ outcome: { outcome: 'not-found' }, ...NOTHING });
      expect(decideWithdrawal(stored(offer()), wrong, 5)).toEqual({ outcome: 'not-found', ...NOTHING });
    }
    expect(decideOffer({ thing: undefined, former: [] }, offering, 5)).toMatchObject(NOTHING);
    expect(decideWithdrawal(stored(), offering, 5)).toEqual({ outcome: 'none', ...NOTHING });
  });

  it('is declined by whom it was made to, also when it is void', () => {
    const from = full('anna@example.org/x');
    for (const now of [0, 5000]) {
      expect(decideDecline(stored(offer()), { ownership: id, from }, now)).toMatchObject({
        outcome: 'declined',
        writes: [{ thing: thing() }, { entry: { actor: from, outcome: 'declined by anna@example.org' } }],
      });
    }
    for (const no of [stored(), stored(offer(BERT)), { thing: undefined, former: [] }]) {
      expect(decideDecline(no, { ownership: id, from }, 5)).toEqual({ outcome: 'no-offer', ...NOTHING });
    }
  });

  it('is forgotten when it is void and not before, with an entry for who made it', () => {
    expect(decideExpiry(thing(offer()), 999)).toEqual({ outcome: 'open', ...NOTHING });
    expect(decideExpiry(thing(), 999)).toEqual({ outcome: 'none', ...NOTHING });
    const words = 'expired: anna@example.org did not answer';
    expect(decideExpiry(thing(offer()), 1000)).toEqual({
      outcome: 'expired',
      writes: [
        { write: 'thing', thing: thing(), at: 1000 },
        {
          write: 'audit',
          entry: {
            at: 1000,
            actor: 'owner@example.org',
            action: 'transfer',
            subject: 't@example.org',
            outcome: words,
            ownership: id,
          },
        },
      ],
    });
  });
});

it('lets whom it was made to see the Thing and answer, not read it; nobody else', () => {
  const access = createAccess([bare('admin@example.org')], ['example.org']);
  const what = { ...thing(offer(BERT)), ownership: { ...thing(offer(BERT)).ownership, isPublic: false } };
  const rights = (jid: string) => {
    const all: Right[] = ['see', 'read', 'manage', 'accept', 'administer'];
    return all.filter((right) => access.may({ jid: bare(jid), domain: domainOf(bare(jid)) }, right, what)).join(' ');
  };
  expect(['bert', 'anna', 'owner', 'admin', 'cy'].map((name) => rights(`${name}@example.org`))).toEqual([
    'see accept',
    'see read',
    'see read manage',
    'see read administer',
    '',
  ]);
});
