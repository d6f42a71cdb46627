import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { News } from '../../src/domain/notice.js';
import { preferred } from '../../src/domain/notifier.js';
import type { Told } from '../../src/domain/ports.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { at, bare, createWorld, full, num, str, TAGS, type World } from './world.js';

const THING = 'thing@example.org/imc';
const SECOND = 'thing@example.org/second';
const THIRD = 'thing@example.org/third';
const OWNER = 'owner@example.org/phone';
const OTHER = 'other@example.org/laptop';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let world: World;
beforeEach(() => {
  world = createWorld();
});

const owed = async () => (await world.store.notices.owedTo(bare(THING))).map(({ news }) => news.kind);
const sessions = () => world.tells.map(({ session }) => session);
const kinds = () => world.tells.map(({ news }) => news.kind);
const wake = () => world.notifier.wake(bare(THING));
/** Claimed, and the news not told. */
async function claimed(): Promise<void> {
  await world.register(THING, TAGS);
  await world.reach.heard(full(THING));
  await world.claim(OWNER, TAGS);
}
async function removed(): Promise<void> {
  await claimed();
  await world.registry.remove(at(THING), full(OWNER));
}

describe('a notice', () => {
  it.each([true, false])('says who has claimed the Thing, and whether it is public: %s', async (isPublic) => {
    await world.register(THING, TAGS);
    await world.claim(OWNER, TAGS, { isPublic });
    await wake();
    expect(world.tells).toMatchObject([
      { session: THING, address: at(THING), news: { kind: 'claimed', owner: 'owner@example.org', isPublic } },
    ]);
  });

  it('is told once: a result ends it', async () => {
    await claimed();
    await wake();
    world.now += DAY;
    await wake();
    expect(kinds()).toEqual(['claimed']);
    expect(await owed()).toEqual([]);
  });

  it.each(['refused', 'silent', 'gone'] as const)('is still owed where the session is %s', async (told) => {
    await claimed();
    world.answer = () => told;
    await wake();
    expect(await owed()).toEqual(['claimed']);
    world.answer = () => 'acknowledged';
    world.now += MINUTE;
    await wake();
    expect(kinds()).toEqual(['claimed', 'claimed']);
    expect(await owed()).toEqual([]);
  });

  it('is tried again also when the clock was put back after the first time', async () => {
    await claimed();
    world.answer = () => 'refused';
    await wake();
    world.answer = () => 'acknowledged';
    world.now -= DAY;
    await wake();
    expect(kinds()).toEqual(['claimed', 'claimed']);
    expect(await owed()).toEqual([]);
  });

  it('gives way to newer news, also to that which comes while it is being told', async () => {
    await claimed();
    let isFirst = true;
    world.answer = async () => {
      if (isFirst) await world.registry.remove(at(THING), full(OWNER));
      isFirst = false;
      await wake();
      return 'acknowledged' as const;
    };
    await wake();
    expect(kinds()).toEqual(['claimed', 'removed']);
    expect(await owed()).toEqual([]);
  });

  it('that is acknowledged does not settle newer news', async () => {
    await claimed();
    world.answer = async () => {
      await world.registry.remove(at(THING), full(OWNER));
      return 'acknowledged' as const;
    };
    await wake();
    expect(await owed()).toEqual(['removed']);
  });

  it('ends with a new registration', async () => {
    await removed();
    await world.register(THING, TAGS);
    await wake();
    expect([kinds(), await owed()]).toEqual([[], []]);
  });

  it('is settled by an acknowledgement that comes late', async () => {
    await claimed();
    world.answer = () => 'silent';
    await wake();
    world.tells[0]?.acknowledgedLate();
    await expect.poll(owed).toEqual([]);
  });

  it('is not settled by the late acknowledgement of older news', async () => {
    await claimed();
    world.answer = () => 'silent';
    await wake();
    await world.registry.remove(at(THING), full(OWNER));
    world.tells[0]?.acknowledgedLate();
    await wake();
    expect(await owed()).toEqual(['removed']);
  });

  it('is one a Thing: two behind one JID are each told', async () => {
    for (const nodeId of ['1', '2']) {
      await world.register(THING, [...TAGS, str('ROOM', nodeId)], { nodeId });
      await world.claim(OWNER, [...TAGS, str('ROOM', nodeId)]);
    }
    world.answer = ({ address }) => (address.nodeId === '1' ? 'refused' : 'acknowledged');
    await wake();
    expect(world.tells.map(({ address }) => address.nodeId).sort()).toEqual(['1', '2']);
    expect((await world.store.notices.owedTo(bare(THING))).map(({ address }) => address.nodeId)).toEqual(['1']);
  });
});

