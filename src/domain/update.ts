import type { AnyJid } from './jid.js';
import { audited, type Change, type Stored } from './ports.js';
import { speaking } from './registration.js';
import { KEY, LIMITS, mergeTags } from './tags.js';
import { type ClaimedThing, isClaimed, type Tag, type ThingAddress } from './thing.js';

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
  return apply({ ...thing, ...speaking(update.from) }, update, now);
}

/** An owner updates what is said of its Thing (XEP-0347 section 3.14). Whose it is not, for him it is not there. */
export function decideUpdateByOwner(stored: Stored, update: Update, owner: AnyJid, now: number): Change<Updated> {
  const thing = stored.thing;
  if (!isClaimed(thing) || thing.ownership.owner !== owner) return unchanged('not-found');
  if (update.tags.some((tag) => tag.name === KEY)) return unchanged('key-given');
  return apply(thing, update, now);
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
