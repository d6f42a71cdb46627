import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { changeOfRights } from '../../src/domain/friendship.js';
import type { Audience } from '../../src/domain/thing.js';
import { isClaimed } from '../../src/domain/thing.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { at, bare, createWorld, full, str, TAGS, type World } from './world.js';

const THING = 'thing@example.org/imc';
const SECOND = 'thing@example.org/second';
const OWNER = 'owner@example.org/phone';
const OTHER = 'other@example.org/laptop';
const GUEST = 'guest@elsewhere.example';
const JID = bare(THING);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let world: World;
beforeEach(() => {
  world = createWorld();
});

const wake = () => world.notifier.wake(JID);
/** Who was named in each telling of changed rights. */
const told = () => world.tells.flatMap(({ news }) => (news.kind === 'friends' ? [news.lost] : []));
const owed = async () =>
  (await world.store.notices.owedTo(JID)).flatMap(({ news }) => (news.kind === 'friends' ? [news.lost] : []));

async function claimed(nodeId = '', owner = OWNER): Promise<void> {
  const tags = [...TAGS, str('ROOM', nodeId)];
  await world.register(THING, tags, { nodeId });
  await world.reach.heard(full(THING));
  await world.claim(owner, tags);
}
/** What the owner does by sharing and unsharing. */
async function shareWith(sharedWith: readonly Audience[], nodeId = ''): Promise<void> {
  await world.store.things.changeAt(at(JID, nodeId), ({ thing }) => {
    if (!isClaimed(thing)) throw new Error('nobody owns it');
    const changed = { ...thing, ownership: { ...thing.ownership, sharedWith } };
    return { outcome: undefined, writes: [{ write: 'thing', thing: changed, at: world.now }] };
  });
}
/** Claimed, told so, and the Thing has asked who its friends are. */
async function relied(): Promise<void> {
  await claimed();
  await wake();
  await world.store.friends.asked(JID);
  world.tells.length = 0;
}
const remove = (nodeId = '') => world.registry.remove(at(JID, nodeId), full(OWNER));

describe('a Thing that has asked who its friends are is told', () => {
  beforeEach(relied);

  it('when it is removed: its owner, and those with whom it was shared by JID', async () => {
    await shareWith([bare(GUEST), '@example.org', '*', bare(OTHER)]);
    await wake();
    await remove();
    await wake();
    expect(told()).toEqual([[], ['guest@elsewhere.example', 'other@example.org', 'owner@example.org']]);
    expect(world.tells.at(-1)?.address).toEqual(at(JID));
    expect(await owed()).toEqual([]);
  });

  it('when it is disowned', async () => {
    await world.registry.disown(at(JID), full(OWNER));
    await wake();
    expect(told()).toEqual([['owner@example.org']]);
  });

  it('when it registers anew while it is being disowned', async () => {
    world.answer = async () => {
      await world.register(THING, TAGS);
      return 'silent' as const;
    };
    await world.registry.disown(at(JID), full(OWNER));
    world.answer = () => 'acknowledged';
    await wake();
    expect(told()).toEqual([['owner@example.org']]);
  });

  it('when it unregisters', async () => {
    await world.registry.unregister(at(JID), full(THING));
    await wake();
    expect(told()).toEqual([['owner@example.org']]);
  });

  it('when it is shared no longer', async () => {
    await shareWith([bare(GUEST), bare(OTHER)]);
    await shareWith([bare(OTHER)]);
    await wake();
    expect(told()).toEqual([['guest@elsewhere.example']]);
  });

  it('also of rights that begin, for it may have been answered false: then nobody is lost', async () => {
    await shareWith([bare(GUEST)]);
    await wake();
    await shareWith([bare(GUEST), '*']);
    await wake();
    await claimed('b', OTHER);
    await wake();
    expect(told()).toEqual([[], [], []]);
  });

  it('nothing of what changes no right', async () => {
    await world.register(THING, TAGS);
    await world.registry.updateByOwner({ address: at(JID), from: full(OWNER), tags: [str('ROOM', 'Hall')] });
    await world.claim(OWNER, TAGS);
    expect(await owed()).toEqual([]);
  });

  it('nothing of who keeps a right to another Thing of its JID, as owner or by a share', async () => {
    await claimed('b');
    await shareWith([bare(GUEST)]);
    await shareWith([bare(OTHER), bare(GUEST)], 'b');
    await wake();
    world.tells.length = 0;
    await remove();
    await wake();
    expect(told()).toEqual([[]]);
    await remove('b');
    await wake();
    expect(told()).toEqual([[], ['guest@elsewhere.example', 'other@example.org', 'owner@example.org']]);
  });

  it('nothing of who has the right again by then', async () => {
    await remove();
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS);
    await wake();
    expect(told()).toEqual([[]]);
  });

  it('nothing of itself, when it was its own', async () => {
    await remove();
    await wake();
    await world.register(THING, TAGS, { selfOwned: true });
    await world.store.friends.asked(JID);
    world.tells.length = 0;
    await world.register(THING, TAGS);
    await wake();
    expect(told()).toEqual([[]]);
  });
});