describe('the session', () => {
  beforeEach(async () => {
    await claimed();
    for (const session of [SECOND, THIRD]) {
      world.now += 1;
      await world.sessions.seen(full(session));
    }
  });

  it('is the one that spoke last, though others were seen later', async () => {
    await wake();
    expect(sessions()).toEqual([THING]);
  });

  it('is that from which the Thing has spoken since the claim', async () => {
    const update = { address: at(THING), from: full(SECOND), tags: [num('V', '2')] };
    expect(await world.registry.update(update)).toBe('updated');
    await wake();
    expect(sessions()).toEqual([SECOND]);
  });

  it.each(['refused', 'silent'] as const)('is the only one tried, if it is %s', async (told) => {
    world.answer = () => told;
    await wake();
    expect(sessions()).toEqual([THING]);
    expect(await world.sessions.of(bare(THING))).toHaveLength(3);
  });

  it('is another only where the one before is gone, and then that is forgotten', async () => {
    world.answer = ({ session }) => (session === SECOND ? 'acknowledged' : 'gone');
    await wake();
    expect(sessions()).toEqual([THING, THIRD, SECOND]);
    expect(await world.sessions.of(bare(THING))).toEqual([SECOND]);
    expect(await owed()).toEqual([]);
  });

  it('is asked though nothing is known of it any more', async () => {
    await world.reach.unavailable(full(THING));
    await wake();
    expect(sessions()).toEqual([THING]);
  });

  it('of a Thing that was removed is the one that had spoken', async () => {
    await world.registry.remove(at(THING), full(OWNER));
    await wake();
    expect([sessions(), kinds()]).toEqual([[THING], ['removed']]);
  });

  it('is not told the same again within a minute, nor another in its place', async () => {
    world.answer = () => 'refused';
    await wake();
    world.now += MINUTE - 1;
    await world.reach.heard(full(THING));
    expect(sessions()).toEqual([THING]);
    world.now += 1;
    await world.reach.heard(full(THING));
    expect(sessions()).toEqual([THING, THING]);
  });

  it('is told other news within the minute', async () => {
    world.answer = () => 'refused';
    await wake();
    await world.registry.remove(at(THING), full(OWNER));
    await wake();
    expect(kinds()).toEqual(['claimed', 'removed']);
  });

  it('is told again at once when it comes back', async () => {
    world.answer = () => 'silent';
    await wake();
    await world.reach.available(full(THING));
    expect(sessions()).toEqual([THING, THING]);
  });

  it('is told again at once after a reconnect', async () => {
    world.answer = () => 'silent';
    await wake();
    await world.notifier.resume();
    expect(sessions()).toEqual([THING, THING]);
  });

  it('that could not be told for want of a connection is known as before, and no other is tried', async () => {
    world.answer = () => 'unsent';
    await wake();
    expect(sessions()).toEqual([THING]);
    expect(await world.sessions.of(bare(THING))).toHaveLength(3);
  });

  it.each(['gone', 'unsent'] as const)('that was not reached may be tried again at once: %s', async (told) => {
    world.answer = () => told;
    await wake();
    world.answer = () => 'acknowledged';
    await world.reach.heard(full(THING));
    expect(await owed()).toEqual([]);
  });
});

