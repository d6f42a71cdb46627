import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId, Tag } from '../../src/domain/thing.js';
import { UTC } from '../../src/domain/time-zone.js';
import { tagLine, tagLines } from '../../src/operations/tag-lines.js';
import { num, str } from '../domain/world.js';
import { createStage, notesOf, OWNER, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const TAGS = [str('SN', '1'), str('NAME', 'Old name'), num('LAT', '59.30'), str('URL', 'http://x.example:80/a')];
const SET = 'info: The Thing is described as you said.';

let stage: Stage;
let id: OwnershipId;
let to: string;
beforeEach(async () => {
  stage = createStage();
  await place(TAGS);
});

async function place(tags: readonly Tag[]) {
  const placed = await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org', isPublic: true, tags });
  id = placed ?? expect.fail('not placed');
  to = `${id}@${DOMAIN}`;
}
async function update(values: NonNullable<Step['values']>) {
  const { sessionid } = await stage.go('update', { to });
  return stage.go('update', { to, sessionid, values });
}
const thing = () => stage.store.things.byOwnership(id);
const tags = async () => (await thing())?.tags;
const zone = async () => (await thing())?.ownership?.zone;

describe('the operation update', () => {
  it('shows what is said now; left as it is, nothing changes', async () => {
    const { form, sessionid } = await stage.go('update', { to });
    expect(form?.fields.map(({ name, type, values }) => [name, type, values])).toEqual([
      ['name', 'text-single', ['Old name']],
      ['tags', 'text-multi', ['SN:1', '#LAT:59.30', 'URL:http://x.example:80/a']],
      ['zone', 'text-single', []],
    ]);
    const values = Object.fromEntries(form?.fields.map((field) => [field.name, field.values]) ?? []);
    const before = await thing();
    const end = await stage.go('update', { to, sessionid, values });
    expect(notesOf(end)).toEqual(['info: Nothing has changed.']);
    expect(notesOf(await update({}))).toEqual(['info: Nothing has changed.']);
    expect(await thing()).toEqual(before);
  });

  it('renames a Thing and changes nothing else', async () => {
    expect(notesOf(await update({ name: ' New name ' }))).toEqual([SET]);
    expect(await tags()).toEqual([TAGS[0], str('NAME', 'New name'), TAGS[2], TAGS[3]]);
    expect(
      await stage.store.things.search({
        criteria: [{ ...str('NAME', 'New name'), operator: 'Eq' } as never],
        offset: 0,
        maxCount: 1,
      }),
    ).toMatchObject({ things: [{ ownership: { id } }] });
    expect(notesOf(await update({ name: '' }))).toEqual([SET]);
    expect(await tags()).toEqual([TAGS[0], TAGS[2], TAGS[3]]);
  });

  it('adds, changes and removes tags: the list is the new list', async () => {
    await update({ tags: ['#lat: 59.300', 'sn:2', 'Room:12:a', 'EMPTY:'] });
    expect(await tags()).toEqual([str('SN', '2'), TAGS[1], num('LAT', '59.300'), str('ROOM', '12:a')]);
    await update({ tags: [] });
    expect(await tags()).toEqual([TAGS[1]]);
    await update({ name: '', tags: ['NAME:by line'] });
    expect(await tags()).toEqual([str('NAME', 'by line')]);
  });

  it('makes a text a number and back', async () => {
    await update({ tags: ['#SN:1', 'LAT:59.30'] });
    expect(await tags()).toEqual([num('SN', '1'), TAGS[1], str('LAT', '59.30')]);
  });

  it('leaves what it was left as it was shown, with white space that a form cannot show', async () => {
    const odd = [str('NOTE', ' two\nlines  and more '), str('NAME', ' a\tb '), str('X', '1')];
    await place(odd);
    const { form } = await stage.go('update', { to });
    expect(form?.fields.slice(0, 2).map(({ values }) => values)).toEqual([['a b'], ['NOTE:two lines and more', 'X:1']]);
    await update({ tags: ['NOTE:two lines and more', 'X:2'] });
    expect(await tags()).toEqual([odd[0], odd[1], str('X', '2')]);
  });

  it('takes as many tags as a Thing can have, as long as they can be', async () => {
    const all = Array.from({ length: 64 }, (_, n) => {
      const name = `N${n}`;
      return str(name + '😀'.repeat(32 - name.length), '😀'.repeat(128));
    });
    await place(all);
    expect(notesOf(await update({}))).toEqual(['info: Nothing has changed.']);
    const back = await update({ name: 'one more' });
    expect(notesOf(back)[0]).toBe('error: tags: A Thing has at most 64 tags, its name included.');
    expect(await tags()).toEqual(all);
  });

  it('sets the zone of a Thing, by which its times are read, and takes it back', async () => {
    expect(notesOf(await update({ zone: 'Europe/Berlin' }))).toEqual([SET]);
    expect(await zone()).toBe('Europe/Berlin');
    expect(stage.services.zoneOf(await thing()).name).toBe('Europe/Berlin');
    expect((await stage.go('update', { to })).form?.fields[2]?.values).toEqual(['Europe/Berlin']);
    expect(notesOf(await update({ zone: '' }))).toEqual([SET]);
    expect(await zone()).toBeUndefined();
    expect(stage.services.zoneOf(await thing())).toBe(UTC);
  });

  it('leaves what a claim has to match', async () => {
    const key = str('KEY', 'k');
    await stage.register('meter@example.org', [str('SN', '9'), key]);
    const claim = { from: OWNER as never, tags: [str('SN', '9'), key], isPublic: false, narrowed: {} };
    const claimed = await stage.registry.claim(claim);
    if (claimed.outcome !== 'claimed') return expect.fail('not claimed');
    to = `${claimed.thing.ownership.id}@${DOMAIN}`;
    await update({ tags: ['SN:10'] });
    expect(await stage.registry.claim(claim)).toMatchObject({ outcome: 'claimed', thing: { tags: [str('SN', '10')] } });
  });

  it.each<[NonNullable<Step['values']>, string]>([
    [{ tags: ['ROOM'] }, 'tags: "ROOM" is no tag. A tag a line: NAME:value for a text, #NAME:value for a number.'],
    [{ tags: ['A:1', 'B:2', 'a:3'] }, 'tags: The tag A is given twice; give each tag once.'],
    [{ tags: ['NAME:x'] }, 'tags: The tag NAME is given twice; give each tag once.'],
    [{ tags: ['#LAT:north'] }, 'tags: The value "north" of LAT is not a finite number.'],
    [{ tags: ['#LAT:INF'] }, 'tags: The value "INF" of LAT is not a finite number.'],
    [{ tags: [':1'] }, 'tags: A tag needs a name; it is empty.'],
    [
      { tags: ['a b:1'] },
      'tags: The name "a b" holds a colon, a hash sign, white space or a control character; a tag name has none of them.',
    ],
    [
      { tags: [`A:${'x'.repeat(129)}`] },
      `tags: The value "${'x'.repeat(64)}..." of A is too long; it has at most 128 characters.`,
    ],
    [{ tags: ['KEY:hunter22'] }, 'tags: KEY cannot be set here: the Thing alone can empty it.'],
    [{ tags: ['#key:1'] }, 'tags: KEY cannot be set here: the Thing alone can empty it.'],
    [{ tags: ['KEY: '] }, 'tags: KEY cannot be set here: the Thing alone can empty it.'],
    [{ zone: 'Europe/Atlantis' }, 'zone: There is no time zone "Europe/Atlantis"; use a name such as Europe/Berlin.'],
    [
      { name: 'x'.repeat(129) },
      `name: The value "${'x'.repeat(64)}..." of NAME is too long; it has at most 128 characters.`,
    ],
  ])('refuses %j by its field, and changes nothing', async (values, fault) => {
    const before = await thing();
    const back = await update(values);
    expect([back.status, notesOf(back)[0]]).toEqual(['executing', `error: ${fault}`]);
    expect(await thing()).toEqual(before);
    expect(JSON.stringify(back)).not.toContain('hunter22');
  });

  it('is for the owner alone, also where the Thing went to another while the form was filled in', async () => {
    for (const from of ['admin@example.org/r', 'boiler@example.org/r', 'stranger@example.org/r']) {
      expect(await stage.play('update', { from, to })).toMatchObject({ condition: 'forbidden' });
    }
    const { changeAt } = stage.store.things;
    const { sessionid } = await stage.go('update', { to });
    const before = await thing();
    if (before?.ownership === undefined) return expect.fail('no Thing');
    const { ownership } = before;
    stage.store.things.changeAt = (address, decide) =>
      changeAt(address, (stored) =>
        decide({ ...stored, thing: { ...before, ownership: { ...ownership, owner: bare('new@example.org') } } }),
      );
    const end = await stage.go('update', { to, sessionid, values: { name: 'x' } });
    expect(notesOf(end)).toEqual(['error: The Thing is not yours any more.']);
    expect(await thing()).toEqual(before);
  });
});

describe('a tag', () => {
  it('that is written as a line is read as the same, unless its value has white space that a line has not', () => {
    const field = tagLines({ label: '', description: '' }, 'no KEY');
    const value = fc
      .string({ unit: 'binary', maxLength: 20 })
      .map((text) => text.normalize('NFC').replace(/\s+/gu, ' ').trim());
    const name = fc.constantFrom('SN', 'ROOM', 'STRASSE', 'KEYS', '=');
    const tag = fc.oneof(
      fc.tuple(name, value).map(([of, text]) => str(of, text)),
      fc.tuple(name, fc.double({ noNaN: true, noDefaultInfinity: true })).map(([of, of2]) => num(of, String(of2))),
    );
    fc.assert(
      fc.property(tag, (one) => {
        const read = field.read([tagLine(one)], { zone: UTC, bareJid: () => undefined });
        expect(read).toEqual({ ok: true, value: [one] });
      }),
    );
  });
});
