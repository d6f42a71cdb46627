import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../src/domain/thing.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN, type Placed } from '../xep/bench.js';

const ANNA = 'anna@example.org/phone';
const COMMANDS = 'http://jabber.org/protocol/commands';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});

const place = async (placed: Placed): Promise<OwnershipId> => (await stage.place(placed)) ?? expect.fail('not placed');
const commands = async (from = ANNA): Promise<readonly string[]> => {
  const items = await stage.disco('items', COMMANDS, { from });
  return typeof items === 'string'
    ? [items]
    : items.map((item) => String(Object(item).node).replace('thingstead:', ''));
};
const options = async (name: string, from = ANNA) =>
  (await stage.go(name, { from })).form?.fields[0]?.options?.map(({ value }) => value) ?? [];

describe('what there is to choose from', () => {
  const admin = 'admin@example.org/desk';
  const first = async (name: string, from: string) => (await stage.go(name, { from })).form?.fields[0];

  it.each(['release', 'move', 'delete', 'retention'])(
    'are for administrators all Things that have an owner: %s',
    async (name) => {
      const ids = [
        await place({ jid: 'a@example.org', owner: 'bob@example.org' }),
        await place({ jid: 'b@example.org', owner: 'cy@example.org', isPublic: true }),
      ];
      await stage.register('c@example.org', [{ kind: 'str', name: 'SN', value: '1' }]);
      expect(await first(name, admin)).toMatchObject({ type: 'list-single', validation: { open: true } });
      expect(await options(name, admin)).toEqual(ids);
    },
  );

  it('is a text where there is nothing, or more than a hundred', async () => {
    expect(await first('release', admin)).toMatchObject({ name: 'thing', type: 'text-single' });
    expect(await first('my-things', ANNA)).toMatchObject({ name: 'thing', type: 'text-single' });
    for (let n = 0; n < 100; n += 1) await place({ jid: `x${n}@example.org`, owner: 'anna@example.org' });
    for (const [name, from] of [
      ['release', admin],
      ['record', ANNA],
      ['my-things', ANNA],
    ] as const) {
      expect(await first(name, from)).toMatchObject({ type: 'list-single' });
      expect(await options(name, from)).toHaveLength(100);
    }
    await place({ jid: 'one-more@example.org', owner: 'anna@example.org' });
    for (const [name, from] of [
      ['release', admin],
      ['record', ANNA],
      ['my-things', ANNA],
    ] as const) {
      const field = await first(name, from);
      expect(field).toMatchObject({ name: 'thing', type: 'text-single', validation: { datatype: 'xs:string' } });
      expect([field?.options, field?.validation?.open]).toEqual([undefined, undefined]);
    }
  });
});

describe('who may read some Thing, whatever the reason', () => {
  it.each<[string, Partial<Placed>, boolean]>([
    ['shared with his domain', { sharedWith: ['@example.org'], isPublic: true }, true],
    ['shared with everyone', { sharedWith: ['*'], isPublic: true }, true],
    ['its own', { owner: 'm@example.org', selfOwned: true, isPublic: true }, true],
    ['private and shared with his domain', { sharedWith: ['@example.org'] }, false],
    ['private and shared with everyone', { sharedWith: ['*'] }, false],
  ])('is offered to read one that is %s, and finds what is public in the list', async (_, more, isListed) => {
    // Behind more public ones, which he may not read, than are listed.
    for (let n = 0; n < 101; n += 1) {
      await place({ jid: `x${n}@example.org`, owner: 'bob@example.org', isPublic: true });
    }
    expect(await commands()).not.toContain('history');
    const id = await place({ jid: 'm@example.org', owner: 'bob@example.org', ...more });
    expect(await commands()).toEqual(expect.arrayContaining(['read', 'history']));
    expect(await commands()).not.toContain('record');
    expect(await options('history')).toEqual(isListed ? [id] : []);
    const { sessionid } = await stage.go('history', { from: ANNA });
    const named = await stage.go('history', { from: ANNA, sessionid, values: { thing: id } });
    expect(named.form?.fields.map(({ name }) => name)).toContain('every');
    expect(await stage.play('history', { from: ANNA, to: `${id}@${DOMAIN}` })).not.toHaveProperty('condition');
  });

  it('finds his own first, then those shared with him, then public ones, each once', async () => {
    const all = await place({ jid: 'a@example.org', owner: 'bob@example.org', isPublic: true, sharedWith: ['*'] });
    const jid = bare('anna@example.org');
    const shared = await place({ jid: 'b@example.org', owner: 'bob@example.org', sharedWith: ['*', jid] });
    const own = await place({ jid: 'c@example.org', owner: 'anna@example.org', isPublic: true, sharedWith: ['*'] });
    expect(await options('read')).toEqual([own, shared, all]);
    expect(await options('record')).toEqual([own]);
  });

  it('is told nothing of what is shared with others, or public alone, and not to be read', async () => {
    const hidden = { owner: 'bob@example.org', sharedWith: [bare('cy@example.org'), '@elsewhere.example'] } as const;
    await place({ jid: 'a@example.org', ...hidden });
    await place({ jid: 'b@example.org', ...hidden, isPublic: true });
    expect((await commands()).filter((name) => ['read', 'history', 'accept', 'record'].includes(name))).toEqual([]);
    expect(await stage.play('history', { from: ANNA })).toMatchObject({ condition: 'forbidden' });
  });

  it('is not, once he is blocked', async () => {
    await place({ jid: 'a@example.org', owner: 'bob@example.org', isPublic: true, sharedWith: ['*'] });
    const block = { subject: bare('anna@example.org'), actor: bare('admin@example.org'), at: 1, reason: '' };
    await stage.blocks.put(block, { at: 1, actor: block.actor, action: 'block', subject: block.subject, outcome: '' });
    expect(await stage.play('history', { from: ANNA })).toMatchObject({ condition: 'forbidden' });
  });

  it('is not misled by a name that is none of his', async () => {
    await place({ jid: 'a@example.org', owner: 'bob@example.org', sharedWith: ['*'] });
    const other = await place({ jid: 'b@example.org', owner: 'bob@example.org' });
    const { sessionid } = await stage.go('history', { from: ANNA });
    const back = await stage.go('history', { from: ANNA, sessionid, values: { thing: other } });
    expect(notesOf(back)[0]).toContain('There is no such Thing');
  });
});
