import { beforeEach, describe, expect, it } from 'vitest';
import { isClaimed, type OwnershipId } from '../../src/domain/thing.js';
import { field, full, node, sample } from '../domain/read-out/house.js';
import { createStage, notesOf, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const JID = 'boiler@example.org';
const ANNA = 'anna@example.org/desk';
const NOON = Date.UTC(2026, 0, 1, 12);

let stage: Stage;
let id: OwnershipId;
let to: string;
beforeEach(async () => {
  stage = createStage();
  id = await place({ sharedWith: [bare('anna@example.org')] });
  to = `${id}@${DOMAIN}`;
});

async function place(more: object): Promise<OwnershipId> {
  const placed = await stage.place({ jid: JID, owner: 'owner@example.org', ...more });
  await stage.sessions.seen(full(`${JID}/d`));
  return placed ?? expect.fail('not placed');
}

/** Begins to read; `end` is what is answered to it. */
async function begin(values: NonNullable<Step['values']> = {}, from = ANNA) {
  const { sessionid } = await stage.go('read', { from, to });
  const end = stage.go('read', { from, to, sessionid, values });
  await settle();
  return { end };
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** The asker waits no longer. */
function pass(ms = 4000): void {
  stage.now += ms;
  for (const alarm of [...stage.alarms]) if (alarm.at <= stage.now) alarm.run();
}

const celsius = (name: string, value: string) => ({ ...field(name, value), unit: '°C' });

describe('the operation read', () => {
  it('asks the device, and shows what it answers, to the character; that is stored', async () => {
    const { end } = await begin({ type: ['momentary', 'status'] });
    expect(stage.devices.questions).toMatchObject([{ types: new Set(['momentary', 'status']), tokens: {} }]);
    const mode = { ...field('Mode', ' “a\tb” <&>  ', 'status'), type: 'string', unit: '' } as const;
    const signed = { ...celsius('T', '+010.00'), qualities: new Set(['automaticReadout', 'signed'] as const) };
    await stage.devices.report(JID, [sample('', NOON, signed), sample('n', NOON - 1, mode)]);
    const answer = await end;
    expect(notesOf(answer)).toEqual(['info: 2 values: T = +010.00 °C; Mode = “a\tb” <&>.']);
    expect(answer.form?.table?.columns.map(({ name }) => name)).toEqual([
      ...['time', 'node', 'field', 'value', 'unit', 'type', 'quality'],
    ]);
    expect(answer.form?.table?.rows).toEqual([
      ['2026-01-01T12:00:00Z', id, 'T', '+010.00', '°C', 'momentary', 'automaticReadout signed'],
      ['2026-01-01T11:59:59.999Z', 'n', 'Mode', ' “a\tb” <&>  ', '', 'status', ''],
    ]);
    const { readings } = await stage.store.readings.history({ ownership: id }, 9);
    expect(readings.map(({ value }) => value)).toEqual([' “a\tb” <&>  ', '+010.00']);
    expect(stage.devices.said).toEqual([]);
  });

  it('offers the fields that are known, and shows those that are chosen, in the unit asked for where that can be', async () => {
    const first = await begin();
    const fields = [celsius('T', '20'), celsius('U', '21.50'), { ...field('H', '40'), unit: '%' }];
    await stage.devices.report(JID, [sample('', NOON, ...fields)]);
    await first.end;
    const { form, sessionid } = await stage.go('read', { from: ANNA, to });
    expect(form?.fields[1]).toMatchObject({ name: 'field', type: 'list-multi', validation: { open: true } });
    expect(form?.fields[1]?.options).toEqual(['H', 'T', 'U'].map((value) => ({ value, label: value })));
    const end = stage.go('read', { from: ANNA, to, sessionid, values: { field: ['T', 'H'], unit: '°F' } });
    await settle();
    await stage.devices.report(JID, [sample('', NOON, ...fields)]);
    const answer = await end;
    expect(answer.form?.table?.rows.map((row) => row.slice(2, 5))).toEqual([
      ['T', '68', '°F'],
      ['H', '40', '%'],
    ]);
    expect(notesOf(answer)).toEqual([
      'info: 2 values: T = 68 °F; H = 40 %.',
      'warn: These cannot be given in °F, and are as they were reported: "H" (%).',
    ]);
  });

  it.each([
    [{ unit: 'furlongs of nothing' }, /^error: unit: .*furlongs of nothing/],
    [{ type: 'historical' }, /^error: type: "historical" is none of momentary, peak, status, computed, identity\.$/],
    [{ type: [] }, /^error: type: This has to be given\.$/],
  ])('refuses %j by its field, and asks nothing', async (values, fault) => {
    const { end } = await begin(values);
    const back = await end;
    expect(back.status).toBe('executing');
    expect(notesOf(back)[0]).toMatch(fault);
    expect(stage.devices.questions).toEqual([]);
  });

  it('shares the question of those who ask the same by XEP-0323', async () => {
    const { broker, questions, said } = stage.devices;
    const thing = await stage.store.things.byOwnership(id);
    if (!isClaimed(thing)) return expect.fail();
    const ends = { asker: full('owner@example.org/phone'), self: full(to) };
    const seqnr = { value: 7, text: '7' };
    const request = { seqnr, types: new Set(['momentary'] as const), nodes: [], fields: [], tokens: {} };
    const verdict = await broker.request(ends, request, { thing });
    if (!verdict.accepted) return expect.fail();
    verdict.begin();
    const { end } = await begin();
    expect(questions).toHaveLength(1);
    await stage.devices.report(JID, [sample('', NOON, celsius('T', '20'))]);
    expect((await end).form?.table?.rows).toHaveLength(1);
    await settle();
    expect(said.map(({ to: reader, message }) => `${reader} ${message.kind}`)).toEqual([
      'owner@example.org/phone fields',
      'owner@example.org/phone done',
    ]);
  });

  it('says at once that the Thing is off line, and asks one that may be there by the session it spoke from', async () => {
    await stage.store.sessions.gone(full(`${JID}/d`));
    expect(notesOf(await (await begin()).end)).toEqual(['error: The Thing is off line; try again when it is there.']);
    expect(stage.devices.questions).toEqual([]);
    const thing = (await stage.store.things.byOwnership(id)) ?? expect.fail();
    const write = { write: 'thing', thing: { ...thing, spokeFrom: full(`${JID}/d`) }, at: 1 } as const;
    await stage.store.things.changeAt(thing.address, () => ({ outcome: undefined, writes: [write] }));
    stage.devices.device = () => ({ kind: 'gone' });
    const { end } = await begin();
    expect(stage.devices.questions).toHaveLength(1);
    pass(1500);
    expect(notesOf(await end)).toEqual(['error: The Thing is off line; try again when it is there.']);
  });

  it('says that the Thing has not answered in time; what it sends later is stored, and nothing old is shown', async () => {
    const reading = { ...celsius('T', '5'), node: node(''), at: { ms: NOON - 1 } };
    await stage.store.readings.add([{ ownership: id, readings: [reading] }]);
    const { end } = await begin();
    pass();
    const answer = await end;
    expect(notesOf(answer)).toEqual([
      'error: The Thing has not answered in time; should it do so later, what it sends is stored: see its history.',
    ]);
    expect(answer.form).toBeUndefined();
    await stage.devices.report(JID, [sample('', NOON, celsius('T', '6'))]);
    const { readings } = await stage.store.readings.history({ ownership: id }, 9);
    expect(readings.map(({ value }) => value)).toEqual(['5', '6']);
    expect(stage.devices.said).toEqual([]);
  });

  it('shows what has come in time of an answer that goes on', async () => {
    const { end } = await begin();
    await stage.devices.report(JID, [sample('', NOON, celsius('T', '6'))], { done: false });
    await settle();
    pass();
    const answer = await end;
    expect(answer.form?.table?.rows).toHaveLength(1);
    expect(notesOf(answer)[1]).toBe('warn: The Thing is still answering; what it sends is stored as it comes.');
  });

  it('tells what the Thing could not read: beside values as a warning, alone as a refusal', async () => {
    const both = await begin();
    await stage.devices.report(JID, [sample('', NOON, celsius('T', '6'))], { done: false });
    await stage.devices.fail(JID, ['Sensor 2 is broken.', 'Sensor 2 is broken.', 'Sensor 3 too.']);
    expect(notesOf(await both.end)).toEqual(['info: One value: T = 6 °C.', 'warn: Sensor 2 is broken. Sensor 3 too.']);
    const none = await begin();
    await stage.devices.fail(JID, ['It burns.']);
    expect(notesOf(await none.end)).toEqual(['error: It burns.']);
    stage.devices.device = () => ({ kind: 'refused', reason: 'not now.' });
    expect(notesOf(await (await begin()).end)).toEqual(['error: The Thing refused: not now.']);
  });

  it('says that there are no such values where the Thing has none', async () => {
    const { end } = await begin({ field: 'Pressure' });
    await stage.devices.report(JID, [sample('', NOON, celsius('T', '6'))]);
    expect(notesOf(await end)).toEqual(['info: The Thing answered, and had no such values.']);
  });

  it('shows a thousand values, and says that there were more', async () => {
    const { end } = await begin();
    const fields = Array.from({ length: 1001 }, (_, n) => celsius(`T${n}`, String(n)));
    await stage.devices.report(JID, [sample('', NOON, ...fields)]);
    const answer = await end;
    expect(answer.form?.table?.rows).toHaveLength(1000);
    expect(notesOf(answer)[1]).toBe(
      'warn: There were more values; these are the first 1000, the others are in its history.',
    );
  });

  it('keeps an answer to what servers take', async () => {
    const { end } = await begin({ type: 'status' });
    const long = (n: number) =>
      ({ ...field(`S${n}`, 'x'.repeat(60_000), 'status'), type: 'string', unit: '' }) as const;
    await stage.devices.report(JID, [sample('', NOON, ...Array.from({ length: 30 }, (_, n) => long(n)))]);
    const rows = (await end).form?.table?.rows ?? [];
    expect(rows.length).toBeGreaterThan(10);
    expect(JSON.stringify(rows).length).toBeLessThan(1024 * 1024);
  });

  it('counts among the read-outs that one account may have open', async () => {
    for (const type of ['momentary', 'status', 'peak']) await begin({ type });
    const { end } = await begin({ type: 'identity' });
    expect(notesOf(await end)).toEqual(['error: You have too many read-outs open; wait for some to end.']);
    expect(stage.devices.questions).toHaveLength(3);
  });

  it('gives nothing to who lost the right meanwhile, however far the answer had come', async () => {
    const change = async (sharedWith: readonly ReturnType<typeof bare>[]) => {
      const thing = await stage.store.things.byOwnership(id);
      if (thing?.ownership === undefined) return expect.fail();
      const written = { ...thing, ownership: { ...thing.ownership, sharedWith } };
      const write = { write: 'thing', thing: written, at: 1 } as const;
      await stage.store.things.changeAt(thing.address, () => ({ outcome: undefined, writes: [write] }));
    };
    const early = await begin();
    await change([]);
    await stage.devices.report(JID, [sample('', NOON, celsius('T', '6'))]);
    const answer = await early.end;
    expect([notesOf(answer), answer.form]).toEqual([['error: You may not read the Thing any more.'], undefined]);

    await change([bare('anna@example.org')]);
    const late = await begin();
    await stage.devices.report(JID, [sample('', NOON, celsius('T', '6'))], { done: false });
    await settle();
    await change([]);
    pass();
    const nothing = await late.end;
    expect([notesOf(nothing), nothing.form]).toEqual([['error: You may not read the Thing any more.'], undefined]);
  });

  it('is offered to who owns nothing, if there is anything public that is shared with everyone', async () => {
    const stranger = 'eve@example.org/x';
    await stage.place({ jid: 'seen@example.org', owner: 'cy@example.org', isPublic: true });
    expect(await stage.play('read', { from: stranger })).toMatchObject({ condition: 'forbidden' });
    const open = await stage.place({
      jid: 'o@example.org',
      owner: 'cy@example.org',
      isPublic: true,
      sharedWith: ['*'],
    });
    const { form } = await stage.go('read', { from: stranger });
    expect(form?.fields[0]?.options).toEqual([{ value: open, label: 'o@example.org' }]);
  });

  it('is for who may read: not for a stranger, and not for who only may see', async () => {
    const stranger = 'eve@example.org/x';
    expect(await stage.play('read', { from: stranger, to })).toMatchObject({ condition: 'item-not-found' });
    const open = await stage.place({ jid: 'open@example.org', owner: 'cy@example.org', isPublic: true });
    const at = { from: stranger, to: `${open}@${DOMAIN}` };
    expect(await stage.play('read', at)).toMatchObject({ condition: 'forbidden' });
    expect(await stage.play('history', at)).toMatchObject({ condition: 'forbidden' });
    expect((await stage.go('read', { from: 'admin@example.org/x', to })).status).toBe('executing');
  });
});
