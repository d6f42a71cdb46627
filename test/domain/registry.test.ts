import { setTimeout as pause } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { ACKNOWLEDGE_MS } from '../../src/domain/disownment.js';
import { at, bare, createWorld, full, num, str, TAGS, type World } from './world.js';

const THING = 'thing@example.org/imc';
const OWNER = 'owner@example.org/phone';
const OTHER = 'other@example.org/laptop';
const withoutKey = TAGS.filter((tag) => tag.name !== 'KEY');
const found = (world: World) =>
  world.registry.search({
    criteria: [{ name: 'MAN', kind: 'str', operator: 'Eq', value: 'www.ktc.se' }],
    offset: 0,
    maxCount: 20,
  });
/** Long enough for what is under way in this process to end. */
const nothingMore = () => pause(20);

let world: World;
beforeEach(() => {
  world = createWorld();
});

describe('register', () => {
  it('makes one unclaimed record a JID, which no search finds', async () => {
    expect(await world.register(THING, TAGS)).toEqual({ outcome: 'registered' });
    expect(await world.register('thing@example.org/other-session', TAGS)).toEqual({ outcome: 'registered' });
    expect(await world.store.things.ofJid(bare(THING))).toHaveLength(1);
    expect((await found(world)).things).toEqual([]);
  });

  it('replaces all tags', async () => {
    await world.register(THING, [...TAGS, str('ROOM', '12')]);
    await world.register(THING, TAGS);
    expect((await world.thing(THING))?.tags).toEqual(withoutKey);
  });

  it('never stores KEY, nor tags of an empty value', async () => {
    await world.register(THING, [...TAGS, str('ROOM', '')]);
    expect(JSON.stringify(await world.thing(THING))).not.toMatch(/4857402340298342|KEY|ROOM/);
  });

  it('takes 64 tags and refuses 65, changing nothing', async () => {
    const many = Array.from({ length: 65 }, (_, index) => str(`T${index}`, 'x'));
    expect((await world.register(THING, many)).outcome).toBe('too-many-tags');
    expect(await world.thing(THING)).toBeUndefined();
    expect((await world.register(THING, many.slice(1))).outcome).toBe('registered');
  });

  it('answers who owns it, and changes no tag, when it is claimed', async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS, { isPublic: false });
    const again = await world.register(THING, [str('SN', 'other')], { selfOwned: true });
    expect(again).toEqual({ outcome: 'claimed', owner: 'owner@example.org', isPublic: false });
    expect((await world.thing(THING))?.tags).toEqual(withoutKey);
  });

  it('settles the notice that its answer makes needless', async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    expect(await world.store.notices.owedTo(bare(THING))).toHaveLength(1);
    await world.register(THING, TAGS);
    expect(await world.store.notices.owedTo(bare(THING))).toEqual([]);
  });
});

describe('register selfOwned', () => {
  it('makes a public Thing owned by its own JID, found at once', async () => {
    await world.register(THING, TAGS, { selfOwned: true });
    const { things } = await found(world);
    expect(things.map(({ ownership }) => ownership)).toMatchObject([
      { owner: 'thing@example.org', isPublic: true, selfOwned: true },
    ]);
  });

  it('cannot be claimed by others', async () => {
    await world.register(THING, TAGS, { selfOwned: true });
    expect(await world.claim(OWNER, TAGS)).toEqual({ outcome: 'failed' });
  });

  it('keeps its id while it registers so again, all tags replaced', async () => {
    await world.register(THING, TAGS, { selfOwned: true });
    const before = await world.thing(THING);
    await world.register(THING, [str('SN', '2')], { selfOwned: true });
    const after = await world.thing(THING);
    expect(after?.ownership?.id).toBe(before?.ownership?.id);
    expect(after?.tags).toEqual([str('SN', '2')]);
  });

  it('gets its id back after it has left and come again', async () => {
    await world.register(THING, TAGS, { selfOwned: true });
    const before = await world.thing(THING);
    await world.registry.unregister(at(THING), full(THING));
    await world.register(THING, TAGS, { selfOwned: true });
    expect((await world.thing(THING))?.ownership?.id).toBe(before?.ownership?.id);
  });

  it('becomes unclaimed and claimable when it leaves selfOwned out', async () => {
    await world.register(THING, TAGS, { selfOwned: true });
    await world.register(THING, TAGS);
    expect((await world.thing(THING))?.ownership).toBeUndefined();
    expect((await world.claim(OWNER, TAGS)).outcome).toBe('claimed');
  });
});

