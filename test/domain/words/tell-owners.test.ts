import { beforeEach, describe, expect, it } from 'vitest';
import type { Fault } from '../../../src/domain/read-out/report.js';
import type { ClaimedThing } from '../../../src/domain/thing.js';
import { createTellOwners, MOST_AN_HOUR, SILENT_MS, type TellOwners } from '../../../src/domain/words/tell-owners.js';
import { bare, createHouse, field, type House, NOON } from '../read-out/house.js';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
const [ANN, BOB] = [bare('ann@example.org'), bare('bob@example.org')];

let house: House;
let owners: TellOwners;
let told: string[];
let isConnected: boolean;
const blocked = new Set<string>();
const access = { mayUse: ({ jid }: { readonly jid: string }) => !blocked.has(jid) };
beforeEach(() => {
  house = createHouse();
  told = [];
  isConnected = true;
  blocked.clear();
  owners = tellOwners();
});

function tellOwners(): TellOwners {
  return createTellOwners({
    words: house.store.words,
    access,
    send: (to, text) => isConnected && told.push(`${to}: ${text}`) > 0,
    clock: { now: () => house.now },
    timers: house.timers,
    onFault: (error) => void house.faults.push(error),
  });
}

/** Lets much time pass at once: what is due every few seconds is done a few times. */
async function skip(ms: number): Promise<void> {
  house.now += ms - 10_000;
  await house.pass(10_000);
}

const owe = (to: typeof ANN, ...texts: string[]) =>
  Promise.all(texts.map((text) => house.store.words.owe({ to, text, isUnasked: true }, house.now)));
const numbered = (count: number) => Array.from({ length: count }, (_, n) => String(n + 1));
const owedTo = async (to: typeof ANN) => (await house.store.words.owedTo(to, 0)).total;

async function placed(jid: string, owner = ANN): Promise<ClaimedThing> {
  const id = await house.place(jid, { owner });
  const thing = await house.store.things.byOwnership(id);
  if (thing?.ownership === undefined) expect.fail('not placed');
  return { ...thing, ownership: thing.ownership };
}

describe('what is owed', () => {
  it('is told in order while we are connected, and once', async () => {
    await owe(ANN, 'a', 'b');
    await owe(BOB, 'c');
    await house.pass(10_000);
    expect(told).toEqual([]);
    owners.resume();
    await house.pass(4000);
    expect(told.sort()).toEqual([`${ANN}: a`, `${ANN}: b`, `${BOB}: c`]);
    await owe(ANN, 'd');
    await house.pass(4000);
    expect(told.slice(3)).toEqual([`${ANN}: d`]);
    owners.pause();
    await owe(ANN, 'e');
    await house.pass(10_000);
    expect([told.length, await owedTo(ANN), house.faults]).toEqual([4, 1, []]);
  });

  it('waits, from the message on that could not be sent, until it can be', async () => {
    await owe(ANN, 'a', 'b', 'c');
    owners.resume();
    let left = 2;
    owners = createTellOwners({
      words: house.store.words,
      access,
      send: (_, text) => {
        left -= 1;
        return left >= 0 && told.push(text) > 0;
      },
      clock: { now: () => house.now },
      timers: house.timers,
      onFault: (error) => void house.faults.push(error),
    });
    isConnected = false;
    owners.resume();
    await house.pass(4000);
    expect(told).toEqual(['a', 'b']);
    left = 9;
    await house.pass(4000);
    expect([told, await owedTo(ANN)]).toEqual([['a', 'b', 'c'], 0]);
  });

  it('to somebody who is blocked is dropped, and what is owed after that is told', async () => {
    await owe(ANN, ...numbered(30));
    await owe(BOB, 'for Bob');
    blocked.add(ANN);
    owners.resume();
    await house.pass(4000);
    expect([told, await owedTo(ANN)]).toEqual([[`${BOB}: for Bob`], 0]);
    blocked.clear();
    await owe(ANN, 'new');
    await house.pass(4000);
    expect([told.slice(1), house.faults]).toEqual([[`${ANN}: new`], []]);
  });

  it('survives a restart', async () => {
    isConnected = false;
    owners.resume();
    await owe(ANN, 'a');
    await house.pass(4000);
    await owners.stop();
    isConnected = true;
    owners = tellOwners();
    owners.resume();
    await house.pass(4000);
    expect(told).toEqual([`${ANN}: a`]);
  });

  it('and is more than twenty is told as twenty, the last of which says how many there are', async () => {
    await owe(ANN, ...numbered(500));
    await owe(BOB, 'for Bob');
    owners.resume();
    await house.pass(4000);
    const forAnn = told.filter((text) => text.startsWith(ANN));
    expect(forAnn).toEqual([...numbered(MOST_AN_HOUR - 1), 'And 481 more events.'].map((text) => `${ANN}: ${text}`));
    expect([told.length - forAnn.length, await owedTo(ANN)]).toEqual([1, 0]);
  });

  it('and comes bit by bit is told up to twenty an hour, and the rest after that hour', async () => {
    owners.resume();
    for (const text of numbered(25)) {
      await owe(ANN, text);
      await house.pass(4000);
    }
    expect([told.length, await owedTo(ANN)]).toEqual([20, 5]);
    await skip(HOUR);
    expect(told.slice(20)).toEqual(['21', '22', '23', '24', '25'].map((text) => `${ANN}: ${text}`));
  });

  it('and is older than a week is dropped', async () => {
    await owe(ANN, 'old');
    await skip(7 * DAY);
    await owe(ANN, 'new');
    await house.pass(1000);
    owners.resume();
    await house.pass(4000);
    expect(told).toEqual([`${ANN}: new`]);
  });

  it('is tried again after a fault of the store', async () => {
    await owe(ANN, 'a');
    const { receivers } = house.store.words;
    house.store.words.receivers = async () => {
      house.store.words.receivers = receivers;
      throw new Error('no disk');
    };
    owners.resume();
    await house.pass(7000);
    expect([told, house.faults.length]).toEqual([[`${ANN}: a`], 1]);
  });
});

