import { describe, expect, it } from 'vitest';
import type { Stored } from '../../src/domain/ports.js';
import { decideSharing, decideUnsharing } from '../../src/domain/sharing.js';
import type { OwnershipId, Thing } from '../../src/domain/thing.js';
import { decideVisibility } from '../../src/domain/visibility.js';
import { at, bare, full } from './world.js';

const ID = 'id1' as OwnershipId;
const [ANN, BOB] = [full('ann@example.org/r'), full('bob@example.org/r')];
const thing: Thing = {
  address: at('t@example.org'),
  tags: [],
  ownership: {
    id: ID,
    owner: bare('ann@example.org'),
    isPublic: false,
    selfOwned: false,
    since: 1,
    sharedWith: [bare('cy@example.org')],
  },
};
const stored = (there: Thing | undefined): Stored => ({ thing: there, former: [] });
const nothing = { outcome: 'not-found', writes: [] };

describe('what an owner decides of a Thing', () => {
  it.each<[string, Thing | undefined, typeof ANN, OwnershipId]>([
    ['is not there any more', undefined, ANN, ID],
    ['is not claimed any more', { address: thing.address, tags: [] }, ANN, ID],
    ['has been claimed anew meanwhile', thing, ANN, 'id0' as OwnershipId],
    ['is another one’s', thing, BOB, ID],
  ])('comes to nothing where the Thing %s', (_what, there, from, ownership) => {
    const audience = bare('cy@example.org');
    expect(decideSharing(stored(there), { ownership, from, audience: '*' }, 5)).toEqual(nothing);
    expect(decideUnsharing(stored(there), { ownership, from, audience }, 5)).toEqual(nothing);
    expect(decideVisibility(stored(there), { ownership, from, isPublic: true, noticeId: 'n' }, 5)).toEqual(nothing);
  });

  it('is written with an entry in the audit trail', () => {
    const shared = decideSharing(stored(thing), { ownership: ID, from: ANN, audience: '*' }, 5);
    expect(shared).toMatchObject({
      outcome: 'done',
      writes: [
        { write: 'thing', thing: { ownership: { id: ID, sharedWith: ['cy@example.org', '*'] } }, at: 5 },
        { write: 'audit', entry: { at: 5, actor: ANN, action: 'share', subject: 't@example.org', outcome: 'with *' } },
      ],
    });
    const ended = decideUnsharing(stored(thing), { ownership: ID, from: ANN, audience: bare('cy@example.org') }, 5);
    expect(ended).toMatchObject({
      writes: [
        { thing: { ownership: { sharedWith: [] } } },
        { entry: { action: 'unshare', outcome: 'with cy@example.org' } },
      ],
    });
    const shown = decideVisibility(stored(thing), { ownership: ID, from: ANN, isPublic: true, noticeId: 'n' }, 5);
    expect(shown.writes.map(({ write }) => write)).toEqual(['thing', 'notice', 'audit']);
    expect(shown.writes[2]).toMatchObject({ entry: { action: 'visibility', outcome: 'public' } });
  });
});