describe('claim', () => {
  it('succeeds with equal tags: case of names, order, NFC, number by value, empty ones absent', async () => {
    await world.register(THING, [...TAGS, num('LAT', '-33.0'), str('NAME', 'Kühler'), str('ROOM', '')]);
    const same = [str('NAME', 'Kühler'), num('LAT', '-33'), ...[...TAGS].reverse(), str('AREA', '')];
    expect(await world.claim(OWNER, same)).toMatchObject({
      outcome: 'claimed',
      thing: { address: { jid: 'thing@example.org' }, ownership: { owner: 'owner@example.org', isPublic: true } },
    });
  });

  it.each([
    ['without one tag', TAGS.slice(1)],
    ['with one tag more', [...TAGS, str('ROOM', '1')]],
    ['with a number as string', [...TAGS.filter(({ name }) => name !== 'V'), str('V', '1.2')]],
    ['with another KEY', [...withoutKey, str('KEY', '4857402340298343')]],
    ['without KEY', withoutKey],
    ['with an empty KEY', [...withoutKey, str('KEY', '')]],
    ['with nothing', []],
  ])('fails %s', async (_, tags) => {
    await world.register(THING, TAGS);
    expect(await world.claim(OWNER, tags)).toEqual({ outcome: 'failed' });
    expect((await world.thing(THING))?.ownership).toBeUndefined();
  });

  it('of a Thing that registered without KEY needs keylessClaims', async () => {
    await world.register(THING, withoutKey);
    expect((await world.claim(OWNER, withoutKey)).outcome).toBe('failed');
    const open = createWorld({ keylessClaims: true });
    await open.register(THING, withoutKey);
    expect((await open.claim(OWNER, withoutKey)).outcome).toBe('claimed');
  });

  it.each([
    ['none', []],
    ['empty ones', [str('SN', '')]],
    ['KEY alone', [str('KEY', 'k')]],
  ])('of a Thing without tags fails, keyless claims or not: %s', async (_, tags) => {
    const open = createWorld({ keylessClaims: true });
    await open.register(THING, tags);
    expect((await open.claim(OWNER, tags)).outcome).toBe('failed');
  });

  it('by another fails, by the owner succeeds again and changes nothing', async () => {
    await world.register(THING, TAGS);
    const first = await world.claim(OWNER, TAGS, { isPublic: false });
    expect((await world.claim(OTHER, TAGS)).outcome).toBe('failed');
    const again = await world.claim('owner@example.org/laptop', TAGS);
    expect(again).toEqual(first);
    expect((await world.thing(THING))?.ownership?.isPublic).toBe(false);
  });

  it('gives nobody either of two unclaimed Things that match, and says why in the log', async () => {
    await world.register('a@example.org/1', TAGS);
    await world.register('b@example.org/1', TAGS);
    expect((await world.claim(OWNER, TAGS)).outcome).toBe('failed');
    expect(world.logged.map(({ why }) => why)).toEqual(['several unclaimed Things have registered these very tags']);
  });

  it('is narrowed by nodeId', async () => {
    await world.register('rack@example.org/plcs', TAGS, { nodeId: 'imc1' });
    await world.register('rack@example.org/plcs', TAGS, { nodeId: 'imc2' });
    expect((await world.claim(OWNER, TAGS)).outcome).toBe('failed');
    expect((await world.claim(OWNER, TAGS, { narrowed: { nodeId: 'imc3' } })).outcome).toBe('failed');
    expect(await world.claim(OWNER, TAGS, { narrowed: { nodeId: 'imc2' } })).toMatchObject({
      thing: { address: { nodeId: 'imc2' } },
    });
  });

  it.each(['nodeId', 'sourceId', 'cacheType'] as const)('is narrowed by %s, also by an empty one', async (part) => {
    const address = { ...at(THING), nodeId: 'n', sourceId: 's', cacheType: 'c' };
    await world.registry.register({ address, from: full(THING), selfOwned: false, tags: TAGS });
    for (const wrong of ['', 'x']) {
      expect((await world.claim(OWNER, TAGS, { narrowed: { [part]: wrong } })).outcome).toBe('failed');
    }
    expect((await world.claim(OWNER, TAGS, { narrowed: { [part]: address[part] } })).outcome).toBe('claimed');
  });

  it('takes the free one, where another that matches is the claimant’s already', async () => {
    await world.register('a@example.org/1', TAGS);
    await world.claim(OWNER, TAGS);
    await world.register('b@example.org/1', TAGS);
    expect(await world.claim(OWNER, TAGS)).toMatchObject({ thing: { address: { jid: 'b@example.org' } } });
    expect(await world.claim(OTHER, TAGS)).toEqual({ outcome: 'failed' });
  });

  it('is matched by the tags of the registration, whatever the Thing has updated since', async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    await world.registry.update({ address: at(THING), from: full(THING), tags: [str('MODEL', 'IMC2')] });
    expect((await world.claim(OWNER, TAGS)).outcome).toBe('claimed');
  });

  it('of a Thing that registered under a pepper that was lost fails until it registers again', async () => {
    await world.register(THING, TAGS);
    const later = createWorld({ store: world.store, pepper: 'another' });
    expect((await later.claim(OWNER, TAGS)).outcome).toBe('failed');
    await later.register(THING, TAGS);
    expect((await later.claim(OWNER, TAGS)).outcome).toBe('claimed');
  });

  it('no longer matches a Thing that has emptied its KEY', async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    await world.registry.update({ address: at(THING), from: full(THING), tags: [str('KEY', '')] });
    expect((await world.claim(OWNER, TAGS)).outcome).toBe('failed');
  });

  it('gets the old id back for the same owner, and another for another', async () => {
    const idOf = async () => (await world.thing(THING))?.ownership?.id;
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    const first = await idOf();
    await world.registry.remove(at(THING), full(OWNER));
    await world.register(THING, TAGS);
    await world.claim(OTHER, TAGS);
    const second = await idOf();
    await world.registry.remove(at(THING), full(OTHER));
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    expect(await idOf()).toBe(first);
    expect(second).not.toBe(first);
    expect(first).toMatch(/^[a-z2-7]{10}$/);
  });

  it('of one who keeps failing must wait, even with the right tags; of others not', async () => {
    const strict = createWorld({ limits: { perJid: 2, perDomain: 3, inTotal: 100 } });
    await strict.register(THING, TAGS);
    for (const guess of ['1', '2']) await strict.claim(OTHER, [...withoutKey, str('KEY', guess)]);
    expect(await strict.claim(OTHER, TAGS)).toEqual({ outcome: 'wait' });
    expect((await strict.claim(OWNER, TAGS)).outcome).toBe('claimed');
    strict.now += 2 * 60 * 60 * 1000;
    expect(await strict.claim(OTHER, TAGS)).toEqual({ outcome: 'failed' });
  });

  it('of a foreign domain waits for all its users together, of our own domain not', async () => {
    const strict = createWorld({ limits: { perJid: 10, perDomain: 2, inTotal: 100 } });
    for (const user of ['a', 'b']) {
      await strict.claim(`${user}@far.example/1`, TAGS);
      await strict.claim(`${user}@example.org/1`, TAGS);
    }
    expect((await strict.claim('c@far.example/1', TAGS)).outcome).toBe('wait');
    expect((await strict.claim('c@example.org/1', TAGS)).outcome).toBe('failed');
  });
});