it('a Thing that never asked is told nothing of friends', async () => {
  await claimed();
  await shareWith([bare(GUEST)]);
  await shareWith([]);
  await world.store.friends.asked(bare(OTHER));
  await remove();
  await wake();
  expect(told()).toEqual([]);
});

describe('the news of changed rights', () => {
  beforeEach(relied);

  it('is told again, with all who were lost, until it is answered', async () => {
    world.answer = () => 'silent';
    await shareWith([bare(GUEST)]);
    await shareWith([]);
    await wake();
    world.now += MINUTE;
    await remove();
    await wake();
    expect(told()).toEqual([['guest@elsewhere.example'], ['guest@elsewhere.example', 'owner@example.org']]);
    world.answer = () => 'acknowledged';
    world.now += MINUTE;
    await wake();
    expect(told().at(-1)).toEqual(['guest@elsewhere.example', 'owner@example.org']);
    expect(await owed()).toEqual([]);
    world.now += DAY;
    await wake();
    expect(told()).toHaveLength(3);
  });

  it('ends with a refusal: who knows nothing of a cache has none', async () => {
    await shareWith([bare(GUEST)]);
    world.answer = () => 'refused';
    await wake();
    expect(await owed()).toEqual([]);
  });

  it('is taken to another session where one is gone', async () => {
    await world.sessions.seen(full(SECOND));
    world.answer = ({ session }) => (session === THING ? 'gone' : 'acknowledged');
    await remove();
    await wake();
    const sessions = world.tells.filter(({ news }) => news.kind === 'friends').map(({ session }) => session);
    expect(sessions).toEqual([THING, SECOND]);
    expect(await owed()).toEqual([]);
  });

  it('is kept while the Thing is away, and told when it is heard of, though it is registered no longer', async () => {
    await world.sessions.gone(full(THING));
    world.answer = () => 'gone';
    await remove();
    await wake();
    expect(await owed()).toEqual([['owner@example.org']]);
    world.answer = () => 'acknowledged';
    world.tells.length = 0;
    await world.reach.available(full(SECOND));
    expect(told()).toEqual([['owner@example.org']]);
  });

  it('is settled by a late answer, but not by one to older news', async () => {
    world.answer = () => 'silent';
    await remove();
    await wake();
    const [first] = world.tells.filter(({ news }) => news.kind === 'friends');
    await world.register(THING, TAGS);
    await world.claim(OTHER, TAGS);
    first?.acknowledgedLate();
    await wake();
    expect(await owed()).toEqual([['owner@example.org']]);
    world.tells.filter(({ news }) => news.kind === 'friends')[1]?.acknowledgedLate();
    await expect.poll(owed).toEqual([]);
  });

  it('is given up after three deliveries where no Thing of the JID is left, and not before', async () => {
    world.answer = () => 'silent';
    await shareWith([bare(GUEST)]);
    for (let minute = 0; minute < 9; minute++) {
      await wake();
      world.now += MINUTE;
    }
    expect(told()).toHaveLength(9);
    world.tells.length = 0;
    await remove();
    for (let minute = 0; minute < 9; minute++) {
      await wake();
      world.now += MINUTE;
    }
    expect(told()).toHaveLength(3);
    expect(await owed()).toEqual([]);
  });

  it('is no longer owed to a JID whose Things are gone and have been told, until it asks again', async () => {
    await remove();
    await wake();
    await claimed();
    await shareWith([bare(GUEST)]);
    expect(await owed()).toEqual([]);
    await world.store.friends.asked(JID);
    await shareWith([]);
    expect(await owed()).toEqual([['guest@elsewhere.example']]);
  });
});

it('the news survives a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-friends-'));
  try {
    const file = join(folder, 'thingstead.db');
    world = createWorld({ store: openSqliteStore({ file }) });
    await relied();
    world.answer = () => 'silent';
    await remove();
    await wake();
    await world.store.close();
    world = createWorld({ store: openSqliteStore({ file }) });
    await world.notifier.resume();
    expect(told()).toEqual([['owner@example.org']]);
    expect(await owed()).toEqual([]);
    await world.store.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

describe('a change of rights', () => {
  const pool: readonly Audience[] = [bare(OWNER), bare(OTHER), bare(GUEST), JID, '@example.org', '*'];
  const audiences = fc.array(fc.constantFrom(...pool), { maxLength: 6 });

  it('loses the JIDs, and only those, that were entitled and are not; it is none where all stay', () => {
    fc.assert(
      fc.property(audiences, audiences, (before, after) => {
        const change = changeOfRights(JID, before, after);
        const same = pool.every((one) => before.includes(one) === after.includes(one));
        expect(change === undefined).toBe(same);
        const lost = pool.slice(0, 3).filter((one) => before.includes(one) && !after.includes(one));
        if (change !== undefined) expect(change.lost.toSorted()).toEqual(lost.toSorted());
      }),
    );
  });
});
