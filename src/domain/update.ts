import { type AnyJid, bareOf } from './jid.js';
import { audited, type Change, type Stored } from './ports.js';
import { speaking } from './registration.js';
import { KEY, LIMITS, mergeTags } from './tags.js';
import { type ClaimedThing, isClaimed, type OwnershipId, type Tag, type ThingAddress } from './thing.js';

export interface Update {
  readonly address: ThingAddress;
  readonly from: AnyJid;
  readonly tags: readonly Tag[];
}

export type Updated = 'updated' | 'not-found' | 'disowned' | 'key-given' | 'too-many-tags';

/** A Thing updates what it said of itself (XEP-0347 section 3.13). One that is not claimed is told that it was disowned. */
export function decideUpdateByThing(stored: Stored, update: Update, now: number): Change<Updated> {
  const thing = stored.thing;
  if (thing === undefined) return unchanged('not-found');
  if (!isClaimed(thing)) return unchanged('disowned');
  if (update.tags.some((tag) => tag.name === KEY && !isEmptied(tag))) return unchanged('key-given');
  const { outcome, writes } = apply({ ...thing, ...speaking(update.from) }, update, now);
  // What is refused changes nothing.
  if (outcome !== 'updated') return unchanged(outcome);
  return { outcome, writes: [...writes, { write: 'heard', address: update.address, at: now }] };
}

/** An owner updates what is said of its Thing (XEP-0347 section 3.14). Whose it is not, for him it is not there. */
export function decideUpdateByOwner(stored: Stored, update: Update, owner: AnyJid, now: number): Change<Updated> {
  const thing = stored.thing;
  if (!isClaimed(thing) || thing.ownership.owner !== owner) return unchanged('not-found');
  if (update.tags.some((tag) => tag.name === KEY)) return unchanged('key-given');
  return apply(thing, update, now);
}

/** All that an owner says of a Thing, in place of what was said before. */
export interface Description {
  readonly ownership: OwnershipId;
  readonly from: AnyJid;
  /** Without KEY, of which the owner says nothing. */
  readonly tags: readonly Tag[];
  /** As {@link Ownership.zone}; that of the component where it is not there. */
  readonly zone?: string;
}

export type Described = 'done' | 'as-before' | 'not-found' | 'too-many-tags';

/** An owner says anew what is said of its Thing: tags that are not named again are gone. What a claim has to match stays. */
export function decideDescription({ thing }: Stored, asked: Description, now: number): Change<Described> {
  const owner = bareOf(asked.from);
  if (!isClaimed(thing) || thing.ownership.id !== asked.ownership || thing.ownership.owner !== owner) {
    return { outcome: 'not-found', writes: [] };
  }
  // Those that stay keep their places.
  const staying = thing.tags.filter(({ name }) => asked.tags.some((tag) => tag.name === name));
  const tags = mergeTags(staying, asked.tags);
  if (tags.length > LIMITS.tagsPerThing) return { outcome: 'too-many-tags', writes: [] };
  const { zone: before, ...ownership } = thing.ownership;
  const changes = [
    ...namesOfChanged(thing.tags, tags),
    ...(asked.zone === before ? [] : [`zone ${asked.zone ?? NONE}`]),
  ];
  if (changes.length === 0) return { outcome: 'as-before', writes: [] };
  const after = { ...thing, tags, ownership: { ...ownership, ...(asked.zone !== undefined && { zone: asked.zone }) } };
  return {
    outcome: 'done',
    writes: [{ write: 'thing', thing: after, at: now }, audited(now, asked.from, 'update', after, changes.join(', '))],
  };
}

const NONE = 'of the component';

/** The names of tags that were added, removed or changed. */
function namesOfChanged(before: readonly Tag[], after: readonly Tag[]): string[] {
  const texts = (tags: readonly Tag[]) => new Map(tags.map((tag) => [tag.name, JSON.stringify(tag)]));
  const [old, fresh] = [texts(before), texts(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].filter((name) => old.get(name) !== fresh.get(name));
}

function apply(before: ClaimedThing, { from, tags: changes }: Update, now: number): Change<Updated> {
  const tags = mergeTags(before.tags, changes);
  if (tags.length > LIMITS.tagsPerThing) return unchanged('too-many-tags');
  const { claimDigest, ...rest } = before;
  // A Thing that empties its KEY cannot be claimed by it again.
  const keepsKey = claimDigest !== undefined && !changes.some((tag) => tag.name === KEY);
  const thing = { ...rest, tags, ...(keepsKey && { claimDigest }) };
  return {
    outcome: 'updated',
    writes: [{ write: 'thing', thing, at: now }, audited(now, from, 'update', thing, 'done')],
  };
}

function isEmptied(tag: Tag): boolean {
  return tag.kind === 'str' && tag.value === '';
}

function unchanged(outcome: Updated): Change<Updated> {
  return { outcome, writes: [] };
}
