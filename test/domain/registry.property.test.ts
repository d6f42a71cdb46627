import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Told } from '../../src/domain/ports.js';
import type { Tag } from '../../src/domain/thing.js';
import { at, bare, createWorld, full, num, str, type World } from './world.js';

/** What the registry should know of one Thing: the rules of XEP-0347 and DESIGN section 3, said once more and simply. */
interface Modelled {
  tags: Map<string, string>;
  /** The tags that a claim has to give, KEY included; undefined: it cannot be claimed. */
  claimable: string | undefined;
  owner: string | undefined;
  isPublic: boolean;
  selfOwned: boolean;
}
interface Model {
  readonly things: Map<string, Modelled>;
  /** What each Thing is owed, by its name. */
  readonly owed: Map<string, string>;
}
interface Real {
  readonly world: World;
  /** Who has ever had an ownership, and of which Thing. */
  readonly owners: Map<string, string>;
}

const DEVICES = ['lamp@example.org/1', 'rack@example.org/1'];
const NODES = ['', 'a'];
const OWNERS = ['anna@example.org/phone', 'bert@example.org/phone', 'lamp@example.org/1'];
const TOLD: readonly Told[] = ['acknowledged', 'refused', 'silent', 'gone'];

const device = fc.constantFrom(...DEVICES);
const node = fc.constantFrom(...NODES);
const owner = fc.constantFrom(...OWNERS);
/** The tags of a registration by their number, so that a claim often hits. */
const TAG_SETS: readonly (readonly Tag[])[] = [
  [],
  [str('SN', '1')],
  [str('KEY', 'secret-k1')],
  [str('SN', '1'), str('KEY', 'secret-k1')],
  [str('SN', '1'), str('KEY', 'secret-k2')],
  [str('SN', '2'), num('V', '1.0'), str('KEY', 'secret-k1')],
];
const tagSet = fc.constantFrom(...TAG_SETS);
const change = fc.uniqueArray(
  fc.constantFrom<Tag>(str('SN', '9'), str('SN', ''), num('V', '2'), str('V', ''), str('ROOM', 'x'), str('KEY', '')),
  { maxLength: 3, selector: ({ name }) => name },
);

const nameOf = (jid: string, nodeId: string): string => `${bare(jid)} ${nodeId}`.trim();
const shown = (tag: Tag): string => `${tag.kind} ${tag.kind === 'num' ? tag.text : tag.value}`;
const isEmpty = (tag: Tag): boolean => tag.kind === 'str' && tag.value === '';
const kept = (tags: readonly Tag[]) => tags.filter((tag) => tag.name !== 'KEY' && !isEmpty(tag));
const asMap = (tags: readonly Tag[]) => new Map(kept(tags).map((tag) => [tag.name, shown(tag)]));
const claimText = (tags: readonly Tag[]): string =>
  tags
    .map((tag) => `${tag.name} ${shown(tag)}`)
    .sort()
    .join('; ');

type Step = fc.AsyncCommand<Model, Real>;
/** A step that is always possible, and shows itself when a sequence fails. */
function step(text: string, run: (model: Model, real: Real) => Promise<void>): Step {
  return {
    check: () => true,
    toString: () => text,
    run: async (model, real) => {
      await run(model, real);
      await expectAlike(model, real);
    },
  };
}

const register = fc.tuple(device, node, tagSet, fc.boolean()).map(([from, nodeId, tags, selfOwned]) =>
  step(`${from} registers ${nodeId} ${claimText(tags)}${selfOwned ? ' self-owned' : ''}`, async (model, { world }) => {
    const outcome = await world.register(from, tags, { nodeId, selfOwned });
    expect(JSON.stringify(outcome)).not.toMatch(/KEY|secret-/);
    const name = nameOf(from, nodeId);
    const before = model.things.get(name);
    model.owed.delete(name);
    if (before?.owner !== undefined && !before.selfOwned) {
      expect(outcome).toEqual({ outcome: 'claimed', owner: before.owner, isPublic: before.isPublic });
      return;
    }
    expect(outcome).toEqual({ outcome: 'registered' });
    model.things.set(name, registered(from, tags, selfOwned));
  }),
);

function registered(from: string, tags: readonly Tag[], selfOwned: boolean): Modelled {
  return {
    tags: asMap(tags),
    claimable: selfOwned || kept(tags).length === 0 ? undefined : claimText(tags),
    owner: selfOwned ? bare(from) : undefined,
    isPublic: selfOwned,
    selfOwned,
  };
}

const claim = fc
  .tuple(owner, tagSet, fc.boolean())
  .map(([from, tags, isPublic]) =>
    step(`${from} claims ${claimText(tags)}`, (model, real) => claims(model, real, from, tags, isPublic)),
  );

