import { beforeEach, describe, expect, it } from 'vitest';
import type { FieldType } from '../../../src/domain/reading.js';
import { isClaimed, type OwnershipId } from '../../../src/domain/thing.js';
import { createHouse, field, type House, NOON, sample, settle } from './house.js';

let house: House;
let id: OwnershipId;
beforeEach(async () => {
  house = createHouse();
  id = await house.place('device@example.org');
});

const DEVICE = 'device@example.org/d';
const types = new Set<FieldType>(['historicalHour']);

async function collect(bounds: { from?: number; to?: number } = {}, onProgress?: (values: number) => void) {
  const thing = await house.store.things.byOwnership(id);
  if (!isClaimed(thing)) return expect.fail('no Thing');
  const [from, to] = [bounds.from, bounds.to];
  const asked = {
    thing,
    types,
    ...(from !== undefined && { from: { ms: from } }),
    ...(to !== undefined && { to: { ms: to } }),
  };
  return house.broker.collect(asked, onProgress);
}

describe('a read-out for the store alone', () => {
  it('asks for what lies between its bounds, and shares only what has the same', async () => {
    const same = [collect({ from: 1, to: 2 }), collect({ from: 1, to: 2 })];
    const others = [collect({ from: 1, to: 3 }), collect({ from: 0, to: 2 }), collect()];
    await settle();
    expect(house.asked.map(({ from, to }) => [from?.ms, to?.ms])).toEqual([
      [1, 2],
      [1, 3],
      [0, 2],
      [undefined, undefined],
    ]);
    for (const { seqnr } of house.asked) await house.report(DEVICE, seqnr, [sample('', NOON, field('T', '1'))], true);
    for (const one of [...same, ...others]) expect(await one).toMatchObject({ values: 1, reason: undefined });
  });

  it('counts what was stored, of whatever type, and says how far it is', async () => {
    const progress: number[] = [];
    const collecting = collect({}, (values) => void progress.push(values));
    await settle();
    const seqnr = house.asked[0]?.seqnr ?? 0;
    await house.report(DEVICE, seqnr, [sample('', NOON, field('T', '1', 'historicalHour'), field('U', '2'))]);
    await house.report(DEVICE, seqnr, [sample('', NOON + 1, field('T', '3', 'historicalHour'))], true);
    expect(await collecting).toEqual({ values: 3, faults: [], reason: undefined });
    expect(progress).toEqual([2, 3]);
    expect((await house.store.readings.history({ ownership: id }, 9)).readings).toHaveLength(3);
    expect(house.heard()).toEqual([]);
  });

  it('keeps a few of many faults, and ends with the component', async () => {
    const collecting = collect();
    await settle();
    const fault = { node: { nodeId: '', sourceId: '', cacheType: '' }, timestamp: '', reason: 'Broken.' };
    await house.fail(DEVICE, house.asked[0]?.seqnr ?? 0, Array(50).fill(fault));
    await house.broker.stop();
    const { faults, reason } = await collecting;
    expect(faults).toHaveLength(20);
    expect(reason).toContain('about to stop');
  });
});
