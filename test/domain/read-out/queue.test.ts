import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createHouse, field, full, type House, type HouseOptions, NOON, node, sample, settle } from './house.js';

const SOON = NOON + 60_000;
const phone = full('owner@example.org/phone');
const directory = mkdtempSync(join(tmpdir(), 'thingstead-queue-'));
const houses: House[] = [];
function open(options: HouseOptions = {}): House {
  const house = createHouse(options);
  houses.push(house);
  return house;
}
afterEach(async () => {
  for (const house of houses.splice(0)) await house.store.close();
  rmSync(directory, { recursive: true, force: true });
});

async function answer(house: House): Promise<void> {
  const [{ session, seqnr } = expect.fail('nothing was asked')] = house.asked;
  await house.report(session, seqnr, [sample('n', NOON, field('T', '1'))], true);
}

describe('a request for later', () => {
  it('is queued, begins at its time and says so', async () => {
    const house = open();
    const id = await house.place('device@example.org');
    expect(await house.read({ nodes: [node(id)], when: { ms: SOON } })).toMatchObject({ accepted: true, queued: true });
    await house.pass(59_999);
    expect([house.asked, house.heard()]).toEqual([[], []]);
    await house.pass(1);
    await answer(house);
    expect(house.heard()).toEqual(['started 01', `fields 01: ${id} T=1 momentary`, 'done 01']);
    expect(await house.store.queue.nextDue()).toBeUndefined();
  });

  it('begins at once if its time has passed', async () => {
    const house = open();
    const id = await house.place('device@example.org');
    expect(await house.read({ nodes: [node(id)], when: { ms: NOON } })).toMatchObject({ queued: false });
    await answer(house);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, 'done 01']);
  });

  it('more than a year ahead is refused', async () => {
    const house = open();
    const id = await house.place('device@example.org');
    const when = { ms: NOON + 367 * 24 * 60 * 60 * 1000 };
    expect(await house.read({ nodes: [node(id)], when })).toMatchObject({ refusal: 'too-far-ahead' });
  });

  it('keeps its number to itself, and counts against the limit', async () => {
    const house = open({ settings: { perAsker: 2 } });
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)], when: { ms: SOON } });
    expect(await house.read({ nodes: [node(id)] })).toMatchObject({ refusal: 'seqnr-in-use' });
    expect(await house.read({ nodes: [node(id)], when: { ms: SOON } })).toMatchObject({ refusal: 'seqnr-in-use' });
    await house.read({ nodes: [node(id)], seqnr: 2 });
    expect(await house.read({ nodes: [node(id)], seqnr: 3 })).toMatchObject({ refusal: 'too-many-requests' });
  });

  it('can be cancelled, once', async () => {
    const house = open();
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)], when: { ms: SOON } });
    expect(await house.broker.cancel(full('owner@example.org/desk'), 1)).toBe(false);
    expect(await house.broker.cancel(phone, 1)).toBe(true);
    expect(await house.broker.cancel(phone, 1)).toBe(false);
    await house.pass(120_000);
    expect([house.asked, house.heard()]).toEqual([[], []]);
  });

  it('can be cancelled while it is made sure that the reader is there', async () => {
    const house = open();
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)], when: { ms: SOON } });
    house.readerIsAsked = async () => void (await house.broker.cancel(phone, 1));
    await house.pass(60_000);
    expect([house.asked, house.heard()]).toEqual([[], []]);
  });

  it('survives a restart, and begins late rather than never', async () => {
    const file = join(mkdtempSync(`${directory}-`), 'test.db');
    const before = open({ file });
    const id = await before.place('device@example.org');
    await before.read({
      nodes: [node(id)],
      fields: ['T'],
      types: new Set(['momentary', 'status']),
      when: { ms: SOON },
    });
    await before.broker.stop();
    await before.store.close();
    houses.pop();

    const after = open({ file, now: SOON + 5_000 });
    await after.broker.resume();
    await after.pass(0);
    expect([...(after.asked[0]?.types ?? [])]).toEqual(['momentary', 'status']);
    await answer(after);
    expect(after.heard()).toEqual(['started 01', `fields 01: ${id} T=1 momentary`, 'done 01']);
    rmSync(join(file, '..'), { recursive: true });
  });

  it('begins within a minute of its time where the clock was put forward meanwhile', async () => {
    const behind = 60 * 60 * 1000;
    const house = open({ now: NOON - behind });
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)], when: { ms: SOON } });
    // Timers count the time that passes, whatever clocks show.
    const running = [...house.alarms].map(({ at, run }) => ({ at: at + behind, run }));
    house.alarms.clear();
    for (const alarm of running) house.alarms.add(alarm);
    house.now = NOON;
    await house.pass(120_000);
    expect(house.asked).toHaveLength(1);
  });

  it('waits on through a restart before its time', async () => {
    const house = open();
    const id = await house.place('device@example.org');
    const since = (await house.store.things.byOwnership(id))?.ownership?.since ?? Number.NaN;
    await house.store.queue.add({
      due: SOON + 48 * 60 * 60 * 1000,
      answersPings: false,
      plan: {
        ends: { asker: phone, self: full('things.example.org') },
        request: { seqnr: { value: 7, text: '7' }, types: new Set(['momentary']), fields: [], tokens: {} },
        parts: [{ ownership: id, since, naming: { kind: 'own' }, only: [] }],
        faults: [],
        wasQueued: true,
      },
    });
    await house.broker.resume();
    await house.pass(48 * 60 * 60 * 1000);
    expect(house.asked).toEqual([]);
    await house.pass(60_000);
    expect(house.asked).toHaveLength(1);
  });

  it('does not return with an owner who gave the Thing up and claimed it again', async () => {
    const house = open();
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)], when: { ms: SOON } });
    await house.change(id, { since: NOON + 1000 });
    await house.pass(60_000);
    expect(house.asked).toEqual([]);
    expect(house.heard()).toEqual(['started 01', `failure 01: ${id} You may not read this Thing.`, 'done 01']);
  });

  it('is judged again when it begins', async () => {
    const house = open();
    const id = await house.place('device@example.org', { sharedWith: [full('friend@example.org') as never] });
    await house.read({ nodes: [node(id)], when: { ms: SOON }, asker: 'friend@example.org/x' });
    await house.change(id, { sharedWith: [] });
    await house.pass(60_000);
    expect(house.asked).toEqual([]);
    expect(house.heard()).toEqual(['started 01', `failure 01: ${id} You may not read this Thing.`, 'done 01']);
  });

  it('of a session that answered pings and is gone is dropped without troubling the device', async () => {
    const house = open();
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)], when: { ms: SOON } });
    house.readerAnswersPing = false;
    await house.pass(60_000);
    expect([house.asked, house.heard()]).toEqual([[], []]);
    expect(await house.store.queue.nextDue()).toBeUndefined();
  });

  it('of a session that never answered pings is served', async () => {
    const house = open();
    house.readerAnswersPing = false;
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)], when: { ms: SOON } });
    await house.pass(60_000);
    expect(house.asked).toHaveLength(1);
  });

  it('of a session that never answered pings is dropped once it was seen to go, unless it answers then', async () => {
    for (const [answers, asked] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const house = open();
      house.readerAnswersPing = false;
      const id = await house.place('device@example.org');
      await house.read({ nodes: [node(id)], when: { ms: SOON } });
      await house.read({ nodes: [node(id)], when: { ms: SOON }, seqnr: 2, asker: 'owner@example.org/desk' });
      house.broker.readerGone(phone);
      await settle();
      house.readerAnswersPing = answers;
      await house.pass(60_000);
      expect(house.said.filter(({ to }) => to === phone)).toHaveLength(asked);
      expect(house.said.filter(({ to }) => to !== phone)).toHaveLength(1);
    }
  });

  it('never brings a token to the disk', async () => {
    const house = open();
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)], when: { ms: SOON }, tokens: { user: 'sesame' } });
    expect(JSON.stringify(await house.store.queue.due(SOON, 10))).not.toContain('sesame');
  });
});
