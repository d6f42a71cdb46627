import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../src/domain/thing.js';
import { reading, write } from '../store/contract/samples.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';
import { bare } from '../xep/bench.js';

let stage: Stage;
let id: OwnershipId;
beforeEach(async () => {
  stage = createStage();
  id = await formerThing('boiler@example.org', 'owner@example.org');
});

async function formerThing(jid: string, owner: string): Promise<OwnershipId> {
  const placed = (await stage.place({ jid, owner })) ?? expect.fail('not placed');
  await stage.store.readings.add([{ ownership: placed, readings: [reading(1, '1'), reading(2, '2')] }]);
  const address = { jid: bare(jid), nodeId: '', sourceId: '', cacheType: '' };
  await write(stage.store, { write: 'no-thing', address, at: Date.now() });
  return placed;
}

const kept = async (owner = 'owner@example.org') =>
  (await stage.store.former.of(bare(owner), 9)).map((former) => former.id);

async function erase(thing: string, from?: string) {
  const by = from === undefined ? {} : { from };
  const { sessionid } = await stage.go('erase-former', by);
  const question = await stage.go('erase-former', { ...by, sessionid, values: { thing } });
  return { question, answer: await stage.go('erase-former', { ...by, sessionid, action: 'complete' }) };
}

describe('the operation erase-former', () => {
  it("lists one's former Things, asks again, and has what is kept of one deleted", async () => {
    const other = await formerThing('lamp@example.org', 'owner@example.org');
    const begun = await stage.go('erase-former');
    const [field] = begun.form?.fields ?? [];
    expect(field?.options?.map(({ value }) => value).sort()).toEqual([id, other].sort());
    expect(field?.options?.find(({ value }) => value === id)?.label).toMatch(
      /^boiler@example\.org \(until 20.*Z, 2 readings\)$/,
    );
    const { question, answer } = await erase(id);
    expect(notesOf(question)).toEqual([
      `warn: Erase all that is kept of your former Thing boiler@example.org (${id})? It is deleted for good, and is not there any more should the Thing become yours again.`,
    ]);
    expect([answer.status, notesOf(answer)]).toEqual([
      'completed',
      ['info: It is not kept any more: its readings are deleted within the next minutes, and cannot come back.'],
    ]);
    expect(await kept()).toEqual([other]);
  });

  it('does nothing before it is confirmed', async () => {
    const { sessionid } = await stage.go('erase-former');
    await stage.go('erase-former', { sessionid, values: { thing: id } });
    await stage.go('erase-former', { sessionid, action: 'cancel' });
    expect(await kept()).toEqual([id]);
  });

  it("says the same of somebody else's, of one that lasts, and of one that never was", async () => {
    const others = await formerThing('safe@example.org', 'other@example.org');
    const present = (await stage.place({ jid: 'm@example.org', owner: 'owner@example.org' })) ?? '';
    for (const thing of [others, present, 'neverwas22']) {
      const { sessionid } = await stage.go('erase-former');
      const back = await stage.go('erase-former', { sessionid, values: { thing } }); // before anything is asked
      const fault = `error: thing: Nothing is kept of a former Thing of yours with the id "${thing}".`;
      expect([back.status, notesOf(back)[0]]).toEqual(['executing', fault]);
    }
    expect(await kept('other@example.org')).toEqual([others]);
  });

  it('tells who has none that there is none', async () => {
    expect(notesOf(await stage.go('erase-former', { from: 'other@example.org/r' }))).toEqual([
      'info: Nothing is kept of Things that were yours.',
    ]);
  });
});
