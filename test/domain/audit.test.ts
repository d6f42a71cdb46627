import { beforeEach, expect, it } from 'vitest';
import type { AuditEntry, Store, Write } from '../../src/domain/ports.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { at, createWorld, full, str, TAGS, type World } from './world.js';

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

it('what changes nothing is not', async () => {
  await world.claim(OWNER, TAGS);
  await world.registry.update(update(THING));
  await world.registry.updateByOwner(update(OTHER));
  await world.registry.remove(at(THING), full(OTHER));
  await world.registry.unregister(at(THING), full(THING));
  await world.registry.disown(at(THING), full(OTHER));
  expect(log()).toEqual([]);
});
