import { beforeEach, describe, expect, it } from 'vitest';
import type { Contact } from '../../src/domain/ports.js';
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
const contact = async (jid = THING) => {
  const all = await world.store.contacts.all();
  return all.find((one) => one.jid === bare(jid) && one.local === '');
};
const save = (jid: string, ours: Contact['ours'], theirs = false, local = '') =>
  world.store.contacts.change(bare(jid), local, () => ({ ours, theirs }));

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

describe('the sessions of who is no Thing any more', () => {
  beforeEach(async () => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    await world.reach.heard(full(THING));
  });

  it('are forgotten, where nothing is owed', async () => {
    await world.register(THING, TAGS, { nodeId: 'another' });
    await world.registry.unregister(at(THING), full(THING));
    await world.reach.forgetIfLast(bare(THING));
    expect(await known()).toEqual([THING]);
    await world.registry.unregister(at(THING, 'another'), full(THING));
    await world.reach.forgetIfLast(bare(THING));
    expect(await known()).toEqual([]);
    await world.register(THING, TAGS);
    await world.reach.heard(full(THING));
    expect(await known()).toEqual([THING]);
  });

  it('are kept until it has learnt that it was removed, and no longer', async () => {
    await world.registry.remove(at(THING), full(OWNER));
    world.answer = () => 'refused';
    await world.notifier.wake(bare(THING));
    await world.reach.forgetIfLast(bare(THING));
    expect(await known()).toEqual([THING]);
    world.answer = () => 'acknowledged';
    await world.reach.available(full('thing@example.org/2'));
    expect(await world.notifier.owes(bare(THING))).toBe(false);
    expect(await known()).toEqual([]);
  });
});

describe('a subscription', () => {
  it('is asked for once a JID, however often it registers', async () => {
    for (const nodeId of ['1', '2', '2']) {
      await world.register(THING, TAGS, { nodeId });
      await world.reach.befriend(bare(THING));
    }
    expect(world.presence).toEqual(['subscribe thing@example.org']);
    expect(await contact()).toMatchObject({ ours: 'asked' });
  });

  it('is asked for once of a gateway that registers many at a time', async () => {
    await Promise.all(['1', '2', '3'].map((nodeId) => world.register(THING, TAGS, { nodeId })));
    await Promise.all(['1', '2', '3'].map(() => world.reach.befriend(bare(THING))));
    expect(world.presence).toEqual(['subscribe thing@example.org']);
  });

  it('that could not be asked for is asked for the next time', async () => {
    await world.register(THING, TAGS);
    world.connected = false;
    await world.reach.befriend(bare(THING));
    expect(await contact()).toBeUndefined();
    world.connected = true;
    await world.reach.befriend(bare(THING));
    expect(world.presence).toEqual(['subscribe thing@example.org']);
  });

  it('is not asked for again after a refusal, also when the JID comes back', async () => {
    await world.register(THING, TAGS);
    await save(THING, 'refused');
    await world.reach.befriend(bare(THING));
    await world.registry.unregister(at(THING), full(THING));
    await world.reach.forgetIfLast(bare(THING));
    await world.reach.befriend(bare(THING));
    expect(world.presence).toEqual([]);
  });

  it('ends when the last Thing of the JID is gone, once', async () => {
    for (const nodeId of ['1', '2']) await world.register(THING, TAGS, { nodeId });
    await world.reach.befriend(bare(THING));
    world.presence.length = 0;
    for (const nodeId of ['1', '2']) {
      await world.registry.unregister(at(THING, nodeId), full(THING));
      await world.reach.forgetIfLast(bare(THING));
      expect(world.presence).toEqual(nodeId === '1' ? [] : ['unsubscribe thing@example.org']);
    }
    await world.reach.forgetIfLast(bare(THING));
    expect(world.presence).toHaveLength(1);
    await world.reach.befriend(bare(THING));
    expect(world.presence).toEqual(['unsubscribe thing@example.org', 'subscribe thing@example.org']);
  });

  it('leaves alone whether the other side is subscribed to us', async () => {
    await save(THING, 'none', true);
    await world.reach.befriend(bare(THING));
    expect(await contact()).toMatchObject({ ours: 'asked', theirs: true });
    await world.reach.forgetIfLast(bare(THING));
    expect(await contact()).toMatchObject({ ours: 'none', theirs: true });
  });

  it('is not ended where none was asked for', async () => {
    await world.reach.forgetIfLast(bare('anna@example.org'));
    await save('bert@example.org', 'none', true);
    await world.reach.forgetIfLast(bare('bert@example.org'));
    expect(world.presence).toEqual([]);
    expect(await contact('anna@example.org')).toBeUndefined();
  });

  it('that we have lets us ask who is on line', async () => {
    for (const jid of ['a', 'b', 'c', 'd', 'e']) await world.register(`${jid}@example.org/1`, TAGS);
    await save('a@example.org', 'subscribed');
    await save('b@example.org', 'asked');
    await save('c@example.org', 'refused');
    await save('d@example.org', 'none', true);
    await save('e@example.org', 'subscribed', false, 'lamp1');
    await world.reach.probeAll();
    expect(world.presence).toContain('probe a@example.org');
    expect(world.presence.filter((sent) => sent.startsWith('probe'))).toHaveLength(1);
  });

  it('that nobody has answered is asked for again, as what was sent into a connection that broke is lost', async () => {
    for (const jid of ['a', 'b', 'c']) await world.register(`${jid}@example.org/1`, TAGS);
    await save('a@example.org', 'asked');
    await save('b@example.org', 'refused');
    await save('c@example.org', 'subscribed');
    await world.reach.probeAll();
    expect(world.presence).toEqual(['subscribe a@example.org', 'probe c@example.org']);
  });

  it('that should have ended before a restart ends after it, and leaves no row', async () => {
    await save('a@example.org', 'subscribed');
    await save('b@example.org', 'asked');
    await save('c@example.org', 'refused');
    await world.reach.probeAll();
    expect(world.presence).toEqual(['unsubscribe a@example.org', 'unsubscribe b@example.org']);
    expect((await world.store.contacts.all()).map(({ jid }) => jid)).toEqual(['c@example.org']);
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

  it('tell it once, however much comes from one at a time', async () => {
    const [one, two] = [full('a@example.org/1'), full('a@example.org/2')];
    await Promise.all([one, one, two, one].map(world.sessions.seen));
    await Promise.all([one, two, two, one].map(world.sessions.gone));
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
        return world.store.sessions.seen(session, when);
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