describe('update', () => {
  it('by the Thing overwrites the tags given and leaves the others', async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    const tags = [str('KEY', ''), str('CLASS', 'PLC'), num('LON', '-71.519722'), str('MODEL', '')];
    expect(await world.registry.update({ address: at(THING), from: full(THING), tags })).toBe('updated');
    expect((await world.thing(THING))?.tags).toEqual([
      str('SN', '394872348732948723'),
      str('MAN', 'www.ktc.se'),
      num('V', '1.2'),
      str('CLASS', 'PLC'),
      num('LON', '-71.519722'),
    ]);
  });

  it('of a tag of the other kind takes the kind last written; an empty string removes a number', async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    const update = (tags: Parameters<typeof world.register>[1]) =>
      world.registry.update({ address: at(THING), from: full(THING), tags });
    await update([str('V', 'one')]);
    expect((await world.thing(THING))?.tags).toContainEqual(str('V', 'one'));
    await update([num('V', '1')]);
    await update([str('V', '')]);
    expect((await world.thing(THING))?.tags.map(({ name }) => name)).not.toContain('V');
  });

  it('of a Thing that is not there, or not claimed, changes nothing and says which', async () => {
    const update = { address: at(THING), from: full(THING), tags: [str('CLASS', 'PLC')] };
    expect(await world.registry.update(update)).toBe('not-found');
    await world.register(THING, TAGS);
    expect(await world.registry.update(update)).toBe('disowned');
    expect((await world.thing(THING))?.tags).toEqual(withoutKey);
  });

  it('cannot set KEY: the Thing only empties it, the owner not even that', async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    const address = at(THING);
    for (const key of [str('KEY', 'x'), num('KEY', '0')]) {
      expect(await world.registry.update({ address, from: full(THING), tags: [key] })).toBe('key-given');
    }
    for (const key of ['x', '']) {
      const update = { address, from: full(OWNER), tags: [str('KEY', key)] };
      expect(await world.registry.updateByOwner(update)).toBe('key-given');
    }
    expect((await world.claim(OWNER, TAGS)).outcome).toBe('claimed');
  });

  it('by the owner works; by another, or on an unclaimed Thing, there is no such Thing', async () => {
    await world.register(THING, TAGS);
    const address = at(THING);
    const tags = [str('ROOM', '101')];
    expect(await world.registry.updateByOwner({ address, from: full(OWNER), tags })).toBe('not-found');
    await world.claim(OWNER, TAGS);
    expect(await world.registry.updateByOwner({ address, from: full(OTHER), tags })).toBe('not-found');
    expect(await world.registry.updateByOwner({ address, from: full(OWNER), tags })).toBe('updated');
    expect((await world.thing(THING))?.tags).toContainEqual(str('ROOM', '101'));
  });

  it('counts tags after the change', async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    const update = (tags: Parameters<typeof world.register>[1]) =>
      world.registry.update({ address: at(THING), from: full(THING), tags });
    const many = Array.from({ length: 60 }, (_, index) => str(`T${index}`, 'x'));
    expect(await update(many)).toBe('updated');
    expect(await update([str('ONE-MORE', 'x')])).toBe('too-many-tags');
    expect(await update([str('ONE-MORE', 'x'), str('T0', '')])).toBe('updated');
  });
});

