import { beforeEach, describe, expect, it } from 'vitest';
import { FIELD_TYPES, type FieldType, type Reading } from '../../../src/domain/reading.js';
import type { OwnershipId } from '../../../src/domain/thing.js';
import { timeZone } from '../../../src/domain/time-zone.js';
import { createHouse, field, type House, NOON, node, sample, settle } from './house.js';

let house: House;
let id: OwnershipId;
beforeEach(async () => {
  house = createHouse({ now: NOON + 2 * 60 * 60_000 });
  id = await house.place('device@example.org');
});

const DEVICE = 'device@example.org/d';
const HOUR = 60 * 60_000;
const push = (...samples: Parameters<House['report']>[2]) => house.report(DEVICE, 1, samples);
const types = (...asked: FieldType[]): ReadonlySet<FieldType> => new Set(asked);

/** `12:00 n T=1 historicalHour`: the last of the flags that a value has. */
function values(): string[] {
  return house.said.splice(0).flatMap(({ message }) => {
    if (message.kind !== 'fields') return [];
    return message.samples.flatMap(({ node: { nodeId }, at, fields }) =>
      fields.map(({ name, value, fieldTypes }) => {
        const time = new Date(at.ms).toISOString().slice(11, 16);
        return `${time} ${nodeId.replace(id, 'thing')} ${name}=${value} ${[...fieldTypes].at(-1)}`;
      }),
    );
  });
}

describe('peak and computed with a period', () => {
  it('come in order of time with the values at the shifts, and are asked of no device', async () => {
    await push(
      ...[0, 15, 60, 90, 150].map((minute) => sample('n', NOON + minute * 60_000, field('T', String(minute)))),
    );
    await push(sample('m', NOON + HOUR, field('P', '7')));
    await house.read({ nodes: [node(id)], types: types('peak', 'historicalHour') });
    expect(values()).toEqual([
      '12:00 thing T=0 historicalHour',
      '12:00 thing T, Min=0 historicalHour',
      '12:00 thing T, Max=0 historicalHour',
      '13:00 thing/m P=7 historicalHour',
      '13:00 thing T=60 historicalHour',
      '13:00 thing T, Min=15 historicalHour',
      '13:00 thing T, Max=60 historicalHour',
      '13:00 thing/m P, Min=7 historicalHour',
      '13:00 thing/m P, Max=7 historicalHour',
      '14:00 thing T, Min=90 historicalHour',
      '14:00 thing T, Max=90 historicalHour',
    ]);
    expect(house.asked).toEqual([]);
  });

  it('are of the nodes, names and bounds asked for, whole at their beginning', async () => {
    await push(...[-30, 0, 30, 60].map((minute) => sample('n', NOON + minute * 60_000, field('T', String(minute)))));
    await push(sample('m', NOON, field('T', '7'), field('P', '8')));
    await house.read({
      nodes: [node(id)],
      at: id,
      types: types('computed', 'historicalDay', 'historicalHour'),
      fields: ['T, Mean', 'P'],
      from: { ms: NOON },
      to: { ms: NOON + 30 * 60_000 },
    });
    expect(values()).toEqual(['12:00 n T, Mean=-15.00 historicalHour']);
    await house.read({
      at: id,
      types: types('peak', 'historicalMinute', 'historicalDay'),
      fields: ['T'],
      from: { ms: NOON },
      seqnr: 3,
    });
    expect(values().filter((each) => !/T, M/.test(each))).toEqual([
      '12:00 m T=7 historicalHour',
      '12:00 n T=0 historicalHour',
      '12:30 n T=30 historicalMinute',
      '13:00 n T=60 historicalHour',
    ]);
    await house.read({ nodes: [node('m')], at: id, types: types('peak', 'historicalHour'), fields: ['P'], seqnr: 2 });
    expect(values()).toEqual([
      '12:00 m P=8 historicalHour',
      '12:00 m P, Min=8 historicalHour',
      '12:00 m P, Max=8 historicalHour',
    ]);
  });

  it('of hours and days are told apart by their period, and days are those of the Thing’s zone', async () => {
    house = createHouse({ zone: timeZone('Asia/Kathmandu') ?? expect.fail(), now: NOON + 24 * HOUR });
    id = await house.place('device@example.org');
    const midnight = NOON + 6.25 * HOUR;
    await push(...[-90, -30, 0].map((minute) => sample('n', midnight + minute * 60_000, field('T', String(minute)))));
    await house.read({
      nodes: [node(id)],
      types: types('computed', 'historicalDay', 'historicalHour'),
      fields: ['T, Count'],
    });
    expect(values()).toEqual([
      '17:15 thing T, Count=1 historicalHour',
      '18:15 thing T, Count=2 historicalHour',
      '18:15 thing T, Count=3 historicalDay',
    ]);
  });

  it('without a period are the device’s, and so they are with all types, where no period is important', async () => {
    await push(sample('n', NOON, field('T', '1')));
    for (const [index, asked] of [types('peak', 'computed'), types(...FIELD_TYPES)].entries()) {
      await house.read({ nodes: [node(id)], types: asked, seqnr: index + 1 });
      const question = house.asked.at(-1) ?? expect.fail('nothing was asked');
      expect([...question.types]).toEqual(expect.arrayContaining(['peak', 'computed']));
      await house.report(DEVICE, question.seqnr, [sample('n', NOON + 1, field('T, Max', '2', 'peak'))], true);
      expect(values()).toEqual([
        ...(index === 1 ? ['12:00 thing T=1 historicalHour', '12:00 thing T, Max=2 historicalOther'] : []),
        '12:00 thing T, Max=2 peak',
      ]);
    }
  });

  it('give those that the device worked out itself, and work out nothing from them', async () => {
    await push(sample('n', NOON, field('T, Max', '2', 'peak')));
    await house.read({ nodes: [node(id)], types: types('peak', 'historicalHour') });
    expect(values()).toEqual(['12:00 thing T, Max=2 historicalHour']);
  });

  it('come in messages of bounded size from a long history, of which a page is held at a time', async () => {
    const COUNT = 3_000;
    const first = NOON - COUNT * 60_000;
    const readings = Array.from(
      { length: COUNT },
      (_, n): Reading => ({ ...field('T', String(n)), node: node('n'), at: { ms: first + n * 60_000 } }),
    );
    await house.store.readings.add([{ ownership: id, readings }]);
    await house.read({ nodes: [node(id)], types: types('computed', 'historicalMinute', 'historicalDay') });
    for (let turn = 0; turn < 20; turn++) await settle();
    expect(house.said.at(-1)?.message.kind).toBe('done');
    for (const { message } of house.said) {
      const sizes = message.kind === 'fields' ? message.samples.map(({ fields }) => fields.length) : [];
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(500);
    }
    const all = values();
    expect(all.filter((each) => each.includes('T, Count=1 historicalMinute'))).toHaveLength(COUNT);
    expect(all.filter((each) => /^00:00 .*Count=\d+ historicalDay/.test(each))).toHaveLength(2);
  });
});