describe('`removed`', () => {
  it.each(['refused', 'silent'] as const)('is given up after three deliveries: %s', async (told) => {
    await removed();
    world.answer = () => told;
    for (let time = 0; time < 5; time += 1) {
      await wake();
      world.now += MINUTE;
    }
    expect(kinds()).toEqual(['removed', 'removed', 'removed']);
    expect(await owed()).toEqual([]);
  });

  it.each(['gone', 'unsent'] as const)('is not given up for what reached nobody: %s', async (told) => {
    await removed();
    world.answer = () => told;
    for (let time = 0; time < 5; time += 1) await wake();
    expect(kinds()).toHaveLength(5);
    expect(await owed()).toEqual(['removed']);
  });

  it('is given up after 30 days, and not before', async () => {
    await removed();
    world.now += 30 * DAY;
    world.answer = () => 'gone';
    await wake();
    expect(kinds()).toEqual(['removed']);
    world.now += 1;
    await wake();
    expect([kinds(), await owed()]).toEqual([['removed'], []]);
  });

  it('has no twin in `claimed`, which is owed for ever', async () => {
    await claimed();
    world.answer = () => 'refused';
    for (let time = 0; time < 5; time += 1) {
      await wake();
      world.now += 31 * DAY;
    }
    expect(kinds()).toHaveLength(5);
    expect(await owed()).toEqual(['claimed']);
  });
});

describe('two who wake the notifier', () => {
  it('make one attempt at a time, and none is forgotten', async () => {
    await claimed();
    let running = 0;
    const answers: ((told: Told) => void)[] = [];
    world.answer = () => {
      running += 1;
      expect(running).toBe(1);
      return new Promise<Told>((resolve) => answers.push(resolve)).finally(() => {
        running -= 1;
      });
    };
    const first = wake();
    await expect.poll(() => answers.length).toBe(1);
    await Promise.all([wake(), wake()]);
    expect(answers).toHaveLength(1);
    world.now += MINUTE;
    answers[0]?.('refused');
    await expect.poll(() => answers.length).toBe(2);
    answers[1]?.('acknowledged');
    await first;
    expect(await owed()).toEqual([]);
  });

  it('do not hold up those of other JIDs', async () => {
    await claimed();
    await world.register('lamp@example.org/1', [str('SN', '7'), str('KEY', 'k')]);
    await world.claim(OWNER, [str('SN', '7'), str('KEY', 'k')]);
    world.answer = ({ session }) => (session === THING ? new Promise<Told>(() => undefined) : 'acknowledged');
    void wake();
    await world.notifier.wake(bare('lamp@example.org'));
    expect(await world.notifier.owes(bare('lamp@example.org'))).toBe(false);
    expect(await world.notifier.owes(bare(THING))).toBe(true);
  });
});

describe('resume', () => {
  it('tries all to whom something is owed, a few at a time', async () => {
    let [running, most] = [0, 0];
    for (let number = 0; number < 30; number += 1) {
      const tags = [str('SN', `${number}`), str('KEY', 'k')];
      await world.register(`thing${number}@example.org/1`, tags);
      await world.claim(OWNER, tags);
    }
    world.answer = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise(setImmediate);
      running -= 1;
      return 'acknowledged' as const;
    };
    await world.notifier.resume();
    expect(new Set(sessions()).size).toBe(30);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(8);
    expect(await world.store.notices.debtors()).toEqual([]);
  });
});

describe('over a restart', () => {
  const directory = mkdtempSync(join(tmpdir(), 'thingstead-notices-'));
  const open = () => openSqliteStore({ file: join(directory, 'db') });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it('a debt is kept: who it is to, what is to be told, and where', async () => {
    world = createWorld({ store: open() });
    await removed();
    world.answer = () => 'silent';
    await wake();
    await world.store.close();

    const later = createWorld({ store: open() });
    await later.notifier.resume();
    const news: News = { kind: 'removed' };
    expect(later.tells).toMatchObject([{ session: THING, address: at(THING), news }]);
    expect(await later.store.notices.debtors()).toEqual([]);
    await later.store.close();
  });
});

describe('preferred', () => {
  it('begins with the session that spoke, and names none twice', () => {
    const all = [THING, SECOND, THIRD].map(full);
    expect(preferred(full(SECOND), all)).toEqual([SECOND, THING, THIRD]);
    expect(preferred(full('thing@example.org/gone'), all)).toEqual(['thing@example.org/gone', ...all]);
    expect(preferred(undefined, all)).toEqual(all);
    expect(preferred(undefined, [])).toEqual([]);
  });
});

it('is silent to the former owner of what another registered since', async () => {
  await removed();
  await world.register(THING, TAGS);
  await world.claim(OTHER, TAGS);
  await wake();
  expect(world.tells.map(({ news }) => news)).toEqual([
    { kind: 'claimed', owner: 'other@example.org', isPublic: true },
  ]);
});
