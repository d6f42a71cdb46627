import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, it } from 'vitest';
import type { AuditEntry, Store, Write } from '../../src/domain/ports.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { at, bare, createWorld, full, str, TAGS, type World } from './world.js';

const THING = 'thing@example.org/imc';
const OWNER = 'owner@example.org/phone';
const OTHER = 'other@example.org/laptop';

let world: World;
let entries: AuditEntry[];
beforeEach(() => {
  entries = [];
  world = createWorld({ store: overheard(openSqliteStore({ file: ':memory:' })) });
});

/** A store of which the audit entries are noted. */
function overheard(store: Store): Store {
  const note = (writes: readonly Write[]) => {
    for (const write of writes) if (write.write === 'audit') entries.push(write.entry);
  };
  const { things } = store;
  return {
    ...store,
    things: {
      ...things,
      changeAt: (address, decide) =>
        things.changeAt(address, (stored) => {
          const change = decide(stored);
          note(change.writes);
          return change;
        }),
      changeMatching: (claimDigest, decide) =>
        things.changeMatching(claimDigest, (found) => {
          const change = decide(found);
          note(change.writes);
          return change;
        }),
    },
  };
}

const log = () =>
  entries.map(({ actor, action, subject, outcome }) => `${actor} | ${action} | ${subject} | ${outcome}`);
const update = (from: string) => ({
  address: at(THING, 'n'),
  from: full(from),
  tags: [str('ROOM', '1'), str('KEY', '')],
});

it('every change of a Thing is in the audit trail, by whom and of what, and KEY is not', async () => {
  await world.register(THING, TAGS, { nodeId: 'n' });
  await world.claim(OWNER, TAGS, { isPublic: false });
  await world.registry.update(update(THING));
  await world.registry.updateByOwner({ ...update(OWNER), tags: [str('ROOM', '2')] });
  await world.registry.remove(at(THING, 'n'), full(OWNER));
  await world.register(THING, TAGS, { nodeId: 'n', selfOwned: true });
  await world.registry.unregister(at(THING, 'n'), full(THING));
  await world.register(THING, TAGS, { nodeId: 'n' });
  await world.claim(OTHER, TAGS);
  expect(log()).toEqual([
    `${THING} | register | thing@example.org n | done`,
    `${OWNER} | claim as private | thing@example.org n | done`,
    `${THING} | update | thing@example.org n | done`,
    `${OWNER} | update | thing@example.org n | done`,
    `${OWNER} | remove | thing@example.org n | done`,
    `${THING} | register self-owned | thing@example.org n | done`,
    `${THING} | unregister | thing@example.org n | done`,
    `${THING} | register | thing@example.org n | done`,
    `${OTHER} | claim as public | thing@example.org n | done`,
  ]);
  expect(new Set(entries.map(({ at: when }) => when))).toEqual(new Set([world.now]));
  expect(JSON.stringify(entries)).not.toMatch(/KEY|4857402340298342/);
});

it('so is every disowning, and how it ended', async () => {
  await world.register(THING, TAGS);
  await world.claim(OWNER, TAGS);
  entries.length = 0;
  world.answer = () => 'silent';
  await world.registry.disown(at(THING), full(OWNER));
  world.tells[0]?.acknowledgedLate();
  await expect.poll(() => entries.length).toBe(2);
  world.answer = () => 'acknowledged';
  await world.registry.disown(at(THING), full(OWNER));
  await world.register(THING, TAGS);
  await world.claim(OWNER, TAGS);
  world.answer = async () => {
    await world.register(THING, TAGS);
    return 'silent' as const;
  };
  await world.registry.disown(at(THING), full(OWNER));
  expect(log()).toEqual([
    `${OWNER} | disown | thing@example.org | refused: the Thing did not acknowledge`,
    `${OWNER} | disown | thing@example.org | the Thing acknowledged too late, and is told its owner again`,
    `${OWNER} | disown | thing@example.org | done`,
    `${THING} | register | thing@example.org | done`,
    `${OWNER} | claim as public | thing@example.org | done`,
    `${THING} | register | thing@example.org | done`,
    'owner@example.org | disown | thing@example.org | done: the Thing registered anew',
  ]);
});

type Refusal = readonly [what: string, row: string, ask: () => Promise<unknown>];

/** What each is refused leaves this row, whether there is such a Thing, and whoever has it, or not. */
const REFUSALS: readonly Refusal[] = [
  ['a claim that fails', `${OTHER} | claim |  | failed`, () => world.claim(OTHER, [str('KEY', 'guessed')])],
  [
    'the update of what is another’s',
    `${OTHER} | update | thing@example.org n | item-not-found`,
    () => world.registry.updateByOwner({ ...update(OTHER), tags: [str('ROOM', '2')] }),
  ],
  [
    'its removal',
    `${OTHER} | remove | thing@example.org n | item-not-found`,
    () => world.registry.remove(at(THING, 'n'), full(OTHER)),
  ],
  [
    'its disowning',
    `${OTHER} | disown | thing@example.org n | item-not-found`,
    () => world.registry.disown(at(THING, 'n'), full(OTHER)),
  ],
];

/** They are written after the answer. */
const written = async () => {
  for (let n = 0; n < 3; n++) await turn();
};

const refusals = async () => {
  await written();
  const { entries: rows } = await world.store.audit.read({ domain: bare('things.example.org') }, 100);
  return rows
    .filter(({ actor }) => actor === OTHER)
    .map(
      ({ actor, action, subject, outcome, ownership = '' }) =>
        `${actor} | ${action} | ${subject} | ${outcome}${ownership}`,
    );
};

it.each(REFUSALS)('%s leaves exactly its row, and the same where there is no such Thing', async (_, row, ask) => {
  await ask();
  expect(await refusals()).toEqual([row]);
  world = createWorld();
  await world.register(THING, TAGS, { nodeId: 'n' });
  await world.claim(OWNER, TAGS, { isPublic: false });
  await ask();
  expect(await refusals()).toEqual([row]);
});

it('a claim that fails leaves nothing of what was claimed, also one for which it is too late', async () => {
  world = createWorld({ limits: { perJid: 1, perDomain: 1, inTotal: 1 } });
  await world.register(THING, TAGS);
  await world.claim(OTHER, [...TAGS.slice(0, 4), str('KEY', 'guessed')]);
  expect(await world.claim('third@example.org/r', TAGS)).toEqual({ outcome: 'wait' });
  await written();
  const { entries: rows } = await world.store.audit.read({ domain: bare('things.example.org'), action: 'claim' }, 100);
  expect(rows.map(({ subject, outcome }) => [subject, outcome])).toEqual([
    ['', 'failed'],
    ['', 'failed'],
  ]);
  expect(JSON.stringify(rows)).not.toMatch(/guessed|ktc|IMC|4857402340298342/);
});

it('what changes nothing, and is not refused for what somebody is, leaves nothing', async () => {
  await world.registry.update(update(THING));
  await world.registry.unregister(at(THING), full(THING));
  expect(log()).toEqual([]);
  await written();
  expect((await world.store.audit.read({ domain: bare('things.example.org') }, 100)).entries).toEqual([]);
});
