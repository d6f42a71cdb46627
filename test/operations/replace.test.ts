import { beforeEach, describe, expect, it } from 'vitest';
import { MOST_JOINED } from '../../src/domain/change-joining.js';
import { momentText } from '../../src/domain/date-time.js';
import type { OwnershipId } from '../../src/domain/thing.js';
import { reading } from '../store/contract/samples.js';
import { createStage, notesOf, OWNER, type Stage } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const [NEW, OLD] = ['new@example.org', 'old@example.org'];

let stage: Stage;
let id: OwnershipId;
let old: OwnershipId;
let to: string;
beforeEach(async () => {
  stage = createStage();
  stage.now = Date.now(); // the store's own clock judges which former ownerships are kept
  id = (await stage.place({ jid: NEW, owner: 'owner@example.org' })) ?? expect.fail('not placed');
  old = (await stage.place({ jid: OLD, owner: 'owner@example.org' })) ?? expect.fail('not placed');
  to = `${id}@${DOMAIN}`;
  await stage.store.readings.add([{ ownership: old, readings: [1, 2].map((ms) => reading(ms, 'old')) }]);
  await stage.store.readings.add([{ ownership: id, readings: [2, 3].map((ms) => reading(ms, 'new')) }]);
});

/** @returns the answer to the form: the question, or what is wrong. */
async function fill(replaces: string) {
  const { sessionid } = await stage.go('replace', { to });
  return stage.go('replace', { to, sessionid, values: { replaces } });
}
async function replace(replaces: string) {
  const { sessionid } = await fill(replaces);
  return stage.go('replace', { to, sessionid, action: 'complete' });
}
const history = async (ownership: OwnershipId) =>
  (await stage.store.readings.history({ ownership }, 99)).readings.map(({ at, value }) => `${at.ms} ${value}`);
const thingOf = (jid: string) => stage.store.things.ofJid(bare(jid)).then(([thing]) => thing);
const remove = async () => {
  const thing = (await thingOf(OLD)) ?? expect.fail('it is gone');
  await stage.registry.remove(thing.address, bare('owner@example.org'));
};
async function unchanged(): Promise<void> {
  expect([await history(old), await history(id)]).toEqual([
    ['1 old', '2 old'],
    ['2 new', '3 new'],
  ]);
  expect([(await thingOf(OLD))?.ownership?.id, stage.woken]).toEqual([old, []]);
}