describe('remove', () => {
  it('takes an owned Thing out and owes it the news', async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    expect(await world.registry.remove(at(THING), full(OTHER))).toBe('not-found');
    expect(await world.registry.remove(at(THING), full(OWNER))).toBe('removed');
    expect(await world.thing(THING)).toBeUndefined();
    expect((await found(world)).things).toEqual([]);
    expect(await world.store.notices.owedTo(bare(THING))).toMatchObject([
      { news: { kind: 'removed' }, spokeFrom: 'thing@example.org/imc' },
    ]);
    expect(await world.registry.remove(at(THING), full(OWNER))).toBe('not-found');
  });

  it('is not for a Thing that nobody claimed', async () => {
    await world.register(THING, TAGS);
    expect(await world.registry.remove(at(THING), full(THING))).toBe('not-found');
  });
});

describe('unregister', () => {
  it('forgets the Thing, its owner and what it was owed; is the same for one that was not there', async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    for (const _ of ['there', 'not there']) {
      await world.registry.unregister(at(THING), full(THING));
      expect(await world.thing(THING)).toBeUndefined();
      expect(await world.store.notices.owedTo(bare(THING))).toEqual([]);
    }
  });
});

describe('disown', () => {
  beforeEach(async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    await world.reach.heard(full(THING));
    world.tells.length = 0;
  });

  it('leaves the Thing without owner and tags, unclaimable until it registers, once it has acknowledged', async () => {
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('disowned');
    expect(world.tells).toMatchObject([{ session: 'thing@example.org/imc', news: { kind: 'disowned' } }]);
    expect(await world.thing(THING)).toEqual({ address: at(THING), tags: [], spokeFrom: full(THING) });
    expect((await world.claim(OTHER, TAGS)).outcome).toBe('failed');
    await world.register(THING, TAGS);
    expect((await world.claim(OTHER, TAGS)).outcome).toBe('claimed');
  });

  it('by one who does not own it finds no Thing, and asks nobody', async () => {
    expect(await world.registry.disown(at(THING), full(OTHER))).toBe('not-found');
    expect(await world.registry.disown(at('no-thing@example.org'), full(OWNER))).toBe('not-found');
    expect(world.tells).toEqual([]);
  });

  it.each(['refused', 'silent', 'gone', 'unsent'] as const)('changes nothing when the Thing is %s', async (told) => {
    const before = await world.thing(THING);
    world.answer = () => told;
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('not-allowed');
    expect(await world.thing(THING)).toEqual(before);
  });

  it('tries another session only if the first is gone', async () => {
    await world.reach.heard(full('thing@example.org/second'));
    world.tells.length = 0;
    world.answer = ({ session }) => (session === THING ? 'gone' : 'acknowledged');
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('disowned');
    expect(world.tells.map(({ session }) => session)).toEqual([THING, 'thing@example.org/second']);
  });

  it('has four seconds for all sessions together', async () => {
    for (const resource of ['second', 'third']) await world.reach.heard(full(`thing@example.org/${resource}`));
    world.tells.length = 0;
    world.answer = () => {
      world.now += 3000;
      return 'gone';
    };
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('not-allowed');
    expect(world.tells.map(({ deadlineMs }) => deadlineMs)).toEqual([4000, 1000]);
  });

  it('takes a registration that comes meanwhile for the acknowledgement', async () => {
    world.answer = async () => {
      expect(await world.register(THING, TAGS)).toMatchObject({ outcome: 'registered' });
      return new Promise<never>(() => undefined); // its answer to the notice never comes
    };
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('disowned');
    expect((await world.claim(OTHER, TAGS)).outcome).toBe('claimed');
  });

  it.each([OTHER, OWNER])('does not undo a claim by %s that came after such a registration', async (claimant) => {
    const claimed = new Promise<unknown>((resolve) => {
      world.answer = async () => {
        await world.register(THING, TAGS);
        resolve(world.claim(claimant, TAGS));
        return 'acknowledged' as const;
      };
    });
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('disowned');
    expect(await claimed).toMatchObject({ outcome: 'claimed' });
    await nothingMore();
    expect((await world.thing(THING))?.ownership?.owner).toBe(bare(claimant));
  });

  it('ends the news of the claim that the Thing had not heard of yet', async () => {
    await world.registry.unregister(at(THING), full(THING));
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    expect(await world.notifier.owes(bare(THING))).toBe(true);
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('disowned');
    expect(await world.notifier.owes(bare(THING))).toBe(false);
  });

  it('knows of a registration that another component on the same store took', async () => {
    const another = createWorld({ store: world.store });
    world.answer = async () => {
      await another.register(THING, TAGS);
      await another.claim(OTHER, TAGS);
      return 'silent' as const;
    };
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('disowned');
    expect((await world.thing(THING))?.ownership?.owner).toBe(bare(OTHER));
  });

  it('takes no registration for one after the time is over', async () => {
    world.answer = () => {
      world.now += ACKNOWLEDGE_MS + 1;
      return 'silent';
    };
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('not-allowed');
    expect(await world.register(THING, TAGS)).toMatchObject({ outcome: 'claimed', owner: 'owner@example.org' });
  });

  it.each([
    [ACKNOWLEDGE_MS, 'registered'],
    [ACKNOWLEDGE_MS + 1, 'claimed'],
  ])('takes a registration %i ms after the question, the component killed in between, as %s', async (ms, outcome) => {
    world.answer = () => new Promise<never>(() => undefined);
    void world.registry.disown(at(THING), full(OWNER));
    await expect.poll(() => world.tells).toHaveLength(1);
    const later = createWorld({ store: world.store });
    later.now = world.now + ms;
    expect(await later.register(THING, TAGS)).toMatchObject({ outcome });
  });

  it('that was not noted is followed by the truth, the component killed before or after the Thing has acknowledged', async () => {
    world.answer = () => new Promise<never>(() => undefined);
    void world.registry.disown(at(THING), full(OWNER));
    await expect.poll(() => world.tells).toHaveLength(1);
    const later = createWorld({ store: world.store });
    await later.notifier.resume();
    expect(later.tells).toMatchObject([{ news: { kind: 'claimed', owner: 'owner@example.org', isPublic: true } }]);
    expect(await later.notifier.owes(bare(THING))).toBe(false);
  });

  it('is not followed by the truth while the Thing is asked, even if it speaks meanwhile', async () => {
    world.answer = async () => {
      await world.reach.heard(full(THING));
      return 'acknowledged' as const;
    };
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('disowned');
    await nothingMore();
    expect(world.tells).toMatchObject([{ news: { kind: 'disowned' } }]);
  });

  it('tells a Thing that was silent its owner again, for what it said may be lost', async () => {
    world.answer = ({ news }) => (news.kind === 'disowned' ? 'silent' : 'acknowledged');
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('not-allowed');
    await expect.poll(() => world.tells.map(({ news }) => news.kind)).toEqual(['disowned', 'claimed']);
    expect(await world.notifier.owes(bare(THING))).toBe(false);
  });

  it('tells the Thing its owner again when it acknowledges too late', async () => {
    world.answer = ({ news }) => (news.kind === 'disowned' ? 'silent' : 'acknowledged');
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('not-allowed');
    await nothingMore();
    world.tells[0]?.acknowledgedLate();
    await expect.poll(() => world.tells.map(({ news }) => news.kind)).toEqual(['disowned', 'claimed', 'claimed']);
    expect(world.tells.at(-1)?.news).toEqual({ kind: 'claimed', owner: 'owner@example.org', isPublic: true });
  });

  it('tells a Thing that acknowledges too late nothing of an owner that it has had since', async () => {
    world.answer = () => 'silent';
    expect(await world.registry.disown(at(THING), full(OWNER))).toBe('not-allowed');
    await world.registry.remove(at(THING), full(OWNER));
    await world.register(THING, TAGS);
    await world.claim(OTHER, TAGS);
    const [debt] = await world.store.notices.owedTo(bare(THING));
    world.tells[0]?.acknowledgedLate();
    await nothingMore();
    expect(await world.store.notices.owedTo(bare(THING))).toMatchObject([{ id: debt?.id }]);
  });
});
