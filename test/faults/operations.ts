import type { Element } from '../../src/xmpp/element.js';
import { runCommand } from './command.js';
import {
  become,
  count,
  hadRight,
  type ModelThing,
  maySee,
  newsOf,
  type Owned,
  owned,
  type State,
  settled,
} from './model.js';
import type { Outcome, Peer } from './peer.js';
import type { Random } from './random.js';
import { readHistory, readLater, readNow } from './reading.js';
import { isTrue, type Rig } from './rig.js';
import { about, claim, fields, items, register, room, searchPage, unregister } from './stanzas.js';

/** Something that somebody does, as often as its weight among those of the others. */
export interface Operation {
  readonly kind: string;
  readonly weight: number;
  /** Which Things it can be done with, by what is known of them; it is on none where this is not given. */
  readonly on?: (state: State) => boolean;
  run(rig: Rig, random: Random, thing: ModelThing, state: State): Promise<void>;
}

/** What has to come of a request: the next state, or one of these refusals, or one of both where both are right. */
interface Expected {
  readonly next?: State;
  readonly refused?: readonly string[];
}

const NOT_FOUND = ['item-not-found'];
const isOwned = (state: State): state is Owned => state.is === 'owned';

/** THE TABLE of what devices, owners, readers and strangers do. */
export const OPERATIONS: readonly Operation[] = [
  { kind: 'register', weight: 12, on: ({ is }) => is !== 'owned', run: (rig, _, thing) => registerThing(rig, thing) },
  { kind: 'register again', weight: 2, on: isOwned, run: registerAgain },
  {
    kind: 'claim',
    weight: 12,
    on: ({ is }) => is === 'free' || is === 'owned',
    run: (rig, random, thing) => claimThing(rig, thing, random.pick(rig.owners), random.chance(0.5)),
  },
  {
    kind: 'claim by guess',
    weight: 2,
    run: claimByGuess,
  },
  {
    kind: 'share',
    weight: 8,
    on: isOwned,
    run: (rig, random, thing, state) => share(rig, random, thing, state, 'share'),
  },
  {
    kind: 'unshare',
    weight: 4,
    on: isOwned,
    run: (rig, random, thing, state) => share(rig, random, thing, state, 'unshare'),
  },
  { kind: 'share what is another’s', weight: 2, on: isOwned, run: shareForeign },
  { kind: 'visibility', weight: 5, on: isOwned, run: setVisibility },
  { kind: 'update', weight: 5, on: isOwned, run: update },
  { kind: 'remove', weight: 2, on: isOwned, run: (rig, random, thing, state) => remove(rig, random, thing, state) },
  { kind: 'disown', weight: 2, on: isOwned, run: disown },
  { kind: 'unregister', weight: 1, on: ({ is }) => is === 'free' || is === 'owned', run: leave },
  { kind: 'push', weight: 30, on: isOwned, run: pushReadings },
  { kind: 'push of nobody’s', weight: 2, on: ({ is }) => is !== 'owned', run: pushReadings },
  {
    kind: 'read',
    weight: 8,
    on: isOwned,
    run: (rig, random, thing, state) => readNow(rig, anyone(rig, random), thing, state),
  },
  {
    kind: 'read history',
    weight: 8,
    on: isOwned,
    run: (rig, random, thing, state) => readHistory(rig, anyone(rig, random), thing, state),
  },
  {
    kind: 'queue',
    weight: 5,
    on: isOwned,
    run: (rig, random, thing, state) => readLater(rig, random, anyone(rig, random), thing, state),
  },
  { kind: 'search', weight: 4, run: (rig, random) => searchAll(rig, anyone(rig, random)) },
  { kind: 'list', weight: 3, run: async (rig, random) => void (await listOf(rig, anyone(rig, random))) },
  { kind: 'chatter', weight: 4, run: chatter },
  { kind: 'device away', weight: 1, run: deviceAway },
];

/** Draws one by their weights. */
export function drawOperation(random: Random): Operation {
  let left = random.below(OPERATIONS.reduce((sum, { weight }) => sum + weight, 0));
  for (const operation of OPERATIONS) {
    left -= operation.weight;
    if (left < 0) return operation;
  }
  throw new Error('there are no operations');
}