describe('an owner who wants to be told', () => {
  const fault = (nodeId: string, reason: string): Fault => ({
    node: { nodeId, sourceId: '', cacheType: '' },
    timestamp: '',
    reason,
  });
  beforeEach(async () => {
    await house.store.words.setNotified(ANN, true, {
      at: 1,
      actor: ANN,
      action: 'notify',
      subject: ANN,
      outcome: 'on',
    });
  });

  it('learns of refused readings once a day for each Thing, by the first reason', async () => {
    const lamp = await placed('lamp@example.org');
    owners.resume();
    owners.refused([lamp], [fault('', 'First.'), fault('', 'Second.')]);
    owners.refused([lamp], [fault('', 'Third.')]);
    await house.pass(4000);
    const words = `${ANN}: Readings of lamp@example.org were refused: First. You are told that once a day.`;
    expect(told.slice(1)).toEqual([words]);
    await skip(DAY);
    owners.refused([lamp], [fault('', 'Fourth.')]);
    await house.pass(10_000);
    expect(told.filter((text) => text.includes('Fourth.'))).toHaveLength(1);
  });

  it('learns of refused readings of the own Things alone', async () => {
    const lamp = await placed('lamp@example.org', BOB);
    const { ownership: _, ...free } = await placed('free@example.org');
    owners.resume();
    owners.refused([lamp], [fault('', 'First.')]);
    owners.refused([free], [fault('', 'First.')]);
    owners.refused([], [fault('', 'First.')]);
    await house.pass(4000);
    expect(told.filter((text) => text.includes('refused'))).toEqual([]);
    expect(house.faults).toEqual([]);
  });

  it('learns of a Thing that is silent for a day, once, and again only after it was heard', async () => {
    const lamp = await placed('lamp@example.org');
    Object.assign(house, { now: Date.now() }); // the time that the store goes by
    const say = () =>
      house.store.readings.add([
        {
          ownership: lamp.ownership.id,
          readings: [{ ...field('T', '1'), node: { nodeId: '', sourceId: '', cacheType: '' }, at: { ms: house.now } }],
        },
      ]);
    await say();
    owners.resume();
    const silences = () => told.filter((text) => text.includes('Nothing was heard')).length;
    await skip(SILENT_MS - HOUR);
    expect(silences()).toBe(0);
    await skip(HOUR + 10_000);
    await skip(HOUR + 10_000);
    expect(silences()).toBe(1);
    expect(told.at(-1)).toMatch(/: Nothing was heard of lamp@example\.org since 20.*Z\.$/);
    for (let hour = 0; hour < 48; hour++) await skip(HOUR + 10_000);
    expect(silences()).toBe(1);
  });

  it('is not told of silence while nobody could have been heard', async () => {
    await placed('lamp@example.org');
    for (let hour = 0; hour < 48; hour++) {
      owners.resume();
      await skip(HOUR - 1);
      owners.pause();
    }
    expect(told.filter((text) => text.includes('Nothing was heard'))).toEqual([]);
    owners.resume();
    await skip(HOUR + 10_000);
    await house.pass(10_000);
    expect(told.filter((text) => text.includes('Nothing was heard'))).toHaveLength(1);
  });
});

it('the owner of a Thing whose clock is wrong is told in any case', async () => {
  owners.clockMistaken(await placed('lamp@example.org', BOB), 60);
  owners.resume();
  await house.pass(4000);
  expect(told).toEqual([
    `${BOB}: The times that lamp@example.org reports are 60 minutes ahead: its clock or its time zone is not what we take it for.`,
  ]);
  expect(house.now).toBeGreaterThan(NOON);
});
