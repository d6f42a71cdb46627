import { beforeEach, describe, expect, it } from 'vitest';
import { createSessions } from '../../src/domain/sessions.js';
import { at, bare, createWorld, full, TAGS, type World } from './world.js';

const THING = 'thing@example.org/imc';
const OWNER = 'owner@example.org/phone';
const MINUTE = 60_000;

let world: World;
beforeEach(() => {
  world = createWorld();
});
const known = (jid = THING) => world.sessions.of(bare(jid));
const subscription = async (jid = THING) => (await world.store.contacts.find(bare(jid), ''))?.ours;

describe('the sessions of a Thing', () => {
  beforeEach(() => world.register(THING, TAGS));

  it('are learnt from what it sends and from presence, the last one first', async () => {
    await world.reach.heard(full(THING));
    world.now += 1;
    await world.reach.available(full('thing@example.org/2'));
    expect(await known()).toEqual(['thing@example.org/2', THING]);
  });

  it('are forgotten when presence says so', async () => {
    await world.reach.heard(full(THING));
    await world.reach.unavailable(full('thing@example.org/2'));
    expect(await known()).toEqual([THING]);
    await world.reach.unavailable(full(THING));
    expect(await known()).toEqual([]);
  });

  it('are full JIDs, or domains: a bare JID is none', async () => {
    await world.reach.heard(bare(THING));
    await world.reach.available(bare(THING));
    await world.reach.unavailable(bare(THING));
    expect(await known()).toEqual([]);
    expect(await world.reach.heard(bare('concentrator.example.org'))).toBeUndefined();
  });

  it('that is heard of is told what it is owed', async () => {
    await world.claim(OWNER, TAGS);
    await world.reach.heard(full(THING));
    expect(world.tells).toHaveLength(1);
  });
});

describe('who is no Thing', () => {
  it('is not remembered, whether it is on line or speaks', async () => {
    await world.reach.available(full('anna@example.org/1'));
    await world.reach.heard(full('anna@example.org/1'));
    expect(await known('anna@example.org')).toEqual([]);
    expect(world.online).toEqual([]);
  });

  it('is told that it was removed, where that is so', async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    await world.registry.remove(at(THING), full(OWNER));
    await world.reach.available(full('thing@example.org/2'));
    expect(world.tells).toMatchObject([{ news: { kind: 'removed' } }]);
  });
});

