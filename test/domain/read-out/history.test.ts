import { beforeEach, describe, expect, it } from 'vitest';
import { HISTORICAL } from '../../../src/domain/read-out/types-asked.js';
import { FIELD_TYPES, type FieldType, type Reading } from '../../../src/domain/reading.js';
import type { OwnershipId } from '../../../src/domain/thing.js';
import { timeZone } from '../../../src/domain/time-zone.js';
import { createHouse, field, full, type House, NOON, node, sample, settle } from './house.js';

let house: House;
let id: OwnershipId;
beforeEach(async () => {
  house = createHouse();
  id = await house.place('device@example.org', { sharedWith: [full('friend@example.org') as never] });
});

const DEVICE = 'device@example.org/d';
const MINUTE = 60_000;
const push = (...samples: Parameters<House['report']>[2]) => house.report(DEVICE, 1, samples);
const historical = HISTORICAL as ReadonlySet<FieldType>;

describe('history', () => {
  it('comes oldest first, however it arrived, bounds included', async () => {
    for (const minute of [3, 1, 4, 0, 2]) await push(sample('n', NOON + minute * MINUTE, field('T', `${minute}`)));
    await house.read({
      nodes: [node(id)],
      types: historical,
      from: { ms: NOON + MINUTE },
      to: { ms: NOON + 3 * MINUTE },
    });
    const types = 'historicalSecond+historicalMinute';
    expect(house.heard()).toEqual([
      `fields 01: ${[1, 2, 3].map((n) => `${id} T=${n} ${types}`).join('; ')}`,
      'done 01',
    ]);
    expect(house.asked).toEqual([]);
  });

  it('has the types that each field had, less momentary, and those that its time earns', async () => {
    await push(
      sample('n', NOON + 1, field('T', '1', 'momentary', 'status')),
      sample('n', NOON, field('T', '2', 'peak')),
    );
    await house.read({ nodes: [node(id)], types: historical });
    expect(house.heard()).toEqual([
      `fields 01: ${id} T=2 peak+historicalSecond+historicalMinute+historicalHour; ${id} T=1 status+historicalOther`,
      'done 01',
    ]);
  });

  it('is of the types and names asked for, and no others', async () => {
    await push(
      sample('n', NOON, field('T', '1'), field('P', '2')),
      sample('n', NOON + MINUTE, field('T', '3')),
      sample('n', NOON + 1, field('T', '4')),
    );
    await house.read({ nodes: [node(id)], types: new Set(['historicalHour']), fields: ['T'] });
    await house.read({ nodes: [node(id)], types: new Set(['historicalOther']), seqnr: 2 });
    await house.read({ nodes: [node(id)], types: new Set(['historicalYear']), seqnr: 3 });
    expect(house.heard()).toMatchObject([
      expect.stringMatching(/^fields 01: \S+ T=1 \S+$/),
      'done 01',
      expect.stringMatching(/^fields 02: \S+ T=4 historicalOther$/),
      'done 02',
      'done 03',
    ]);
  });

  it('of all types asks the device for what is live, and passes nothing on twice', async () => {
    await push(sample('n', NOON - 1, field('T', '1')));
    await house.read({ nodes: [node(id)], types: new Set(FIELD_TYPES) });
    const fresh = [field('T', '2', 'momentary'), field('P', '3', 'status', 'historicalDay')];
    await house.report(DEVICE, house.asked[0]?.seqnr ?? 0, [sample('n', NOON, ...fresh)], true);
    expect(house.heard()).toEqual([
      `fields 01: ${id} T=1 historicalOther`,
      `fields 01: ${id} T=2 momentary`,
      'done 01',
    ]);
  });

  it('beside momentary values keeps none from the asker that a device calls both', async () => {
    await house.read({ nodes: [node(id)], types: new Set(['momentary', 'historicalHour']) });
    const both = field('T', '2', 'momentary', 'historicalHour');
    await house.report(DEVICE, house.asked[0]?.seqnr ?? 0, [sample('n', NOON, both)], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=2 momentary+historicalHour`, 'done 01']);
  });

  it('has bounds, live values have none', async () => {
    for (const at of [NOON - 2, NOON - 1]) await push(sample('n', at, field('T', '1')));
    const bounds = { from: { ms: NOON - 1 }, to: { ms: NOON - 1 } };
    await house.read({ nodes: [node(id)], types: new Set(['momentary', 'historicalOther']), ...bounds });
    await house.report(DEVICE, house.asked[0]?.seqnr ?? 0, [sample('n', NOON, field('T', '2'))], true);
    expect(house.heard()).toEqual([
      `fields 01: ${id} T=1 historicalOther`,
      `fields 01: ${id} T=2 momentary`,
      'done 01',
    ]);
  });

  it('of an off line Thing needs no device', async () => {
    await push(sample('n', NOON, field('T', '1')));
    await house.sessions.gone(full(DEVICE));
    await house.read({ nodes: [node(id)], types: historical });
    expect(house.heard()).toHaveLength(2);
  });

  it('of a node is of that node, and of one that never was a failure', async () => {
    await push(
      sample('a', NOON, field('T', '1')),
      sample('b', NOON, field('T', '2')),
      sample('c', NOON, field('T', '3')),
    );
    await house.read({ at: id, nodes: [node('b'), node('x')], types: historical });
    await house.read({ nodes: [node(`${id}/c`)], types: historical, seqnr: 2 });
    const types = 'historicalSecond+historicalMinute+historicalHour';
    expect(house.heard()).toEqual([
      `fields 01: b T=2 ${types}`,
      'failure 01: x No such node.',
      'done 01',
      `fields 02: ${id}/c T=3 ${types}`,
      'done 02',
    ]);
  });

  it('shows nobody the readings of an owner before', async () => {
    await push(sample('n', NOON, field('T', '1')));
    await house.change(id, { id: 'aaaaaaaaaa' as OwnershipId, owner: full('next@example.org') as never });
    const asked = { types: historical, asker: 'next@example.org/x' };
    await house.read({ ...asked, nodes: [node('aaaaaaaaaa')] });
    expect(house.heard()).toEqual(['done 01']);
    expect(await house.read({ ...asked, nodes: [node(id)] })).toMatchObject({ refusal: 'not-found' });
  });
});

describe('a long history', () => {
  const COUNT = 12_345;
  const send = async () => {
    const readings = Array.from(
      { length: COUNT },
      (_, n): Reading => ({
        ...field('T', String(n)),
        node: node('n'),
        at: { ms: NOON - (COUNT - n) * 1000 },
      }),
    );
    await house.store.readings.add([{ ownership: id, readings }]);
    await house.read({ nodes: [node(id)], types: historical });
    for (let turn = 0; turn < 50; turn++) await settle();
  };
  const values = () =>
    house.said.flatMap(({ message }) =>
      message.kind === 'fields' ? message.samples.flatMap(({ fields }) => fields.map(({ value }) => value)) : [],
    );

  it('comes in messages of bounded size, whole and in order', async () => {
    await send();
    expect(values()).toEqual(Array.from({ length: COUNT }, (_, n) => String(n)));
    const sizes = house.said.map(({ message }) => (message.kind === 'fields' ? message.samples.length : 0));
    expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
    expect(house.said.at(-1)?.message.kind).toBe('done');
    expect(house.pings).toContain('owner@example.org/phone');
  });

  it('goes no faster than the connection takes it', async () => {
    let go: () => void = () => undefined;
    house.connection = () => new Promise((resolve) => (go = resolve));
    await send();
    expect(house.said).toHaveLength(1);
    go();
    await settle();
    expect(house.said).toHaveLength(2);
  });

  it('goes no further than a page until the reader has answered a ping, or was given time to', async () => {
    let go: () => void = () => undefined;
    house.readerIsAsked = () => new Promise((resolve) => (go = resolve));
    await send();
    expect(values()).toHaveLength(500);
    go();
    await settle();
    expect(values().length).toBeGreaterThan(500);
    await house.broker.cancel(full('owner@example.org/phone'), 1);
  });

  it('ends when a reader that answered pings does not any more', async () => {
    let asked = 0;
    house.connection = async () => {
      asked += 1;
      if (asked === 3) house.readerAnswersPing = false;
    };
    await send();
    expect(values().length).toBeLessThan(COUNT);
    expect(house.said.at(-1)?.message.kind).toBe('fields');
  });

  it('goes on for a reader that never answers pings', async () => {
    house.readerAnswersPing = false;
    await send();
    expect(values()).toHaveLength(COUNT);
  });

  it('ends when it is cancelled, and when the right to read ends', async () => {
    let sent = 0;
    house.connection = async () => {
      sent += 1;
      if (sent === 3) await house.broker.cancel(full('owner@example.org/phone'), 1);
    };
    await send();
    expect(house.said).toHaveLength(3);

    house.said.splice(0);
    house.connection = async () => {
      if (house.said.length === 2) await house.change(id, { sharedWith: [] });
    };
    await house.read({ nodes: [node(id)], types: historical, asker: 'friend@example.org/x' });
    for (let turn = 0; turn < 20; turn++) await settle();
    expect(house.heard().slice(2)).toEqual([`failure 01: ${id} You may not read this Thing.`, 'done 01']);
  });
});

it('counts shifts in the zone of the Thing', async () => {
  house = createHouse({ zone: timeZone('Europe/Berlin') ?? expect.fail() });
  id = await house.place('device@example.org');
  const midnight = Date.UTC(2025, 11, 31, 23); // of New Year's Day in Berlin, a Thursday
  await push(sample('n', midnight, field('T', '1')));
  await house.read({ nodes: [node(id)], types: new Set(['historicalYear']) });
  expect(house.heard()[0]).toBe(
    `fields 01: ${id} T=1 historicalSecond+historicalMinute+historicalHour+historicalDay+historicalMonth+historicalQuarter+historicalYear`,
  );
});