/** Does something that changes a Thing or is refused, and keeps the model. The Thing has to be held (`isBusy`). */
async function attempt(
  rig: Rig,
  kind: string,
  thing: ModelThing,
  before: State,
  { next, refused = [] }: Expected,
  send: () => Promise<Outcome>,
): Promise<Outcome> {
  if (next !== undefined) become(thing, [before, next]);
  const outcome = await send();
  if (outcome.kind === 'silent') {
    count(rig.model.maybe, kind);
    return outcome;
  }
  if (outcome.kind !== 'answer') {
    become(thing, [before]);
    return outcome;
  }
  const { condition, stanza } = outcome;
  if (condition === undefined && next !== undefined) {
    count(rig.model.acknowledged, kind);
    become(thing, [next]);
    return outcome;
  }
  if (condition === undefined) rig.onWrong('happened', `${kind} of ${thing.sn} was granted: ${stanza}`);
  else if (!refused.includes(condition)) {
    const state = JSON.stringify(before);
    rig.onWrong('other', `${kind} of ${thing.sn} (${state}) was refused by "${condition}": ${stanza}`);
  }
  become(thing, [before]);
  return outcome;
}

/** Registers a Thing, by its device. */
export async function registerThing(rig: Rig, thing: ModelThing, device = deviceOf(rig, thing)): Promise<void> {
  const before = settled(thing);
  if (before === undefined) return;
  const { told } = thing;
  // Its registration ends the debt of a notice; the answer tells.
  thing.told = undefined;
  const next: State = isOwned(before) ? before : { is: 'free' };
  const outcome = await attempt(rig, 'register', thing, before, { next }, () =>
    device.ask('set', rig.server.domain, register(thing)),
  );
  // It cannot know, and would ask again; a notice that came meanwhile may have been of before.
  thing.told = outcome.kind === 'silent' ? undefined : (thing.told ?? told);
  if (outcome.kind !== 'answer' || outcome.condition !== undefined) return;
  const claimed = outcome.stanza.getChild('claimed');
  const said = claimed ? owned(String(claimed.attrs['jid']), isTrue(claimed.attrs['public'])) : { is: 'free' as const };
  if (newsOf(said) !== newsOf(next))
    rig.onWrong('lost', `${thing.sn} is ${newsOf(next)}, and was told at registering: ${outcome.stanza}`);
  thing.told = newsOf(said);
}

/** A Thing with an owner keeps all that it has. */
async function registerAgain(rig: Rig, _: Random, thing: ModelThing): Promise<void> {
  // Where its owner may be disowning it, this would be its consent.
  if (!thing.mayBeDisowning) await registerThing(rig, thing);
}

export async function claimThing(rig: Rig, thing: ModelThing, owner: Peer, isPublic: boolean): Promise<void> {
  const before = settled(thing);
  if (before === undefined) return;
  const expected: Expected = {
    none: { refused: NOT_FOUND },
    disowned: { refused: NOT_FOUND },
    free: { next: owned(owner.bare, isPublic) },
    owned: isOwned(before) && before.owner === owner.bare ? { next: before } : { refused: NOT_FOUND },
  }[before.is];
  await attempt(rig, 'claim', thing, before, expected, () =>
    owner.ask('set', rig.server.domain, claim(thing, isPublic)),
  );
}

async function claimByGuess(rig: Rig, _: Random, thing: ModelThing, state: State): Promise<void> {
  const guess = claim(thing, true, `${thing.key}-guess`);
  await attempt(rig, 'claim by guess', thing, state, { refused: NOT_FOUND }, () =>
    rig.stranger.ask('set', rig.server.domain, guess),
  );
}

async function share(
  rig: Rig,
  random: Random,
  thing: ModelThing,
  state: State,
  kind: 'share' | 'unshare',
): Promise<void> {
  if (!isOwned(state)) return;
  const owner = peerOf(rig, state.owner);
  const reader = random.pick(rig.readers);
  const at = await addressOf(rig, thing, state);
  if (at === undefined) return;
  const has = state.shares.includes(reader.bare);
  const shares = kind === 'share' ? [...new Set([...state.shares, reader.bare])] : without(state.shares, reader.bare);
  const next = { ...state, shares: shares.sort() };
  // To unshare offers those that there are: with none, or with another, the form is refused.
  if (kind === 'unshare' && !has) return;
  await attempt(rig, kind, thing, state, { next }, () =>
    runCommand(owner, rig.weather, at, `thingstead:${kind}`, { with: reader.bare }),
  );
}

/** By somebody who is not its owner. */
async function shareForeign(rig: Rig, random: Random, thing: ModelThing, state: State): Promise<void> {
  if (!isOwned(state)) return;
  const mallory = random.pick([rig.stranger, ...rig.readers]);
  const at = await addressOf(rig, thing, state);
  if (at === undefined) return;
  const refused = maySee(state, mallory.bare) ? ['forbidden', 'item-not-found'] : NOT_FOUND;
  await attempt(rig, 'share what is another’s', thing, state, { refused }, () =>
    runCommand(mallory, rig.weather, at, 'thingstead:share', { with: rig.stranger.bare }),
  );
}

