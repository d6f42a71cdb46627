import { beforeEach, describe, expect, it } from 'vitest';
import type { Reading } from '../../src/domain/reading.js';
import type { OwnershipId, Thing } from '../../src/domain/thing.js';
import { reading } from '../store/contract/samples.js';
import { createStage, notesOf, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const JID = 'boiler@example.org';
const ANNA = 'anna@example.org/desk';
const NOON = Date.UTC(2026, 0, 1, 12);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let stage: Stage;
let id: OwnershipId;
let to: string;
beforeEach(async () => {
  stage = createStage();
  const sharedWith = [bare('anna@example.org')];
  id = (await stage.place({ jid: JID, owner: 'owner@example.org', sharedWith })) ?? expect.fail('not placed');
  to = `${id}@${DOMAIN}`;
});

function store(...readings: readonly Reading[]) {
  return stage.store.readings.add([{ ownership: id, readings }]);
}

async function history(values: NonNullable<Step['values']> = {}, from = ANNA) {
  const { sessionid } = await stage.go('history', { from, to });
  return stage.go('history', { from, to, sessionid, values });
}

/** The cells of one column of an answer. */
function column(name: string, { form }: Awaited<ReturnType<typeof history>>): readonly string[] {
  const at = form?.table?.columns.findIndex((each) => each.name === name) ?? -1;
  return form?.table?.rows.map((row) => row[at] ?? '') ?? [];
}

/** Changes the Thing past all rules. */
async function change(how: (thing: Thing) => Thing): Promise<void> {
  const thing = (await stage.store.things.byOwnership(id)) ?? expect.fail();
  const write = { write: 'thing', thing: how(thing), at: 2 } as const;
  await stage.store.things.changeAt(thing.address, () => ({ outcome: undefined, writes: [write] }));
}

describe('the operation history', () => {
  it('shows what is stored, the newest first, to the character, as history', async () => {
    const node = { nodeId: 'n', sourceId: 's', cacheType: 'c' };
    await store(
      reading(NOON, '+010.00', { qualities: new Set(['automaticReadout', 'signed'] as const) }),
      reading(NOON + 1, ' “a\tb” <&>  ', {
        node,
        name: 'Mode',
        type: 'string',
        unit: '',
        fieldTypes: new Set(['status'] as const),
        qualities: new Set(),
      }),
    );
    const answer = await history();
    expect(notesOf(answer)).toEqual(['info: 2 values: Mode = “a\tb” <&>; Temperature = +010.00 °C.']);
    expect(answer.form?.table?.columns.map(({ name }) => name)).toEqual([
      ...['time', 'node', 'field', 'value', 'unit', 'type', 'quality'],
    ]);
    expect(answer.form?.table?.rows).toEqual([
      ['2026-01-01T12:00:00.001Z', 'n s c', 'Mode', ' “a\tb” <&>  ', '', 'status historicalOther', ''],
      [
        '2026-01-01T12:00:00Z',
        id,
        'Temperature',
        '+010.00',
        '°C',
        'historicalSecond historicalMinute historicalHour',
        'automaticReadout signed',
      ],
    ]);
  });

  it('offers the fields that there are, and takes bounds, fields and order', async () => {
    await store(...[1, 2, 3].map((n) => reading(NOON + n * 1000, String(n))));
    await store(reading(NOON + 2000, 'h', { name: 'H' }));
    const { form } = await stage.go('history', { from: ANNA, to });
    expect(form?.fields.map(({ name, values }) => [name, values])).toEqual([
      ['from', []],
      ['until', []],
      ['field', []],
      ['unit', []],
      ['every', []],
      ['max', ['100']],
      ['order', ['newest']],
    ]);
    expect(form?.fields[2]?.options?.map(({ value }) => value)).toEqual(['H', 'Temperature']);
    expect(column('value', await history({ from: '2026-01-01T12:00:02Z' }))).toEqual(['3', '2', 'h']);
    expect(column('value', await history({ until: '2026-01-01T12:00:02Z' }))).toEqual(['2', 'h', '1']);
    expect(column('value', await history({ order: 'oldest', field: 'Temperature' }))).toEqual(['1', '2', '3']);
    expect(notesOf(await history({ field: 'Pressure' }))).toEqual(['info: No such values are stored.']);
  });

  it('says from where to go on, until all has been shown', async () => {
    await store(...Array.from({ length: 7 }, (_, n) => reading(NOON + n * 1000, String(n))));
    const newest = await history({ max: '3' });
    expect(column('value', newest)).toEqual(['6', '5', '4']);
    expect(notesOf(newest)[1]).toBe('warn: There may be more: go on with until 2026-01-01T12:00:03Z.');
    expect(column('value', await history({ max: '3', until: '2026-01-01T12:00:03Z' }))).toEqual(['3', '2', '1']);
    const oldest = await history({ max: '3', order: 'oldest', from: '2026-01-01T12:00:03Z' });
    expect(column('value', oldest)).toEqual(['3', '4', '5']);
    expect(notesOf(oldest)[1]).toBe('warn: There may be more: go on with from 2026-01-01T12:00:06Z.');
    expect(notesOf(await history({ max: '7' }))).toEqual([
      'info: 7 values: Temperature = 6 °C; Temperature = 5 °C; Temperature = 4 °C; Temperature = 3 °C; Temperature = 2 °C; 2 more.',
    ]);
  });

  it('shows values of whole hours or days alone, by the clocks of the Thing', async () => {
    await store(...Array.from({ length: 200 }, (_, n) => reading(NOON + n * 15 * MINUTE, String(n))));
    expect(column('value', await history({ every: 'hour', max: '3' }))).toEqual(['196', '192', '188']);
    expect(column('time', await history({ every: 'day' }))).toEqual(['2026-01-03T00:00:00Z', '2026-01-02T00:00:00Z']);
    await change((thing) => ({ ...thing, ownership: { ...(thing.ownership ?? expect.fail()), zone: 'Asia/Kolkata' } }));
    expect(column('time', await history({ every: 'day' }))).toEqual(['2026-01-02T18:30:00Z', '2026-01-01T18:30:00Z']);
    expect(column('time', await history({ every: 'day', from: '2026-01-02', until: '2026-01-03' }))).toEqual([
      ...['2026-01-02T18:30:00Z', '2026-01-01T18:30:00Z'],
    ]);
    expect(notesOf(await history({ every: 'year' }))).toEqual(['info: No such values are stored.']);
  });

  it('gives values in another unit where that can be, and says where not; what is stored stays', async () => {
    await store(reading(NOON, '20.0'), reading(NOON, '40', { name: 'H', unit: '%' }), reading(NOON, '3', { unit: '' }));
    const answer = await history({ unit: '°F' });
    expect(column('value', answer).toSorted()).toEqual(['3', '40', '68']);
    expect(column('unit', answer).toSorted()).toEqual(['', '%', '°F']);
    const said = 'warn: These cannot be given in °F, and are as they were reported:';
    expect(notesOf(answer)[1]).toBe(`${said} "H" (%).`);
    expect(notesOf(await history({ unit: '°F', field: 'Temperature' }))[1]).toBe(
      `${said} "Temperature" (without a unit).`,
    );
    expect(column('value', await history({ field: 'H' }))).toEqual(['40']);
    expect(column('value', await history()).toSorted()).toEqual(['20.0', '3', '40']);
  });

  it('keeps an answer to what servers take, and says from where to go on', async () => {
    const long = Array.from({ length: 30 }, (_, n) =>
      reading(NOON + n * 1000, 'x'.repeat(60_000), { type: 'string', unit: '' }),
    );
    await store(...long);
    const answer = await history({ order: 'oldest' });
    const shown = column('time', answer).length;
    expect(shown).toBeGreaterThan(10);
    expect(JSON.stringify(answer.form?.table?.rows).length).toBeLessThan(1024 * 1024);
    const next = new Date(NOON + shown * 1000).toISOString().replace('.000', '');
    expect(notesOf(answer)[1]).toBe(`warn: There may be more: go on with from ${next}.`);
  });

  it('says where more values are of one time than are shown', async () => {
    await store(...['A', 'B', 'C'].map((name) => reading(NOON, name, { name })), reading(NOON - 1000, 'before'));
    const answer = await history({ max: '2' });
    expect(column('value', answer)).toEqual(['C', 'B']);
    expect(notesOf(answer)[1]).toBe(
      'warn: More values are of one time than could be shown: name fields, to see the others. There may be more: go on with until 2026-01-01T11:59:59.999Z.',
    );
  });

  it.each([
    [{ from: 'yesterday' }, /^error: from: "yesterday" is no time/],
    [{ from: '2026-02-02', until: '2026-02-01' }, /^error: until: 2026-02-01T00:00:00Z is before 2026-02-02T00:00:00Z/],
    [{ max: '0' }, /^error: max: "0" will not do; use a number from 1 to 1000\.$/],
    [{ max: '1001' }, /^error: max: "1001" will not do/],
    [{ max: '10.5' }, /^error: max: "10.5" will not do/],
    [{ every: 'second' }, /^error: every: "second" is none of minute, hour, day, week, month, quarter, year\.$/],
    [{ order: 'random' }, /^error: order: "random" is none of newest, oldest\.$/],
    [{ unit: 'furlongs of nothing' }, /^error: unit: /],
  ])('refuses %j by its field', async (values, fault) => {
    await store(reading(NOON, '1'));
    const back = await history(values);
    expect(back.status).toBe('executing');
    expect(notesOf(back)[0]).toMatch(fault);
  });

  it("is that of the ownership alone: a new owner sees nothing of the former one's, and that one nothing any more", async () => {
    await store(reading(NOON, 'mine'));
    const old = to;
    await change(({ ownership: _ended, ...thing }) => thing);
    id = (await stage.place({ jid: JID, owner: 'new@example.org' })) ?? expect.fail();
    to = `${id}@${DOMAIN}`;
    await store(reading(NOON + HOUR, 'theirs', { name: 'New' }));
    const answer = await history({}, 'new@example.org/x');
    expect(column('value', answer)).toEqual(['theirs']);
    const { form } = await stage.go('history', { from: 'new@example.org/x', to });
    expect(form?.fields[2]?.options?.map(({ value }) => value)).toEqual(['New']);
    for (const from of ['owner@example.org/phone', ANNA]) {
      for (const each of [old, to]) {
        expect(await stage.play('history', { from, to: each })).toMatchObject({ condition: 'item-not-found' });
      }
    }
  });

  it('is not given to who lost the right while it was looked up', async () => {
    await store(reading(NOON, 'secret'));
    const { history: page } = stage.store.readings;
    stage.store.readings.history = async (...asked) => {
      await change((thing) => ({ ...thing, ownership: { ...(thing.ownership ?? expect.fail()), sharedWith: [] } }));
      return page(...asked);
    };
    const answer = await history();
    expect([notesOf(answer), answer.form]).toEqual([['error: You may not read the Thing any more.'], undefined]);
  });
});
