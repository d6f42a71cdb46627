import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/domain/ports.js';
import type { OwnershipId } from '../../src/domain/thing.js';
import { reading } from '../store/contract/samples.js';
import { createStage, notesOf, OWNER, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const HOUR = 60 * 60 * 1000;
const NOON = Date.UTC(2026, 0, 1, 12);

let stage: Stage;
let id: OwnershipId;
let to: string;
const audit: AuditEntry[] = [];
beforeEach(async () => {
  stage = createStage();
  id = (await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' })) ?? expect.fail('not placed');
  to = `${id}@${DOMAIN}`;
  const names = ['Power', 'Energy'];
  const readings = names.flatMap((name) => [0, 1, 2].map((hour) => reading(NOON + hour * HOUR, '1', { name })));
  await stage.store.readings.add([{ ownership: id, readings }]);
  audit.length = 0;
  const { ask } = stage.store.erasures;
  stage.store.erasures.ask = (erasure, entry) => {
    audit.push(entry);
    return ask(erasure, entry);
  };
});

const kept = async (): Promise<string[]> =>
  (await stage.store.readings.history({ ownership: id }, 99)).readings.map(
    ({ name, at }) => `${name} ${(at.ms - NOON) / HOUR}`,
  );

/** @returns the answer to the form. */
async function fill(values: NonNullable<Step['values']>) {
  const { sessionid } = await stage.go('erase', { to });
  return stage.go('erase', { to, sessionid, values });
}

async function erase(values: NonNullable<Step['values']>) {
  const { sessionid } = await fill(values);
  return stage.go('erase', { to, sessionid, action: 'complete' });
}

describe('the operation erase', () => {
  it('offers the fields that there are, and asks again, saying what goes', async () => {
    const begun = await stage.go('erase', { to });
    const [field] = begun.form?.fields ?? [];
    expect(field).toMatchObject({ name: 'field', type: 'list-single' });
    expect(field?.options?.map(({ value }) => value)).toEqual(['Energy', 'Power']);
    const asked = await fill({ field: 'Power', from: '2026-01-01T12:00:00Z', until: '2026-01-01T14:00:00Z' });
    expect(notesOf(asked)).toEqual([
      `warn: Erase all readings of the field "Power" from 2026-01-01T12:00:00Z until 2026-01-01T14:00:00Z of boiler@example.org (${id})? They are deleted for good: nobody can bring them back.`,
    ]);
    expect([asked.status, await kept(), audit]).toEqual(['executing', expect.objectContaining({ length: 6 }), []]);
    expect(notesOf(await fill({}))).toEqual([
      `warn: Erase all readings of boiler@example.org (${id})? They are deleted for good: nobody can bring them back.`,
    ]);
  });

  it('erases one field within a time, says how many readings that were, and notes who did it', async () => {
    const done = await erase({ field: 'Power', from: '2026-01-01T13:00:00Z' });
    expect([done.status, notesOf(done)]).toEqual(['completed', ['info: 2 readings were erased.']]);
    expect(await kept()).toEqual(['Energy 0', 'Power 0', 'Energy 1', 'Energy 2']);
    expect(audit).toEqual([
      {
        at: stage.now,
        actor: OWNER,
        action: 'erase',
        subject: 'boiler@example.org',
        outcome: 'all readings of the field "Power" from 2026-01-01T13:00:00Z',
        ownership: id,
      },
    ]);
  });

  it('erases all where nothing is said, and nothing of another Thing', async () => {
    const other =
      (await stage.place({ jid: 'b@example.org', owner: 'owner@example.org' })) ?? expect.fail('not placed');
    await stage.store.readings.add([{ ownership: other, readings: [reading(NOON, '1')] }]);
    expect(notesOf(await erase({}))).toEqual(['info: 6 readings were erased.']);
    expect(await kept()).toEqual([]);
    expect((await stage.store.readings.history({ ownership: other }, 9)).readings).toHaveLength(1);
    expect(notesOf(await erase({ field: 'Tempo' }))).toEqual(['info: There was nothing to erase.']);
  });

  it('leaves the rest to the purge where it takes long, and shows it no more', async () => {
    const { carryOut } = stage.store.erasures;
    stage.store.erasures.carryOut = (erasure) => {
      stage.now += 3000;
      return carryOut(erasure, 1);
    };
    expect(notesOf(await erase({}))).toEqual([
      'info: 2 readings were erased. The rest is not shown any more, and is erased shortly.',
    ]);
    expect(await kept()).toEqual([]);
  });

  it.each([
    [
      { from: '2026-01-02', until: '2026-01-01' },
      'until: 2026-01-01T00:00:00Z is before 2026-01-02T00:00:00Z, from when it is to begin; use a later time.',
    ],
    [{ from: 'yore' }, 'from: "yore" is no time; use one like 2026-03-07T16:24:30Z, or 2026-03-07.'],
  ])('refuses %j by its field, and erases nothing', async (values, fault) => {
    const back = await fill(values); // before anything is asked
    expect([back.status, notesOf(back)[0]]).toEqual(['executing', `error: ${fault}`]);
    expect([audit, (await kept()).length]).toEqual([[], 6]);
  });

  it('is refused where the Thing has another owner by now', async () => {
    stage.store.erasures.ask = async () => undefined;
    expect(notesOf(await erase({}))).toEqual(['error: The Thing is not yours any more.']);
  });

  it('is forbidden to readers and administrators', async () => {
    const sharedWith = [bare('reader@example.org')];
    const shared = await stage.place({ jid: 'm@example.org', owner: 'owner@example.org', sharedWith });
    for (const from of ['reader@example.org/r', 'admin@example.org/r', 'm@example.org/r']) {
      const played = await stage.play('erase', { from, to: `${shared}@${DOMAIN}` });
      expect(played).toMatchObject({ condition: from.startsWith('m@') ? 'item-not-found' : 'forbidden' });
    }
  });
});
