import { expect, it } from 'vitest';
import type { OwnershipId } from '../../../src/domain/thing.js';
import { createPlant, fields, message, type Plant, T } from './plant.js';

const owner = 'owner@example.org';

/** A push of one value for each node, at the same wall time. */
function push(nodes: readonly string[], at: string): string {
  const reported = nodes.map((nodeId) => `<node nodeId='${nodeId}'><timestamp value='${at}'>${T}</timestamp></node>`);
  return message(fields(1, reported.join('')));
}
async function timesOf(plant: Plant, ownership: OwnershipId): Promise<string[]> {
  const { readings } = await plant.store.readings.history({ ownership }, 10);
  return readings.map(({ at }) => new Date(at.ms).toISOString());
}

it('a reading without zone is stored at the instant at which the clocks of its Thing showed that', async () => {
  const plant = createPlant();
  const id = await plant.place({ jid: 'device@example.org', owner, zone: 'Europe/Berlin' });
  await plant.comes(push([''], '2026-07-15T12:00:00'), push([''], '2026-11-15T12:00:00'), push([''], '2026-11-16'));
  expect(await timesOf(plant, id)).toEqual([
    '2026-07-15T10:00:00.000Z',
    '2026-11-15T11:00:00.000Z',
    '2026-11-15T23:00:00.000Z',
  ]);
});

it('a zone of its own in the reading counts more, and that of a Thing more than the general one', async () => {
  const plant = createPlant({ zone: 'Asia/Kathmandu' });
  const gateway = { jid: 'device@example.org', owner };
  const berlin = await plant.place({ ...gateway, nodeId: 'berlin', zone: 'Europe/Berlin' });
  const utc = await plant.place({ ...gateway, nodeId: 'utc', zone: 'UTC' });
  const general = await plant.place({ ...gateway, nodeId: 'general' });
  const unknown = await plant.place({ ...gateway, nodeId: 'unknown', zone: 'Europe/Atlantis' });
  const all = ['berlin', 'utc', 'general', 'unknown'];
  await plant.comes(push(all, '2026-11-15T12:00:00'), push(all, '2026-11-15T13:00:00+02:00'));
  const withZone = '2026-11-15T11:00:00.000Z';
  expect(await timesOf(plant, berlin)).toEqual([withZone]); // the same instant
  expect(await timesOf(plant, utc)).toEqual([withZone, '2026-11-15T12:00:00.000Z']);
  expect(await timesOf(plant, general)).toEqual(['2026-11-15T06:15:00.000Z', withZone]);
  expect(await timesOf(plant, unknown)).toEqual(['2026-11-15T06:15:00.000Z', withZone]);
  expect(plant.faults).toEqual([]);
});
