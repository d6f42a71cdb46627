import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/domain/ports.js';
import type { Collected } from '../../../src/domain/read-out/collect.js';
import type { FieldType } from '../../../src/domain/reading.js';
import { createRecorder, RECORDER_SETTINGS, type Recorder } from '../../../src/domain/recording/recorder.js';
import { nextSlot } from '../../../src/domain/recording/recording.js';
import type { OwnershipId } from '../../../src/domain/thing.js';
import { createIds } from '../../../src/ids.js';
import { bare, createHouse, field, full, type House, NOON, sample, settle } from '../read-out/house.js';

const MINUTE = 60_000;
const ENTRY: AuditEntry = { at: 1, actor: full('owner@example.org/r'), action: 'record', subject: '', outcome: 'done' };

let house: House;
let recorder: Recorder;
beforeEach(() => {
  house = createHouse();
  recorder = recorderOf(house);
});

type Read = (id: OwnershipId, types: ReadonlySet<FieldType>) => Promise<Collected>;

function recorderOf(of: House, settings = RECORDER_SETTINGS, read?: Read): Recorder {
  return createRecorder({
    things: of.store.things,
    recordings: of.store.recordings,
    sessions: of.sessions,
    read: (thing, types) => read?.(thing.ownership.id, types) ?? of.broker.collect({ thing, types }),
    clock: { now: () => of.now },
    timers: of.timers,
    settings,
    onFault: (error) => void of.faults.push(error),
  });
}

async function record(id: OwnershipId, periodMs = MINUTE, due = house.now): Promise<void> {
  const types = new Set<FieldType>(['momentary']);
  expect(await house.store.recordings.put({ ownership: id, periodMs, types, due }, ENTRY)).toBe(true);
  recorder.changed();
}

const last = async (id: OwnershipId) => (await house.store.recordings.of(id))?.last;

/** Each question is answered by one value, done at once. */
function answering(): void {
  house.device = ({ seqnr, session }) => {
    void house.report(session, seqnr, [sample('', house.now, field('T', String(house.now % 1000)))], true);
    return { kind: 'accepted' };
  };
}

describe('a recording', () => {
  it('reads the Thing at once, and then once a period, at times that do not drift', async () => {
    answering();
    const id = await house.place('device@example.org');
    const times: number[] = [];
    const { device } = house;
    house.device = (asked) => {
      times.push(house.now);
      return device(asked);
    };
    recorder.resume();
    await record(id);
    await house.pass(10 * MINUTE);
    const [first, second = 0, ...others] = times;
    expect(first).toBe(NOON);
    expect(others).toEqual(Array.from({ length: 9 }, (_, n) => second + (n + 1) * MINUTE));
    expect(house.asked.every(({ types }) => [...types].join() === 'momentary')).toBe(true);
    expect((await house.store.readings.history({ ownership: id }, 99)).readings).toHaveLength(11);
    expect(await last(id)).toEqual({ at: others.at(-1), outcome: '1 value was stored.' });
    expect(house.faults).toEqual([]);
  });

  it('survives a restart, and after a long pause reads once, not for each time missed', async () => {
    answering();
    const id = await house.place('device@example.org');
    await record(id);
    await house.pass(60 * MINUTE);
    expect(house.asked).toHaveLength(0);
    const after = recorderOf(house);
    after.resume();
    await house.pass(1);
    expect(house.asked).toHaveLength(1);
    after.pause();
    await house.pass(5 * MINUTE);
    expect(house.asked).toHaveLength(1);
    after.resume();
    await house.pass(1);
    expect(house.asked).toHaveLength(2);
    await after.stop();
    after.resume();
    await house.pass(5 * MINUTE);
    expect(house.asked).toHaveLength(2);
  });

  it('is skipped while the Thing is off line, and says so', async () => {
    answering();
    const id = await house.place('device@example.org', { online: false });
    recorder.resume();
    await record(id);
    await house.pass(3 * MINUTE);
    expect(house.asked).toEqual([]);
    expect((await last(id))?.outcome).toBe('The Thing was off line; it was not asked.');
    await house.sessions.seen(full('device@example.org/d'));
    await house.pass(MINUTE);
    expect(house.asked).toHaveLength(1);
    expect((await last(id))?.outcome).toBe('1 value was stored.');
  });

  it('never asks one Thing twice at once, however slow it is', async () => {
    // Once data has come, another question would be another read-out.
    house.device = ({ seqnr, session }) => {
      void house.report(session, seqnr, [sample('', NOON, field('T', '1'))]);
      return { kind: 'accepted' };
    };
    const id = await house.place('device@example.org');
    recorder.resume();
    await record(id, 10_000);
    await house.pass(29_000);
    expect(house.asked).toHaveLength(1);
    await house.pass(11_000);
    expect(house.asked).toHaveLength(2);
    expect((await last(id))?.outcome).toBe(
      '1 value was stored. The Thing did not finish its answer within 30 seconds; there may be more.',
    );
  });

  it('tells what the device could not do', async () => {
    house.device = ({ seqnr, session }) => {
      const fault = { node: { nodeId: '', sourceId: '', cacheType: '' }, timestamp: '', reason: 'Broken.' };
      void house
        .report(session, seqnr, [sample('', NOON, field('T', '1'), field('U', '2'))])
        .then(() => house.fail(session, seqnr, [fault], true));
      return { kind: 'accepted' };
    };
    const id = await house.place('device@example.org');
    recorder.resume();
    await record(id);
    await house.pass(1000);
    expect((await last(id))?.outcome).toBe('2 values were stored. Broken.');
  });

  it('ends with the ownership, also while the Thing is being read', async () => {
    const id = await house.place('device@example.org');
    recorder.resume();
    await record(id);
    await house.pass(1000);
    expect(house.asked).toHaveLength(1);
    const address = { jid: bare('device@example.org'), nodeId: '', sourceId: '', cacheType: '' };
    await house.store.things.changeAt(address, () => ({
      outcome: undefined,
      writes: [{ write: 'no-thing', address, at: house.now }],
    }));
    await house.pass(5 * MINUTE);
    expect(house.asked).toHaveLength(1);
    expect(await house.store.recordings.of(id)).toBeUndefined();
    expect(house.faults).toEqual([]);
  });

  it('shares the read-out of those who ask the same', async () => {
    const id = await house.place('device@example.org');
    recorder.resume();
    await record(id);
    await house.pass(100);
    await house.read({ at: id });
    expect(house.asked).toHaveLength(1);
    await house.report('device@example.org/d', house.asked[0]?.seqnr ?? 0, [sample('', NOON, field('T', '1'))], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, 'done 01']);
    expect((await last(id))?.outcome).toBe('1 value was stored.');
  });

  it('goes on after the store has refused', async () => {
    answering();
    const id = await house.place('device@example.org');
    await record(id);
    const { due } = house.store.recordings;
    house.store.recordings.due = async () => {
      house.store.recordings.due = due;
      throw new Error('the disk is full');
    };
    recorder.resume();
    await house.pass(59_999);
    expect(house.asked).toHaveLength(0);
    await house.pass(1);
    expect(house.asked).toHaveLength(1);
    expect(house.faults).toHaveLength(1);
  });
});

