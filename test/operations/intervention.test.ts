import { beforeEach, describe, expect, it } from 'vitest';
import { isClaimed, type OwnershipId } from '../../src/domain/thing.js';
import { deleteThing } from '../../src/operations/delete.js';
import { move } from '../../src/operations/move.js';
import type { Outcome } from '../../src/operations/outcome.js';
import { release } from '../../src/operations/release.js';
import { full } from '../domain/world.js';
import { reading } from '../store/contract/samples.js';
import { createStage, notesOf, OWNER, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const ADMIN = 'admin@example.org/desk';
const BOILER = 'boiler@example.org';
const CHANGED = 'The Thing is not there any more, or has another owner by now; nothing was changed.';

let stage: Stage;
let id: OwnershipId;
let to: string;
beforeEach(async () => {
  stage = createStage();
  stage.now = Date.now(); // the store's own clock judges which former ownerships are kept
  const sharedWith = [bare('reader@example.org')];
  const tags = [{ name: 'SN', kind: 'str', value: '1' }] as const;
  id =
    (await stage.place({ jid: BOILER, owner: 'owner@example.org', isPublic: true, sharedWith, tags })) ?? expect.fail();
  to = `${id}@${DOMAIN}`;
  await stage.store.readings.add([{ ownership: id, readings: [reading(1, '1')] }]);
});

/** @returns the question. */
async function fill(name: string, values: NonNullable<Step['values']>, at: Step = { from: ADMIN, to }) {
  const { sessionid } = await stage.go(name, at);
  return stage.go(name, { ...at, sessionid, values });
}
async function run(name: string, values: NonNullable<Step['values']>, at: Step = { from: ADMIN, to }) {
  const asked = await fill(name, values, at);
  return stage.go(name, { ...at, sessionid: asked.sessionid, action: 'complete' });
}
const boiler = () => stage.store.things.ofJid(bare(BOILER)).then(([thing]) => thing);
const owed = async () => (await stage.store.notices.owedTo(bare(BOILER))).map(({ news }) => news);
const history = async (ownership: OwnershipId) =>
  (await stage.store.readings.history({ ownership }, 9)).readings.map(({ value }) => value);
const trail = async (action: string) =>
  (await stage.store.audit.read({ action, domain: DOMAIN }, 99)).entries.map(({ actor, outcome, ownership }) => [
    actor,
    outcome,
    ownership,
  ]);

describe('a claim that is released', () => {
  it('leaves the Thing as if it were disowned: without owner and tags, and claimable when it registers', async () => {
    const asked = await fill('release', { reason: 'sold' });
    expect(notesOf(asked)[0]).toMatch(/^warn: Take .* from owner@example\.org\?/);
    expect(isClaimed(await boiler())).toBe(true);
    const end = await run('release', { reason: '  sold\tto somebody ' });
    expect(notesOf(end)).toEqual(["info: The Thing is owner@example.org's no longer."]);
    expect(await boiler()).toEqual({ address: { jid: BOILER, nodeId: '', sourceId: '', cacheType: '' }, tags: [] });
    expect([await owed(), stage.woken]).toEqual([[{ kind: 'disowned' }], [BOILER]]);
    expect(await trail('release')).toEqual([[ADMIN, 'sold to somebody', id]]);
    for (const from of [OWNER, 'reader@example.org/r', ADMIN]) {
      expect(await stage.disco('info', '', { from, to })).toBe('item-not-found');
    }

    const KEY = [...['SN', 'KEY'].map((name) => ({ name, kind: 'str', value: '7' }) as const)];
    await stage.register(BOILER, KEY);
    expect(await owed()).toEqual([]);
    await stage.registry.claim({ from: full(OWNER), tags: KEY, isPublic: false, narrowed: {} });
    expect((await boiler())?.ownership).toMatchObject({ id, owner: 'owner@example.org', sharedWith: [] });
    expect(await history(id)).toEqual(['1']);
  });

  it('needs a reason of at most 500 characters', async () => {
    expect(notesOf(await fill('release', {}))).toEqual(['error: reason: This has to be given.']);
    expect(notesOf(await fill('release', { reason: ' ' }))).toEqual(['error: reason: This has to be given.']);
    expect(notesOf(await fill('release', { reason: '😀'.repeat(501) }))[0]).toContain(
      'has 501 characters; at most 500',
    );
    expect((await fill('release', { reason: '😀'.repeat(500) })).notes[0]?.type).toBe('warn');
  });

  it('is not one of a Thing with itself', async () => {
    const own = await stage.place({
      jid: 'own@example.org',
      owner: 'own@example.org',
      selfOwned: true,
      isPublic: true,
    });
    const at = { from: ADMIN, to: `${own}@${DOMAIN}` };
    expect(notesOf(await run('release', { reason: 'x' }, at))[0]).toContain('error: The Thing is its own owner');
    expect(notesOf(await fill('move', { to: 'anna@example.org' }, at))[0]).toContain(
      'error: to: The Thing is its own owner',
    );
  });
});

describe('a claim that is moved', () => {
  it.each([
    ['false', []],
    ['true', ['1']],
  ])('gives the Thing to another, private, with the history where that is said: %s', async (withHistory, readings) => {
    expect(notesOf(await fill('move', { to: 'anna@example.org', history: withHistory }))[0]).toMatch(
      /^warn: Take .* from owner@example\.org and give it to anna@example\.org\?/,
    );
    await run('move', { to: 'Anna@example.org', history: withHistory, reason: 'inherited' });
    const after = (await boiler())?.ownership ?? expect.fail('nobody owns it');
    expect(after).toMatchObject({ owner: 'anna@example.org', isPublic: false, sharedWith: [] });
    expect([after.id === id, await history(after.id), await history(id)]).toEqual([false, readings, []]);
    expect([await owed(), stage.woken]).toEqual([
      [{ kind: 'claimed', owner: 'anna@example.org', isPublic: false }],
      [BOILER],
    ]);
    const words = `from owner@example.org to anna@example.org, ${withHistory === 'true' ? 'with' : 'without'} its readings: inherited`;
    expect(await trail('move')).toEqual([
      [ADMIN, words, after.id],
      [ADMIN, words, id],
    ]);
  });

  it.each([
    ['owner@example.org', 'to: owner@example.org owns the Thing already.'],
    ['example.org', 'to: "example.org" is no account without resource; use one like anna@example.org.'],
    [BOILER, `to: ${BOILER} is the Thing itself.`],
    ['anna@far.example', 'to: anna@far.example may not use this component.'],
  ])('does not go to %s', async (who, fault) => {
    const back = await fill('move', { to: who }); // before anything is asked
    expect([back.status, notesOf(back)]).toEqual(['executing', [`error: ${fault}`]]);
    expect([(await boiler())?.ownership?.id, await owed(), stage.woken]).toEqual([id, [], []]);
  });
});

describe('a Thing that is deleted', () => {
  it('leaves the registry, and is told so', async () => {
    const end = await run('delete', { reason: 'scrapped' });
    expect(notesOf(end)).toEqual(['info: The Thing is out of the registry.']);
    expect([await boiler(), await owed()]).toEqual([undefined, [{ kind: 'removed' }]]);
    expect([stage.woken, stage.forgotten]).toEqual([[BOILER], [BOILER]]);
    expect(await trail('delete')).toEqual([[ADMIN, 'scrapped', id]]);
    expect(await stage.store.former.of(bare('owner@example.org'), 9)).toMatchObject([{ id, readings: 1 }]);
  });
});

describe('administrators who act on one Thing', () => {
  const intervene = async () => {
    const thing = await boiler();
    if (!isClaimed(thing)) expect.fail('nobody owns it');
    const session = full(ADMIN);
    const context = {
      services: stage.services,
      asker: { jid: bare('admin@example.org'), domain: 'example.org', session },
      thing,
    };
    const submit = async (operation: typeof release, values: Record<string, string>) => {
      const submitted = await operation.submit(new Map(Object.entries(values).map(([k, v]) => [k, [v]])), context);
      return 'run' in submitted ? submitted.run : expect.fail('not understood');
    };
    return submit;
  };
  const acts = {
    release: [release, { reason: 'a' }],
    move: [move, { to: 'anna@example.org', reason: 'b' }],
    'move elsewhere': [move, { to: 'bert@example.org', history: 'true' }],
    delete: [deleteThing, {}],
  } as const;
  const names = Object.keys(acts) as (keyof typeof acts)[];

  const atOnce = (runs: readonly (() => Promise<Outcome>)[]) => Promise.all(runs.map((each) => each()));
  const oneByOne = async (runs: readonly (() => Promise<Outcome>)[]) => {
    const ends: Outcome[] = [];
    for (const each of runs) ends.push(await each());
    return ends;
  };
  describe.each([
    ['at once', atOnce],
    ['before the other has heard of it', oneByOne],
  ])('%s', (_, inTurn) => {
    it.each(names.flatMap((first) => names.map((second) => [first, second] as const)))(
      '%s and %s: one is done, and the other finds that it was, and changes nothing',
      async (...both) => {
        const submit = await intervene();
        const runs = await Promise.all(both.map((name) => submit(acts[name][0], acts[name][1])));
        const ends = await inTurn(runs);
        expect(ends.map(({ outcome }) => outcome).sort()).toEqual(['done', 'refused']);
        expect(ends).toContainEqual({ outcome: 'refused', why: CHANGED });
        const written = await Promise.all(['release', 'move', 'delete'].map(trail));
        const done = both[ends.findIndex(({ outcome }) => outcome === 'done')] ?? '';
        expect(written.flat()).toHaveLength(done.startsWith('move') ? 2 : 1);
        expect(await owed()).toHaveLength(1);
      },
    );
  });

  it('one of whom is asked while the other acts finds the Thing gone', async () => {
    const at = { from: ADMIN };
    const { sessionid } = await stage.go('release', at);
    await stage.go('release', { ...at, sessionid, values: { thing: id } });
    await stage.go('release', { ...at, sessionid, values: { reason: 'mine' } });
    await run('move', { to: 'anna@example.org' });
    const end = await stage.go('release', { ...at, sessionid, action: 'complete' });
    expect([end.status, notesOf(end)[0]]).toEqual([
      'completed',
      expect.stringContaining('error: The Thing is not there'),
    ]);
    expect((await boiler())?.ownership?.owner).toBe('anna@example.org');
  });
});

it.each(['release', 'move', 'delete'])('%s is for administrators alone', async (name) => {
  for (const from of [OWNER, 'reader@example.org/r', `${BOILER}/d`]) {
    expect(await stage.play(name, { from, to })).toMatchObject({ condition: 'forbidden' });
  }
});