async function setVisibility(rig: Rig, random: Random, thing: ModelThing, state: State): Promise<void> {
  if (!isOwned(state)) return;
  const at = await addressOf(rig, thing, state);
  if (at === undefined) return;
  const isPublic = random.chance(0.5);
  await attempt(rig, 'visibility', thing, state, { next: { ...state, isPublic } }, () =>
    runCommand(peerOf(rig, state.owner), rig.weather, at, 'thingstead:visibility', { public: String(isPublic) }),
  );
}

async function update(rig: Rig, random: Random, thing: ModelThing, state: State): Promise<void> {
  if (!isOwned(state)) return;
  const asker = random.pick(rig.owners);
  const text = `room ${random.below(1000)}`;
  const expected = asker.bare === state.owner ? { next: { ...state, room: text } } : { refused: NOT_FOUND };
  await attempt(rig, 'update', thing, state, expected, () =>
    asker.ask('set', rig.server.domain, about('update', thing, room(text))),
  );
}

async function remove(rig: Rig, random: Random, thing: ModelThing, state: State): Promise<void> {
  if (!isOwned(state)) return;
  const asker = random.chance(0.5) ? peerOf(rig, state.owner) : random.pick(rig.owners);
  const expected: Expected = asker.bare === state.owner ? { next: { is: 'none' } } : { refused: NOT_FOUND };
  await attempt(rig, 'remove', thing, state, expected, () =>
    asker.ask('set', rig.server.domain, about('remove', thing)),
  );
}

async function disown(rig: Rig, _: Random, thing: ModelThing, state: State): Promise<void> {
  if (!isOwned(state)) return;
  // A device that cannot be reached at that moment does not acknowledge.
  const expected = { next: { is: 'disowned' }, refused: ['not-allowed'] } as const;
  const outcome = await attempt(rig, 'disown', thing, state, expected, () =>
    peerOf(rig, state.owner).ask('set', rig.server.domain, about('disown', thing)),
  );
  if (outcome.kind === 'silent') thing.mayBeDisowning = true;
}

async function leave(rig: Rig, _: Random, thing: ModelThing, state: State): Promise<void> {
  const { told } = thing;
  thing.told = undefined;
  const outcome = await attempt(rig, 'unregister', thing, state, { next: { is: 'none' } }, () =>
    deviceOf(rig, thing).ask('set', rig.server.domain, unregister(thing)),
  );
  thing.told = outcome.kind === 'unsent' || outcome.kind === 'wait' ? (thing.told ?? told) : undefined;
}

/** One to three messages at once, of one to four values each. */
export async function pushReadings(rig: Rig, random: Random, thing: ModelThing, state: State): Promise<void> {
  const owner = isOwned(state) ? state.owner : '';
  const messages = Array.from({ length: random.between(1, 3) }, () => {
    const values = Array.from({ length: random.between(1, 4) }, () => rig.model.mint(thing, owner));
    const samples = values.map((value) => ({ at: timeOf(rig, value), value }));
    return { values, xml: fields('1', thing.nodeId, samples, true) };
  });
  const device = deviceOf(rig, thing);
  await Promise.all(
    messages.map(async ({ values, xml }) => {
      const outcome = await device.push(xml);
      noteFate(rig, thing, state, values, outcome);
    }),
  );
}

function noteFate(rig: Rig, thing: ModelThing, state: State, values: readonly string[], outcome: Outcome): void {
  if (outcome.kind === 'silent') {
    count(rig.model.maybe, 'reading', values.length);
    return;
  }
  const isKept = outcome.kind === 'answer' && outcome.condition === undefined;
  for (const value of values) {
    const minted = rig.model.minted.get(value);
    if (minted !== undefined) minted.fate = isKept ? 'kept' : 'refused';
  }
  if (isKept) count(rig.model.acknowledged, 'reading', values.length);
  if (outcome.kind !== 'answer' || isKept === isOwned(state)) return;
  rig.onWrong(isKept ? 'happened' : 'other', `readings of ${thing.sn} (${state.is}): ${outcome.stanza}`);
}

/** Each reading of a seed has a time of its own. */
function timeOf(rig: Rig, value: string): string {
  const number = Number(/\d+/.exec(value)?.[0] ?? 0);
  return new Date(rig.firstReading + number).toISOString();
}

/** What is found has to be public, and what was public all the time has to be found. */
export async function searchAll(rig: Rig, asker: Peer): Promise<void> {
  const since = Date.now();
  const before = rig.model.things.filter(isSurelyPublic);
  const found = await find(rig, asker);
  if (found === undefined) return;
  for (const sn of found) expectSeen(rig, sn, ['*'], since, `found by ${asker.bare}`);
  for (const thing of before.filter((each) => isSurelyPublic(each) && !found.has(each.sn))) {
    // It may have been private in between.
    if (!thing.isBusy) rig.onWrong('lost', `${thing.sn} is public, and ${asker.bare} did not find it`);
  }
}