describe('a thousand recordings', () => {
  const ids = createIds();
  const many = (count: number) => Array.from({ length: count }, () => ids.ownership());

  it('are spread over their period, however short', () => {
    for (const periodMs of [10_000, MINUTE, 60 * MINUTE, 24 * 60 * MINUTE]) {
      const bins = new Map<number, number>();
      for (const ownership of many(1000)) {
        const slot = nextSlot({ ownership, periodMs }, NOON);
        expect(slot).toBeGreaterThan(NOON);
        expect(slot).toBeLessThanOrEqual(NOON + periodMs);
        expect(nextSlot({ ownership, periodMs }, slot)).toBe(slot + periodMs);
        expect(nextSlot({ ownership, periodMs }, slot - 1)).toBe(slot);
        const bin = Math.floor(((slot - NOON) / periodMs) * 10);
        bins.set(bin, (bins.get(bin) ?? 0) + 1);
      }
      for (let bin = 0; bin < 10; bin++) expect(bins.get(bin)).toBeGreaterThan(50);
    }
  });

  it('are begun a few at a time when all are due, on one timer, the longest due first', async () => {
    const settings = { atOnce: 20, aTurn: 10, turnMs: 1000 };
    const begun: { readonly id: OwnershipId; readonly at: number; readonly finish: () => void }[] = [];
    recorder = recorderOf(
      house,
      settings,
      (id) =>
        new Promise((resolve) => {
          const finish = (): void => resolve({ values: 0, faults: [], reason: undefined });
          begun.push({ id, at: house.now, finish });
        }),
    );
    const placed: OwnershipId[] = [];
    for (let n = 0; n < 35; n++) placed.push(await house.place(`device${n}@example.org`));
    for (const [n, id] of placed.entries()) await record(id, MINUTE, NOON - 1000 + n);
    recorder.resume();
    await house.pass(500);
    expect(begun.map(({ id }) => id)).toEqual(placed.slice(0, 10));
    await house.pass(2000);
    expect(begun).toHaveLength(20);
    expect(house.alarms.size).toBe(1);
    await house.pass(20_000);
    expect(begun).toHaveLength(20);
    for (const { finish } of begun) finish();
    await settle();
    await house.pass(3000);
    expect(begun.slice(20, 35).map(({ id }) => id)).toEqual(placed.slice(20));
    const perTurn = new Map<number, number>();
    for (const { at } of begun) perTurn.set(at, (perTurn.get(at) ?? 0) + 1);
    expect(Math.max(...perTurn.values())).toBe(10);
  });
});