/** One that is likely to hit: it gives the tags of a Thing that is there. */
const claimOne = fc.tuple(owner, fc.nat(3), fc.boolean()).map(([from, which, isPublic]) =>
  step(`${from} claims number ${which}`, async (model, real) => {
    const wanted = [...model.things.values()].map((thing) => thing.claimable);
    const tags = TAG_SETS.find((one) => claimText(one) === wanted[which % wanted.length]);
    if (tags !== undefined) await claims(model, real, from, tags, isPublic);
  }),
);

async function claims(model: Model, { world }: Real, from: string, tags: readonly Tag[], isPublic: boolean) {
  const claimed = await world.claim(from, tags, { isPublic });
  const expected = tags.some(({ name }) => name === 'KEY') ? claimable(model, from, claimText(tags)) : undefined;
  expect(claimed.outcome).toBe(expected === undefined ? 'failed' : 'claimed');
  expect(JSON.stringify(claimed)).not.toMatch(/KEY|secret-/);
  if (expected === undefined) return;
  const [name, thing] = expected;
  expect(claimed).toMatchObject({ thing: { ownership: { owner: bare(from) } } });
  if (thing.owner !== undefined) return;
  Object.assign(thing, { owner: bare(from), isPublic });
  model.owed.set(name, `claimed by ${bare(from)} ${isPublic}`);
}

function claimable(model: Model, from: string, text: string): [string, Modelled] | undefined {
  const matching = [...model.things].filter(([, thing]) => thing.claimable === text);
  const free = matching.filter(([, thing]) => thing.owner === undefined);
  if (free.length > 0) return free.length === 1 ? free[0] : undefined;
  return matching.find(([, thing]) => thing.owner === bare(from));
}

const update = fc.tuple(device, node, change).map(([from, nodeId, tags]) =>
  step(`${from} updates ${nodeId} ${claimText(tags)}`, async (model, { world }) => {
    const updated = await world.registry.update({ address: at(from, nodeId), from: full(from), tags });
    const thing = model.things.get(nameOf(from, nodeId));
    expect(updated).toBe(thing === undefined ? 'not-found' : thing.owner === undefined ? 'disowned' : 'updated');
    if (updated === 'updated' && thing !== undefined) applyChange(thing, tags);
  }),
);

const updateByOwner = fc.tuple(owner, device, node, change).map(([from, jid, nodeId, tags]) =>
  step(`${from} updates ${jid} ${nodeId} ${claimText(tags)}`, async (model, { world }) => {
    const updated = await world.registry.updateByOwner({ address: at(jid, nodeId), from: full(from), tags });
    const thing = model.things.get(nameOf(jid, nodeId));
    const isOwner = thing?.owner === bare(from);
    const setsKey = tags.some(({ name }) => name === 'KEY');
    expect(updated).toBe(!isOwner ? 'not-found' : setsKey ? 'key-given' : 'updated');
    if (updated === 'updated' && thing !== undefined) applyChange(thing, tags);
  }),
);

function applyChange(thing: Modelled, tags: readonly Tag[]): void {
  for (const tag of tags) {
    if (tag.name === 'KEY') thing.claimable = undefined;
    else if (isEmpty(tag)) thing.tags.delete(tag.name);
    else thing.tags.set(tag.name, shown(tag));
  }
}

const remove = fc.tuple(owner, device, node).map(([from, jid, nodeId]) =>
  step(`${from} removes ${jid} ${nodeId}`, async (model, { world }) => {
    const removed = await world.registry.remove(at(jid, nodeId), full(from));
    const name = nameOf(jid, nodeId);
    const isOwner = model.things.get(name)?.owner === bare(from);
    expect(removed).toBe(isOwner ? 'removed' : 'not-found');
    if (!isOwner) return;
    model.things.delete(name);
    model.owed.set(name, 'removed');
  }),
);

const unregister = fc.tuple(device, node).map(([from, nodeId]) =>
  step(`${from} unregisters ${nodeId}`, async (model, { world }) => {
    await world.registry.unregister(at(from, nodeId), full(from));
    model.things.delete(nameOf(from, nodeId));
    model.owed.delete(nameOf(from, nodeId));
  }),
);

