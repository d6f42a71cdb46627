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

async function disown() {
  const { sessionid, notes } = await stage.go('disown', { to });
  expect(notes).toHaveLength(1);
  expect(notes[0]?.text).toContain('1 (meter@example.org)');
  return stage.go('disown', { to, sessionid, action: 'complete' });
}

describe('the operation disown', () => {
  it('asks the device, and lets it go when it has agreed', async () => {
    const end = await disown();
    expect(notesOf(end)).toEqual([
      'info: The Thing is disowned. Whoever has its KEY can claim it once it has registered again.',
    ]);
    expect(stage.told.map(([session, , news]) => [session, news])).toEqual([
      ['meter@example.org/d', { kind: 'disowned' }],
    ]);
    expect(await thing()).toMatchObject({ tags: [] });
    expect(isClaimed(await thing())).toBe(false);
    expect(stage.woken).toEqual(['meter@example.org']);
    expect(await stage.play('disown', { to })).toMatchObject({ condition: 'item-not-found' });
  });

  it.each(['silent', 'refused', 'gone', 'unsent'] as const)(
    'is refused where the device is %s, and nothing changes',
    async (answer) => {
      stage.answer = async () => answer;
      const before = await thing();
      expect(notesOf(await disown())).toEqual([
        'error: The Thing did not acknowledge, so it is yours as before. Try again while it is on line, or remove it, for which it need not be.',
      ]);
      expect(await thing()).toEqual(before);
      // It may believe that it was disowned.
      expect(stage.woken).toEqual(['meter@example.org']);
    },
  );

  it('asks nobody before it is confirmed', async () => {
    const { sessionid, actions } = await stage.go('disown', { to });
    expect(actions?.execute).toBe('complete');
    await stage.go('disown', { to, sessionid, action: 'cancel' });
    expect(stage.told).toEqual([]);
    expect(isClaimed(await thing())).toBe(true);
  });

  it('of a Thing that went to another owner before it was confirmed is refused', async () => {
    const { sessionid } = await stage.go('disown', { to });
    await stage.registry.remove(at('meter@example.org'), OWNER as never);
    await stage.register('meter@example.org', TAGS);
    await stage.registry.claim({ from: 'new@example.org/r' as never, tags: TAGS, isPublic: false, narrowed: {} });
    expect(await stage.play('disown', { to, sessionid, action: 'complete' })).toMatchObject({
      condition: 'item-not-found',
    });
    expect((await thing())?.ownership?.owner).toBe('new@example.org');
    expect(stage.told).toEqual([]);
  });

  it('of a Thing that has gone while it was being done is refused', async () => {
    const { sessionid } = await stage.go('disown', { to });
    stage.registry.disown = async () => 'not-found';
    const end = await stage.go('disown', { to, sessionid, action: 'complete' });
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
      expect(await stage.play('disown', { from, to: `${theirs}@${DOMAIN}` })).toMatchObject({ condition: 'forbidden' });
    }
  });
});