async function find(rig: Rig, asker: Peer): Promise<ReadonlySet<string> | undefined> {
  const found = new Set<string>();
  for (let offset = 0; ; offset += 100) {
    const outcome = await asker.ask('get', rig.server.domain, searchPage(offset));
    if (outcome.kind !== 'answer') return undefined;
    const list = outcome.stanza.getChild('found');
    for (const thing of list?.getChildren('thing') ?? []) found.add(nameOf(thing));
    if (!isTrue(list?.attrs['more'])) return found;
  }
}

function isSurelyPublic({ candidates }: ModelThing): boolean {
  return candidates.every((state) => isOwned(state) && state.isPublic);
}

/** Something of a Thing was shown that only who had one of these rights may see. */
function expectSeen({ model, onWrong }: Rig, sn: string, rights: readonly string[], since: number, how: string): void {
  const thing = model.things.find((each) => each.sn === sn);
  const isRight = thing !== undefined && rights.some((right) => hadRight(thing, right, since));
  if (!isRight) onWrong('seen', `${sn} was ${how}`);
}

function nameOf(thing: Element): string {
  const tag = thing.getChildren('str').find(({ attrs }) => attrs['name'] === 'SN');
  return String(tag?.attrs['value']);
}

/** The serial numbers in the list of Things that somebody may see; undefined where no list came. */
export async function listOf(rig: Rig, asker: Peer): Promise<ReadonlySet<string> | undefined> {
  const since = Date.now();
  const outcome = await asker.ask('get', rig.server.domain, items());
  if (outcome.kind !== 'answer') return undefined;
  const names =
    outcome.stanza
      .getChild('query')
      ?.getChildren('item')
      .map(({ attrs }) => String(attrs['name'])) ?? [];
  const rights = ['*', ...rig.owners.map((owner) => `${owner.bare} ${asker.bare}`)];
  for (const sn of names) expectSeen(rig, sn, rights, since, `listed for ${asker.bare}`);
  return new Set(names);
}

/** The Thing's own address, as its owner finds it. */
export async function addressOf(rig: Rig, thing: ModelThing, state: Owned): Promise<string | undefined> {
  const key = `${thing.sn} ${state.owner}`;
  const known = rig.addresses.get(key);
  if (known !== undefined) return known;
  const outcome = await peerOf(rig, state.owner).ask('get', rig.server.domain, items(thing.jid));
  if (outcome.kind !== 'answer') return undefined;
  const listed = outcome.stanza.getChild('query')?.getChildren('item') ?? [];
  const item = listed.find(({ attrs }) => attrs['name'] === thing.sn);
  if (item === undefined) {
    rig.onWrong('lost', `${thing.sn} is not in its owner's list: ${outcome.stanza}`);
    return undefined;
  }
  rig.addresses.set(key, String(item.attrs['jid']));
  return String(item.attrs['jid']);
}

/** What is answered without the store. */
async function chatter(rig: Rig, random: Random): Promise<void> {
  const asked = random.pick([
    `<ping xmlns='urn:xmpp:ping'/>`,
    `<query xmlns='jabber:iq:version'/>`,
    `<time xmlns='urn:xmpp:time'/>`,
    `<query xmlns='http://jabber.org/protocol/disco#info'/>`,
    `<query xmlns='http://jabber.org/protocol/disco#items' node='http://jabber.org/protocol/commands'/>`,
  ]);
  const outcome = await anyone(rig, random).ask('get', rig.server.domain, asked);
  if (outcome.kind === 'answer' && outcome.condition !== undefined) rig.onWrong('other', `${asked}: ${outcome.stanza}`);
}

/** A device drops its connection, and comes back. */
async function deviceAway(rig: Rig, random: Random): Promise<void> {
  const device = random.pick([...rig.devices.values()]);
  // What it is sent meanwhile is lost with it.
  const spell = rig.weather.begin('device away', { cuts: true, refuses: false });
  await device.drop();
  await new Promise((resolve) => setTimeout(resolve, random.between(50, 800)));
  // The server may be away too; then all come back with it.
  await device.connect().catch(() => undefined);
  rig.weather.end(spell);
}

export function anyone({ owners, readers, stranger }: Rig, random: Random): Peer {
  return random.pick([...owners, ...readers, stranger]);
}

export function peerOf({ peers }: Rig, bare: string): Peer {
  const peer = peers.find((each) => each.bare === bare);
  if (peer === undefined) throw new Error(`nobody is called ${bare}`);
  return peer;
}

export function deviceOf(rig: Rig, thing: ModelThing): Peer {
  return peerOf(rig, thing.jid);
}

function without(all: readonly string[], one: string): string[] {
  return all.filter((each) => each !== one);
}
