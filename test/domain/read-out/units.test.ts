import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../../src/domain/thing.js';
import { createHouse, field, type House, NOON, node, sample } from './house.js';

let house: House;
let id: OwnershipId;
beforeEach(async () => {
  house = createHouse({ now: NOON + 1 });
  id = await house.place('device@example.org');
});

const DEVICE = 'device@example.org/d';
const celsius = (value: string, name = 'T') => ({ ...field(name, value), unit: '°C' });

/** What was read: `T=73.4 °F`, and the failures. */
function heard(): string[] {
  return house.said.splice(0).flatMap(({ message }) => {
    if (message.kind === 'fields') {
      return message.samples.flatMap(({ fields }) => fields.map(({ name, value, unit }) => `${name}=${value} ${unit}`));
    }
    return message.kind === 'failure' ? message.errors.map((each) => `${each.node.nodeId}! ${each.reason}`) : [];
  });
}

describe('a reader that asks for another unit', () => {
  const read = (units: Record<string, string>, more: object = {}) =>
    house.read({
      nodes: [node(id)],
      fields: Object.keys(units),
      units: Object.entries(units).flatMap(([name, unit]) => (unit === '' ? [] : [{ name, unit }])),
      types: new Set(['historicalHour']),
      ...more,
    });

  it('gets history in it, exactly, while what is stored is as it was reported', async () => {
    await house.report(DEVICE, 1, [sample('n', NOON, celsius('23.0'), { ...field('E', '1.50'), unit: 'kWh' })]);
    await read({ T: '°F', E: 'Wh' });
    await read({ T: 'degC', E: '' }, { seqnr: 2 });
    expect(heard()).toEqual(['E=1500 Wh', 'T=73.4 °F', 'E=1.50 kWh', 'T=23.0 degC']);
    const { readings } = await house.store.readings.history({ ownership: id }, 9);
    expect(readings.map(({ value, unit }) => `${value} ${unit}`)).toEqual(['1.50 kWh', '23.0 °C']);
  });

  it('gets momentary values in it too', async () => {
    await read({ T: 'K' }, { types: new Set(['momentary']) });
    await house.report(DEVICE, house.asked[0]?.seqnr ?? 0, [sample('n', NOON, celsius('1.5'))], true);
    expect(heard()).toEqual(['T=274.65 K']);
  });

  it('gets what is worked out in it, but for the count', async () => {
    await house.report(DEVICE, 1, [sample('n', NOON - 1, celsius('10')), sample('n', NOON, celsius('20'))]);
    await read({ T: '°F' }, { types: new Set(['historicalHour', 'peak', 'computed']) });
    expect(heard()).toEqual([
      'T=68 °F',
      'T, Min=50 °F',
      'T, Max=68 °F',
      'T, Mean=59 °F',
      'T, Last=68 °F',
      'T, Count=2 ',
    ]);
    await read({ 'T, Max': 'K' }, { types: new Set(['historicalHour', 'peak']), seqnr: 2 });
    expect(heard()).toEqual(['T, Max=293.15 K']);
  });

  it('is told once by name what cannot be had in it, and gets the others', async () => {
    const hours = [0, 1, 2].map((hour) => sample('n', NOON - hour * 3_600_000, celsius('1'), field('P', '2')));
    const without = sample('n', NOON, { ...field('T', 'warm'), type: 'string', unit: '' });
    await house.report(DEVICE, 1, [...hours, without]);
    await read({ T: 'kWh', P: 'mV' });
    expect(heard()).toEqual([
      ...['P=2000 mV', 'P=2000 mV', 'P=2000 mV'],
      expect.stringMatching(/^\w+! T is in "°C" and cannot be given in "kWh": Cannot convert .*temperature.*energy/),
      expect.stringMatching(/^\w+! T is without a unit and cannot be given in "kWh"/),
    ]);
    await read({ T: 'smoots' }, { seqnr: 2 });
    expect(heard()[0]).toContain('"°C" and cannot be given in "smoots": "smoots" is not a unit that is understood.');
  });

  it('when its request has waited in the queue too', async () => {
    await house.report(DEVICE, 1, [sample('n', NOON, celsius('0'))]);
    await read({ T: '°F' }, { when: { ms: NOON + 60_000 } });
    await house.pass(60_000);
    expect(heard()).toEqual(['T=32 °F']);
  });
});
