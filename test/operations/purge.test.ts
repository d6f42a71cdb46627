import { expect, it } from 'vitest';
import { address, ownedBy, ownershipId, put, reading, thing, write } from '../store/contract/samples.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';

const from = 'admin@example.org/desk';
const ENDED = ownershipId('id1');

/** A Thing with so many readings, whose ownership ended long ago; each of another field where there are so many fields. */
async function leaveBehind({ store }: Stage, readings: number, fields = 1): Promise<void> {
  await put(store, thing('a@example.org', { ownership: ownedBy('owner@example.org', ENDED) }));
  const values = Array.from({ length: readings }, (_, ms) => reading(ms, '1', { name: `Field ${ms % fields}` }));
  await store.readings.add([{ ownership: ENDED, readings: values }]);
  await write(store, { write: 'no-thing', address: address('a@example.org'), at: 1 });
}

it('purge deletes now what is past keeping, and no more', async () => {
  const stage = createStage();
  await leaveBehind(stage, 2500);
  await put(stage.store, thing('b@example.org', { ownership: ownedBy('owner@example.org', 'id2') }));
  await stage.store.readings.add([{ ownership: ownershipId('id2'), readings: [reading(1, '1')] }]);
  expect(await stage.store.overview.counts()).toMatchObject({ ended: 1, readings: 2501 });
  const [note] = notesOf(await stage.go('purge', { from }));
  expect(note).toMatch(/^info: Nothing is left that is past keeping\. It took 0\.0 s\.$/);
  expect(await stage.store.overview.counts()).toMatchObject({ ended: 0, readings: 1, claimed: 1, auditEntries: 1 });
  expect(notesOf(await stage.go('purge', { from }))[0]).toMatch(/ s\.$/);
});

it('purge stops after a while, and says that there is more', async () => {
  const stage = createStage();
  await leaveBehind(stage, 4_000, 4_000);
  const { purge } = stage.store;
  let steps = 0;
  Object.assign(stage.store, {
    purge: (limit: number) => {
      steps += 1;
      stage.now += 1000;
      return purge(limit);
    },
  });
  expect(notesOf(await stage.go('purge', { from }))).toEqual([
    'info: It took 4.0 s.',
    'warn: More is past keeping; it goes by itself in the next minutes.',
  ]);
  expect(steps).toBe(4);
});
