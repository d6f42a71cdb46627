import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../src/domain/thing.js';
import { isClaimed } from '../../src/domain/thing.js';
import { at, str } from '../domain/world.js';
import { createStage, notesOf, OWNER, type Stage } from '../xep/0050-commands/stage.js';
import { DOMAIN } from '../xep/bench.js';

const TAGS = [str('SN', '1'), str('KEY', 'k')];

let stage: Stage;
let id: OwnershipId;
let to: string;
beforeEach(async () => {
  stage = createStage();
  await stage.register('meter@example.org', TAGS);
  await stage.registry.claim({ from: OWNER as never, tags: TAGS, isPublic: false, narrowed: {} });
  const stored = await thing();
  if (!isClaimed(stored)) return expect.fail('not claimed');
  id = stored.ownership.id;
  to = `${id}@${DOMAIN}`;
});

const thing = () => stage.store.things.at(at('meter@example.org'));

async function remove() {
  const { sessionid, notes } = await stage.go('remove', { to });
  expect(notes).toHaveLength(1);
  expect(notes[0]?.text).toContain('1 (meter@example.org)');
  return stage.go('remove', { to, sessionid, action: 'complete' });
}

describe('the operation remove', () => {
  it('takes the Thing out, and owes it the news, whether it is on line or not', async () => {
    stage.answer = async () => 'gone';
    expect(notesOf(await remove())).toEqual([
      'info: The Thing is removed. It is told so now, or when it is next on line.',
    ]);
    expect(await thing()).toBeUndefined();
    expect(await stage.store.notices.owedTo(at('meter@example.org').jid)).toMatchObject([
      { news: { kind: 'removed' } },
    ]);
    expect([stage.woken, stage.forgotten]).toEqual([['meter@example.org'], ['meter@example.org']]);
    expect(await stage.play('remove', { to })).toMatchObject({ condition: 'item-not-found' });
  });

  it('of a Thing that went to another owner before it was confirmed is refused', async () => {
    const { sessionid } = await stage.go('remove', { to });
    await stage.registry.remove(at('meter@example.org'), OWNER as never);
    await stage.register('meter@example.org', TAGS);
    await stage.registry.claim({ from: 'new@example.org/r' as never, tags: TAGS, isPublic: false, narrowed: {} });
    expect(await stage.play('remove', { to, sessionid, action: 'complete' })).toMatchObject({
      condition: 'item-not-found',
    });
    expect((await thing())?.ownership?.owner).toBe('new@example.org');
    expect(stage.told).toEqual([]);
  });

  it('of a Thing that has gone while it was being done is refused', async () => {
    const { sessionid } = await stage.go('remove', { to });
    stage.registry.remove = async () => 'not-found';
    const end = await stage.go('remove', { to, sessionid, action: 'complete' });
    expect(notesOf(end)).toEqual(['error: The Thing is not yours any more.']);
  });

  it('is for the owner alone', async () => {
    const theirs = await stage.place({
      jid: 'x@example.org',
      owner: 'cy@example.org',
      isPublic: true,
      sharedWith: ['*'],
    });
    for (const from of [OWNER, 'admin@example.org/r', 'x@example.org/r']) {
      expect(await stage.play('remove', { from, to: `${theirs}@${DOMAIN}` })).toMatchObject({ condition: 'forbidden' });
    }
  });
});
