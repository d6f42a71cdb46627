import { beforeEach, describe, expect, it } from 'vitest';
import type { Audience, OwnershipId } from '../../src/domain/thing.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

let stage: Stage;
let id: OwnershipId;
let to: string;
beforeEach(async () => {
  stage = createStage();
  id = (await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' })) ?? expect.fail('not placed');
  to = `${id}@${DOMAIN}`;
});

async function fill(name: string, values: Record<string, string>) {
  const { sessionid } = await stage.go(name, { to });
  return stage.go(name, { to, sessionid, values });
}
/** Confirms what is asked. */
async function run(name: string, values: Record<string, string>) {
  const answer = await fill(name, values);
  const isAsked = answer.form?.fields[0]?.type === 'fixed';
  return isAsked ? stage.go(name, { to, sessionid: answer.sessionid, action: 'complete' }) : answer;
}
const thing = () => stage.store.things.byOwnership(id);
const sharedWith = async () => (await thing())?.ownership?.sharedWith;
const readerSees = (from: string) => stage.disco('info', '', { from, to }).then((said) => said !== 'item-not-found');

type Refused = [operation: string, given: string, fault: string];

describe('sharing', () => {
  it.each<[string, Audience, string]>([
    ['READER@example.org', bare('reader@example.org'), 'reader@example.org'],
    ['example.org', '@example.org', 'everyone of example.org'],
    ['@Example.org', '@example.org', 'everyone of example.org'],
    ['*', '*', 'everyone'],
  ])('with %s', async (given, audience, words) => {
    expect(await readerSees('reader@example.org/r')).toBe(false);
    expect(notesOf(await run('share', { with: given }))).toEqual([`info: It is shared with ${words} now.`]);
    expect(await sharedWith()).toEqual([audience]);
    expect(await readerSees('reader@example.org/r')).toBe(true);
    expect(stage.woken).toEqual(['boiler@example.org']);
    expect(notesOf(await run('share', { with: given }))).toEqual([`info: It is shared with ${words} already.`]);
    const begun = await stage.go('unshare', { to });
    expect(notesOf(begun)).toEqual([`info: It is shared with ${words}.`]);
    expect(begun.form?.fields).toMatchObject([{ type: 'list-single', options: [{ label: words }] }]);
    expect(notesOf(await run('unshare', { with: given }))).toEqual([`info: It is not shared with ${words} any more.`]);
    expect(await sharedWith()).toEqual([]);
    expect(await readerSees('reader@example.org/r')).toBe(false);
    expect(stage.woken).toHaveLength(2);
  });

  it.each<Refused>([
    ['share', 'reader@example.org/phone', 'neither a JID without resource'],
    ['share', '@reader@example.org', 'neither a JID without resource'],
    ['share', 'a b@example.org', 'neither a JID without resource'],
    ...['@*', '**', 'x@*', 'foo;bar', 'localhost,example.org', '[::1]:5', 'a;b@example.org'].map((odd): Refused => {
      return ['share', odd, 'neither a JID without resource, nor a domain, nor *.'];
    }),
    ['share', 'Owner@example.org', 'You own the Thing'],
    ['unshare', 'nobody@example.org', 'It is not shared with nobody@example.org; it is shared with nobody.'],
    ['unshare', '*', 'It is not shared with everyone; it is shared with nobody.'],
  ])('%s with %s is refused by its field', async (name, given, fault) => {
    const back = await run(name, { with: given });
    expect(back.status).toBe('executing');
    expect(notesOf(back)[0]).toContain(fault);
    expect([await sharedWith(), stage.woken]).toEqual([[], []]);
  });

  it.each([
    ['*', 'Let everyone read boiler@example.org, also what was recorded of it?'],
    ['example.org', 'Let everyone of example.org read boiler@example.org, also what was recorded of it?'],
  ])(
    'with %s, whom nobody knows one by one, is asked about, but for what is shared so already',
    async (given, words) => {
      const asked = await fill('share', { with: given });
      expect([asked.status, notesOf(asked)]).toEqual(['executing', [expect.stringContaining(`warn: ${words}`)]]);
      expect(await sharedWith()).toEqual([]);
      await stage.go('share', { to, sessionid: asked.sessionid, action: 'complete' });
      expect(await sharedWith()).toHaveLength(1);
      expect((await fill('share', { with: given })).status).toBe('completed');
      expect((await fill('share', { with: 'anna@example.org' })).status).toBe('completed');
    },
  );

  it('is bounded', async () => {
    for (let n = 0; n < 100; n++) await run('share', { with: `reader${n}@example.org` });
    expect(notesOf(await run('share', { with: '*' }))[0]).toContain('error: The Thing is shared with 100 already');
    expect(await sharedWith()).toHaveLength(100);
  });

  it('is for the owner alone: not for readers, administrators or the Thing', async () => {
    await run('share', { with: '*' });
    for (const name of ['share', 'unshare', 'visibility']) {
      for (const from of ['reader@example.org/r', 'admin@example.org/r', 'boiler@example.org/r']) {
        expect(await stage.play(name, { from, to })).toMatchObject({ condition: 'forbidden' });
      }
    }
  });
});

describe('visibility', () => {
  it('makes a Thing findable, and not; the Thing is owed the news', async () => {
    const { form } = await stage.go('visibility', { to });
    expect(form?.fields).toMatchObject([{ name: 'public', type: 'boolean', values: ['false'] }]);
    expect(notesOf(await run('visibility', { public: '1' }))).toEqual(['info: The Thing is public now.']);
    expect((await thing())?.ownership?.isPublic).toBe(true);
    expect(await stage.store.notices.owedTo(bare('boiler@example.org'))).toMatchObject([
      { news: { kind: 'claimed', owner: 'owner@example.org', isPublic: true } },
    ]);
    expect(notesOf(await run('visibility', { public: 'true' }))).toEqual(['info: The Thing is public.']);
    expect(stage.woken).toHaveLength(1);
    expect(notesOf(await run('visibility', { public: 'false' }))).toEqual(['info: The Thing is private now.']);
    expect(await stage.store.notices.owedTo(bare('boiler@example.org'))).toMatchObject([{ news: { isPublic: false } }]);
  });

  it('asks before what is private becomes public, and at no other time', async () => {
    const asked = await fill('visibility', { public: 'true' });
    expect([asked.status, notesOf(asked)]).toEqual([
      'executing',
      [expect.stringContaining('warn: Make boiler@example.org public? Everyone who may use')],
    ]);
    expect((await thing())?.ownership?.isPublic).toBe(false);
    await stage.go('visibility', { to, sessionid: asked.sessionid, action: 'complete' });
    expect((await thing())?.ownership?.isPublic).toBe(true);
    for (const now of ['true', 'false', 'false']) {
      expect((await fill('visibility', { public: now })).status).toBe('completed');
    }
  });

  it('is either, and of a Thing that is its own owner public', async () => {
    expect(notesOf(await run('visibility', { public: 'maybe' }))[0]).toBe(
      'error: public: "maybe" is neither true nor false.',
    );
    await stage.place({ jid: 'own@example.org', owner: 'own@example.org', selfOwned: true, isPublic: true });
    const step = { from: 'own@example.org/r' };
    const { sessionid } = await stage.go('visibility', step);
    await stage.go('visibility', { ...step, sessionid, values: { thing: 'own@example.org' } });
    const end = await stage.go('visibility', { ...step, sessionid, values: { public: 'false' } });
    expect(notesOf(end)).toEqual(['error: A Thing that is its own owner is public.']);
  });
});