describe('a Thing that replaces another', () => {
  it('lists those of the asker that it may stand for, former ones too, and asks before', async () => {
    await stage.place({ jid: 'bare-of-history@example.org', owner: 'owner@example.org' });
    await stage.place({ jid: 'another@example.org', owner: 'anna@example.org', isPublic: true });
    await remove();
    const { form } = await stage.go('replace', { to });
    expect(form?.fields).toMatchObject([{ name: 'replaces', type: 'list-single' }]);
    expect(form?.fields[0]?.options?.map(({ label }) => label)).toEqual([
      'bare-of-history@example.org',
      `${OLD}, yours until ${momentText({ ms: stage.now })}`,
    ]);
    expect(form?.fields[0]?.options?.[1]?.value).toBe(old);
    const asked = await fill(old);
    expect([asked.status, notesOf(asked)[0]]).toEqual([
      'executing',
      expect.stringMatching(/^warn: Join .* for good.* cannot be undone/),
    ]);
    expect(await history(id)).toEqual(['2 new', '3 new']);
  });

  it.each(['its id', 'its JID'])(
    'takes over the history of one that is named by %s, which leaves the registry',
    async (by) => {
      const end = await replace(by === 'its id' ? old : 'OLD@example.org');
      expect(notesOf(end)).toEqual([`info: The history of ${OLD} is that of this Thing now.`]);
      expect(await history(id)).toEqual(['1 old', '2 new', '3 new']);
      expect(await thingOf(OLD)).toBeUndefined();
      expect(await stage.store.notices.owedTo(bare(OLD))).toMatchObject([{ news: { kind: 'removed' } }]);
      expect([stage.woken, stage.forgotten]).toEqual([[OLD], [OLD]]);
      const { entries } = await stage.store.audit.read({ action: 'replace', domain: DOMAIN }, 9);
      expect(entries.map(({ actor, subject, outcome, ownership }) => [actor, subject, outcome, ownership])).toEqual([
        [OWNER, OLD, `by ${NEW}, ${id}`, old],
        [OWNER, NEW, `in place of ${OLD}, ${old}`, id],
      ]);
      expect((await thingOf(NEW))?.ownership).toMatchObject({ id, owner: 'owner@example.org' });
    },
  );

  it('takes over the history of one that broke, was removed, and was claimed by another since', async () => {
    await remove();
    const others = (await stage.place({ jid: OLD, owner: 'anna@example.org' })) ?? expect.fail('not placed');
    await replace(old);
    expect(await history(id)).toEqual(['1 old', '2 new', '3 new']);
    expect([(await thingOf(OLD))?.ownership?.id, stage.woken, stage.forgotten]).toEqual([others, [], []]);
    expect(await stage.store.former.of(bare('owner@example.org'), 9)).toMatchObject([{ id: old, readings: 0 }]);
  });

  it('takes it over once: of what it has replaced nothing is left', async () => {
    await replace(old);
    const audited = async () => (await stage.store.audit.read({ action: 'replace', domain: DOMAIN }, 9)).entries;
    const before = await audited();
    const again = await fill(old);
    expect([again.status, notesOf(again)]).toEqual([
      'executing',
      [`error: replaces: "${old}" is no Thing that is or was yours and of which something is kept.`],
    ]);
    expect([await history(id), await audited()]).toEqual([['1 old', '2 new', '3 new'], before]);
  });

  it('takes the place of one that is there and has reported nothing', async () => {
    const silent = (await stage.place({ jid: 'silent@example.org', owner: 'owner@example.org' })) ?? expect.fail();
    await replace(silent);
    expect(await thingOf('silent@example.org')).toBeUndefined();
  });

  it('that has reported nothing yet goes on where the other ends', async () => {
    const fresh = (await stage.place({ jid: 'fresh@example.org', owner: 'owner@example.org' })) ?? expect.fail();
    to = `${fresh}@${DOMAIN}`;
    await replace(old);
    await stage.store.readings.add([{ ownership: fresh, readings: [reading(9, 'fresh')] }]);
    expect(await history(fresh)).toEqual(['1 old', '2 old', '9 fresh']);
    expect(await stage.store.readings.nodes(fresh)).toHaveLength(1);
  });

  it.each([
    ['nothing there is', async () => 'nothing-there', 'is no Thing that is or was yours'],
    ['itself', async () => id, 'A Thing does not replace itself'],
    ['itself by its JID', async () => NEW, 'A Thing does not replace itself'],
    [
      'one of another owner',
      async () => (await stage.place({ jid: 'x@example.org', owner: 'anna@example.org' })) ?? '',
      'is no Thing that is or was yours',
    ],
    [
      'one that is shared with the owner',
      async () => {
        const sharedWith = [bare('owner@example.org')];
        await stage.place({ jid: 'x@example.org', owner: 'anna@example.org', isPublic: true, sharedWith });
        return 'x@example.org';
      },
      'is no Thing that is or was yours',
    ],
  ])('refuses to replace %s, and leaves everything as it was', async (_, named, fault) => {
    const back = await fill(await named()); // before anything is asked
    expect([back.status, notesOf(back)[0]]).toEqual(['executing', expect.stringContaining(`error: replaces: `)]);
    expect(notesOf(back)[0]).toContain(fault);
    await unchanged();
  });

  it('refuses what would keep all others waiting, and what is being erased just now', async () => {
    const rows = stage.store.readings.rowsToJoin;
    for (const [cost, words] of [
      [MOST_JOINED + 1, `more than ${MOST_JOINED} of them`],
      ['erasing', 'are being erased just now'],
    ] as const) {
      stage.store.readings.rowsToJoin = async () => cost;
      expect(notesOf(await replace(old))[0]).toContain(words);
      await unchanged();
    }
    stage.store.readings.rowsToJoin = async () => MOST_JOINED;
    expect(notesOf(await replace(old))[0]).toContain('info: ');
    stage.store.readings.rowsToJoin = rows;
  });

  it('is for its owner alone', async () => {
    for (const from of ['admin@example.org/r', 'anna@example.org/r']) {
      const played = await stage.play('replace', { from, to });
      expect(['forbidden', 'item-not-found']).toContain('condition' in played && played.condition);
    }
  });
});
