import { beforeEach, describe, expect, it } from 'vitest';
import type { Tag } from '../../src/domain/thing.js';
import { isClaimed } from '../../src/domain/thing.js';
import { writeIotDisco } from '../../src/xep/0347-registry/iot-disco.js';
import { at, num, str } from '../domain/world.js';
import { createStage, notesOf, OWNER, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const SECRET = 'hunter22';
const TAGS: readonly Tag[] = [
  str('SN', '39487'),
  str('MAN', 'www.ktc.se'),
  str('MODEL', 'IMC'),
  num('V', '1.20'),
  str('ROOM', '12:a'),
  num('LAT', '59.3'),
  str('KEY', SECRET),
];
const FIELDS = { sn: '39487', man: 'www.ktc.se', model: 'IMC', v: '1.2', key: SECRET };
const OTHERS = ['room: 12:a', '#lat:59.30'];
const FAILED =
  'error: The claim failed. It has to give exactly the tags that the Thing registered with, KEY included, and the Thing must have no owner.';

let stage: Stage;
beforeEach(async () => {
  stage = createStage();
  await stage.register('meter@example.org', TAGS, { nodeId: 'n1' });
});

async function claim(values: NonNullable<Step['values']>, from = OWNER) {
  const { sessionid } = await stage.go('claim', { from });
  return stage.go('claim', { from, sessionid, values });
}
const thing = () => stage.store.things.at(at('meter@example.org', 'n1'));
const factsOf = (answer: Awaited<ReturnType<typeof claim>>) =>
  Object.fromEntries(answer.form?.fields.map(({ name, values }) => [name, values]) ?? []);

describe('the operation claim', () => {
  it('shows a form of which everything may be left out, private unless the asker says otherwise', async () => {
    const { form, actions } = await stage.go('claim');
    expect(actions).toEqual({ allowed: ['complete'], execute: 'complete' });
    expect(form?.fields.map(({ name, type, required, values }) => [name, type, required, values])).toEqual([
      ['iotdisco', 'text-single', undefined, []],
      ['sn', 'text-single', undefined, []],
      ['man', 'text-single', undefined, []],
      ['model', 'text-single', undefined, []],
      ['v', 'text-single', undefined, []],
      ['key', 'text-private', undefined, []],
      ['tags', 'text-multi', undefined, []],
      ['public', 'boolean', true, ['false']],
    ]);
  });

  it.each<[string, NonNullable<Step['values']>]>([
    ['a pasted text', { iotdisco: ` ${writeIotDisco(TAGS)}\n` }],
    ['tags one by one, in the spelling of the asker', { ...FIELDS, tags: OTHERS }],
    ['lines', { tags: [...OTHERS, 'SN:39487', 'MAN:www.ktc.se', '#V:1.2'], model: 'IMC', key: SECRET }],
  ])('makes a Thing the asker’s by %s', async (_how, values) => {
    const end = await claim(values);
    const stored = await thing();
    if (!isClaimed(stored)) return expect.fail('not claimed');
    const { id, owner, isPublic } = stored.ownership;
    expect([owner, isPublic]).toEqual(['owner@example.org', false]);
    expect(notesOf(end)).toEqual([
      expect.stringMatching(/^info: 39487 \(meter@example.org n1\) is yours, and private. Its id is \w{10}\.$/),
    ]);
    expect(factsOf(end)).toEqual({
      thing: [id],
      label: ['39487 (meter@example.org n1)'],
      address: [`${id}@${DOMAIN}`],
      jid: ['meter@example.org'],
      nodeId: ['n1'],
      visibility: ['private'],
    });
    expect(stage.woken).toEqual(['meter@example.org']);
    expect(await stage.store.notices.owedTo(bare('meter@example.org'))).toMatchObject([
      { news: { kind: 'claimed', owner: 'owner@example.org', isPublic: false } },
    ]);
  });

  it('publishes where that is asked for; claimed again, a Thing stays as it is', async () => {
    const values = { ...FIELDS, tags: OTHERS };
    expect(notesOf(await claim({ ...values, public: '1' }))[0]).toContain('is yours, and public.');
    const again = await claim({ ...values, public: '0' });
    expect(notesOf(again)).toEqual([
      expect.stringContaining('info: 39487 (meter@example.org n1) is yours, and public.'),
      'warn: It was yours before, and stays public.',
    ]);
    expect((await thing())?.ownership?.isPublic).toBe(true);
  });

  it.each<[string, NonNullable<Step['values']>, string]>([
    ['nothing', {}, 'iotdisco: Give the text of the QR code, or the tags of the Thing.'],
    [
      'both',
      { iotdisco: writeIotDisco(TAGS), sn: '1' },
      'iotdisco: Give either this or the tags one by one, not both.',
    ],
    [
      'no text of a Thing',
      { iotdisco: 'SN:1;KEY:hunter22' },
      'iotdisco: It begins neither with "IoTDisco;" nor with "iotdisco:".',
    ],
    ['a tag twice', { sn: '1', tags: ['Sn:2'] }, 'tags: The tag SN is given twice; give each tag once.'],
    ['lines twice', { tags: ['A:1', '#a:2'] }, 'tags: The tag A is given twice; give each tag once.'],
    ['a version that is no number', { v: 'one' }, 'v: The value "one" of V is not a finite number.'],
    ['a number that is none', { tags: ['#LAT:north'] }, 'tags: The value "north" of LAT is not a finite number.'],
    ['KEY among the others', { tags: ['key:hunter22'] }, 'tags: KEY has a field of its own.'],
    ['KEY without a colon', { tags: ['KEY hunter22'] }, 'tags: KEY has a field of its own.'],
    [
      'a KEY that is too long',
      { key: SECRET.repeat(20) },
      'key: The value of KEY is too long; it has at most 128 characters.',
    ],
    [
      'a KEY that is far too long',
      { key: SECRET.repeat(600) },
      'key: This is too long; it may have at most 4096 characters.',
    ],
    [
      'a text in the wrong place',
      { sn: writeIotDisco(TAGS).repeat(4) },
      'sn: This looks like the text of a QR code, which holds a KEY and belongs into its own field of the operation claim alone.',
    ],
    [
      'a text that is broken',
      { iotdisco: 'IoTDisco;KEYhunter22' },
      'iotdisco: Tag 1: there is no colon between the name and the value.',
    ],
  ])('refuses %s by the field, and claims nothing', async (_what, values, fault) => {
    const back = await claim(values);
    expect(back.status).toBe('executing');
    expect(notesOf(back)[0]).toBe(`error: ${fault}`);
    expect(isClaimed(await thing())).toBe(false);
    expect(JSON.stringify(back)).not.toContain(SECRET);
  });

  it('does not show secrets again, nor keep them; the rest it keeps', async () => {
    const back = await claim({ key: SECRET, tags: ['ROOM:1', `KEY:${SECRET}`], man: 'www.ktc.se', v: 'one' });
    const values = Object.fromEntries(back.form?.fields.map((field) => [field.name, field.values]) ?? []);
    expect(values).toMatchObject({ key: [], tags: ['ROOM:1'], man: ['www.ktc.se'], v: ['one'] });
    expect(notesOf(back)).toEqual([
      'error: v: The value "one" of V is not a finite number.',
      'error: tags: KEY has a field of its own.',
      'warn: key: What was given is not shown again; enter it anew.',
      'warn: tags: What was given is not shown again; enter it anew.',
    ]);
    const description = back.form?.fields.find(({ name }) => name === 'key')?.description;
    expect(description).toMatch(/^What was given is not shown again; enter it anew\. The tag KEY/);
    // Left out now, KEY is not given: what was entered before is not remembered.
    const end = await stage.go('claim', { sessionid: back.sessionid, values: { ...FIELDS, tags: OTHERS, key: '' } });
    expect(notesOf(end)).toEqual([FAILED]);
    expect(JSON.stringify([back, end, stage.logged])).not.toContain(SECRET);
  });

  it('tells nothing of why a claim failed', async () => {
    const wrong = { ...FIELDS, tags: OTHERS };
    const ends = [
      await claim({ ...wrong, key: 'other' }),
      await claim({ ...wrong, key: '' }),
      await claim({ ...wrong, sn: '1' }),
    ];
    await claim(wrong, 'first@example.org/r');
    ends.push(await claim(wrong));
    for (const end of ends) {
      expect(notesOf(end)).toEqual([FAILED]);
      expect([end.status, end.form]).toEqual(['completed', undefined]);
    }
    expect((await thing())?.ownership?.owner).toBe('first@example.org');
  });

  it('says to wait to who has failed too often, the right claim included', async () => {
    for (let n = 0; n < 10; n++) await claim({ sn: String(n), key: 'guess' });
    const wait = 'error: Too many claims have failed; try again in an hour.';
    expect(notesOf(await claim({ iotdisco: writeIotDisco(TAGS) }))).toEqual([wait]);
    expect(isClaimed(await thing())).toBe(false);
    stage.now += 60 * 60 * 1000 + 1;
    expect(notesOf(await claim({ iotdisco: writeIotDisco(TAGS) }))[0]).toContain('is yours');
  });

  it('is not there for who may not use the component, nor at the address of a Thing', async () => {
    expect(await stage.play('claim', { from: 'x@elsewhere.example/r' })).toMatchObject({ condition: 'forbidden' });
    const id = await stage.place({ jid: 'own@example.org', owner: 'owner@example.org' });
    expect(await stage.play('claim', { to: `${id}@${DOMAIN}` })).toMatchObject({ condition: 'item-not-found' });
  });
});