describe('a subscription', () => {
  it('is asked for once a JID, however often it registers', async () => {
    for (const nodeId of ['1', '2', '2']) {
      await world.register(THING, TAGS, { nodeId });
      await world.reach.befriend(bare(THING));
    }
    expect(world.presence).toEqual(['subscribe thing@example.org']);
    expect(await subscription()).toBe('asked');
  });

  it('is not asked for again after a refusal, also when the JID comes back', async () => {
    await world.register(THING, TAGS);
    await world.store.contacts.save({ jid: bare(THING), local: '', ours: 'refused', theirs: false });
    await world.reach.befriend(bare(THING));
    await world.registry.unregister(at(THING), full(THING));
    await world.reach.unfriendIfLast(bare(THING));
    await world.reach.befriend(bare(THING));
    expect(world.presence).toEqual([]);
  });

  it('ends when the last Thing of the JID is gone, once', async () => {
    for (const nodeId of ['1', '2']) await world.register(THING, TAGS, { nodeId });
    await world.reach.befriend(bare(THING));
    world.presence.length = 0;
    for (const nodeId of ['1', '2']) {
      await world.registry.unregister(at(THING, nodeId), full(THING));
      await world.reach.unfriendIfLast(bare(THING));
      expect(world.presence).toEqual(nodeId === '1' ? [] : ['unsubscribe thing@example.org']);
    }
    await world.reach.unfriendIfLast(bare(THING));
    expect(world.presence).toHaveLength(1);
    await world.reach.befriend(bare(THING));
    expect(world.presence).toEqual(['unsubscribe thing@example.org', 'subscribe thing@example.org']);
  });

  it('leaves alone whether the other side is subscribed to us', async () => {
    await world.store.contacts.save({ jid: bare(THING), local: '', ours: 'none', theirs: true });
    await world.reach.befriend(bare(THING));
    expect(await world.store.contacts.find(bare(THING), '')).toMatchObject({ ours: 'asked', theirs: true });
    await world.reach.unfriendIfLast(bare(THING));
    expect(await world.store.contacts.find(bare(THING), '')).toMatchObject({ ours: 'none', theirs: true });
  });

  it('is not ended where none was asked for', async () => {
    await world.reach.unfriendIfLast(bare('anna@example.org'));
    await world.store.contacts.save({ jid: bare('bert@example.org'), local: '', ours: 'none', theirs: true });
    await world.reach.unfriendIfLast(bare('bert@example.org'));
    expect(world.presence).toEqual([]);
    expect(await subscription('anna@example.org')).toBeUndefined();
  });

  it('that we have lets us ask who is on line', async () => {
    const save = (jid: string, ours: 'none' | 'asked' | 'subscribed' | 'refused', local = '') =>
      world.store.contacts.save({ jid: bare(jid), local, ours, theirs: true });
    await save('a@example.org', 'subscribed');
    await save('b@example.org', 'asked');
    await save('c@example.org', 'refused');
    await save('d@example.org', 'none');
    await save('e@example.org', 'subscribed', 'lamp1');
    await world.reach.probeAll();
    expect(world.presence).toEqual(['probe a@example.org']);
  });
});

describe('sessions', () => {
  it('tell when the first of a JID comes and the last goes', async () => {
    const [one, two] = [full('a@example.org/1'), full('a@example.org/2')];
    await world.sessions.seen(one);
    await world.sessions.seen(two);
    await world.sessions.seen(one);
    await world.sessions.gone(one);
    await world.sessions.gone(one);
    expect(world.online).toEqual([['a@example.org', true]]);
    await world.sessions.gone(two);
    await world.sessions.gone(two);
    expect(world.online).toEqual([
      ['a@example.org', true],
      ['a@example.org', false],
    ]);
  });

  /** Sessions over a store of which the writes are counted, and may fail. */
  function counting() {
    const writes: string[] = [];
    const rig = { writes, now: 0, fails: false, sessions: undefined as unknown as ReturnType<typeof createSessions> };
    const store = {
      ...world.store.sessions,
      seen: async (session: Parameters<typeof world.sessions.seen>[0], when: number) => {
        if (rig.fails) throw new Error('disk full');
        writes.push(session);
        await world.store.sessions.seen(session, when);
      },
    };
    rig.sessions = createSessions({ store, clock: { now: () => rig.now }, onChange: () => undefined });
    return rig;
  }

  it('are written down every ten minutes at most, and at once when they come back', async () => {
    const rig = counting();
    const session = full('a@example.org/1');
    await rig.sessions.seen(session);
    rig.now += 10 * MINUTE - 1;
    await rig.sessions.seen(session);
    expect(rig.writes).toHaveLength(1);
    rig.now += 1;
    await rig.sessions.seen(session);
    expect(rig.writes).toHaveLength(2);
    await rig.sessions.gone(session);
    await rig.sessions.seen(session);
    expect(rig.writes).toHaveLength(3);
    await rig.sessions.seen(full('a@example.org/2'));
    expect(rig.writes).toHaveLength(4);
  });

  it('that the store refused are written with the next word', async () => {
    const rig = counting();
    const session = full('a@example.org/1');
    rig.fails = true;
    await expect(rig.sessions.seen(session)).rejects.toThrow('disk full');
    rig.fails = false;
    await rig.sessions.seen(session);
    expect(await rig.sessions.of(bare(session))).toEqual([session]);
  });
});