/** `meanwhile` the device registers anew: that is its answer, whatever it says besides. */
const disown = fc
  .tuple(owner, device, node, fc.constantFrom(...TOLD), fc.option(tagSet, { nil: undefined }))
  .map(([from, jid, nodeId, told, meanwhile]) =>
    step(`${from} disowns ${jid} ${nodeId}: ${told} ${meanwhile && claimText(meanwhile)}`, async (model, { world }) => {
      const name = nameOf(jid, nodeId);
      const thing = model.things.get(name);
      const isOwner = thing?.owner === bare(from);
      let asked = false;
      world.answer = async () => {
        asked = true;
        if (meanwhile !== undefined) await world.register(jid, meanwhile, { nodeId });
        return told;
      };
      const disowned = await world.registry.disown(at(jid, nodeId), full(from));
      expect(asked).toBe(isOwner);
      if (!isOwner || thing === undefined) {
        expect(disowned).toBe('not-found');
        return;
      }
      const registersAnew = meanwhile !== undefined;
      expect(disowned).toBe(registersAnew || told === 'acknowledged' ? 'disowned' : 'not-allowed');
      if (registersAnew) model.things.set(name, registered(jid, meanwhile, false));
      else if (told === 'acknowledged') model.things.set(name, registered(jid, [], false));
      if (disowned === 'disowned') model.owed.delete(name);
      else model.owed.set(name, newsText({ kind: 'claimed', owner: bare(from), isPublic: thing.isPublic }));
      await turns(8); // what it is owed is tried at once, in turns of its own
    }),
  );

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const wake = fc.tuple(device, fc.constantFrom(...TOLD)).map(([jid, told]) =>
  step(`${jid} is told: ${told}`, async (model, { world }) => {
    const before = await owedTo(world, jid);
    world.tells.length = 0;
    world.now += 60_000;
    world.answer = () => told;
    await world.notifier.wake(bare(jid));
    for (const { address, news } of world.tells)
      expect(before.get(nameOf(address.jid, address.nodeId))).toBe(newsText(news));
    const after = await owedTo(world, jid);
    for (const name of before.keys()) if (!after.has(name)) model.owed.delete(name);
    // What is given up is `removed` alone; what is acknowledged is settled.
    if (told === 'acknowledged') expect(after.size).toBe(0);
    for (const [name, news] of before)
      if (told !== 'acknowledged' && news !== 'removed') expect(after.get(name)).toBe(news);
  }),
);

const newsText = (news: World['tells'][number]['news']): string =>
  news.kind === 'claimed' ? `claimed by ${news.owner} ${news.isPublic}` : news.kind;
async function owedTo(world: World, jid: string): Promise<Map<string, string>> {
  const notices = await world.store.notices.owedTo(bare(jid));
  return new Map(notices.map(({ address, news }) => [nameOf(address.jid, address.nodeId), newsText(news)]));
}

async function expectAlike(model: Model, { world, owners }: Real): Promise<void> {
  for (const jid of DEVICES) {
    for (const nodeId of NODES) {
      const name = nameOf(jid, nodeId);
      const thing = await world.thing(jid, nodeId);
      const expected = model.things.get(name);
      expect(thing && asMap(thing.tags)).toEqual(expected?.tags);
      expect(thing?.ownership?.owner).toBe(expected?.owner);
      expect(thing?.ownership?.isPublic ?? false).toBe(expected?.isPublic === true && expected.owner !== undefined);
      expect(JSON.stringify(thing ?? null)).not.toMatch(/KEY|secret-/);
      const id = thing?.ownership?.id;
      if (id === undefined) continue;
      const whose = `${name} of ${thing?.ownership?.owner}`;
      expect(owners.get(id) ?? whose).toBe(whose);
      owners.set(id, whose);
    }
    const owed = await owedTo(world, jid);
    expect(owed).toEqual(new Map([...model.owed].filter(([name]) => name.split(' ')[0] === bare(jid))));
  }
  await expectFound(model, world);
}

async function expectFound(model: Model, world: World): Promise<void> {
  const { things } = await world.registry.search({ criteria: [], offset: 0, maxCount: 100 });
  const found = things.map(({ address }) => nameOf(address.jid, address.nodeId)).sort();
  const isFound = ({ owner: whose, isPublic }: Modelled) => whose !== undefined && isPublic;
  expect(found).toEqual(
    [...model.things]
      .filter(([, thing]) => isFound(thing))
      .map(([name]) => name)
      .sort(),
  );
  expect(JSON.stringify(things)).not.toMatch(/KEY|secret-/);
}

it('does what a simple model of it does, whoever asks for what in which order', async () => {
  const steps = [register, claim, update, updateByOwner, remove, unregister, disown, wake];
  await fc.assert(
    fc.asyncProperty(
      fc.commands([...steps, register, claimOne, claimOne], { maxCommands: 60, size: 'max' }),
      async (commands) => {
        const world = createWorld();
        const start = () => ({ model: { things: new Map(), owed: new Map() }, real: { world, owners: new Map() } });
        try {
          await fc.asyncModelRun(start, commands);
        } finally {
          await world.store.close();
        }
      },
    ),
    { numRuns: 150 },
  );
});

it('gives one Thing to one of those who claim it at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(owner, { minLength: 2, maxLength: 8 }), async (claimants) => {
      const world = createWorld();
      const tags = [str('SN', '1'), str('KEY', 'secret-k1')];
      await world.register('rack@example.org/1', tags);
      const outcomes = await Promise.all(claimants.map((from) => world.claim(from, tags)));
      const winner = (await world.thing('rack@example.org/1'))?.ownership?.owner;
      expect(outcomes.map(({ outcome }) => outcome === 'claimed')).toEqual(
        claimants.map((from) => bare(from) === winner),
      );
      await world.store.close();
    }),
    { numRuns: 50 },
  );
});
