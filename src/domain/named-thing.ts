import type { BareJid } from './jid.js';
import type { Store } from './ports.js';
import { type ClaimedThing, isClaimed, type OwnershipId, standingAlone } from './thing.js';

export interface NamedThingDeps {
  readonly store: Pick<Store, 'things'>;
  /** A bare JID in stringprep form; undefined for a text that is none. */
  readonly bareJid: (text: string) => BareJid | undefined;
}

/**
 * The claimed Thing that a text names, by its id or, where it stands alone, by its JID; whether the asker may know of it is
 * for the caller to judge. The look-ups are the same whatever the text is, so that their time tells nothing.
 */
export async function namedThing({ store, bareJid }: NamedThingDeps, name: string): Promise<ClaimedThing | undefined> {
  const byId = await store.things.byOwnership(name as OwnershipId);
  const alone = await store.things.at(standingAlone(bareJid(name) ?? NOBODY));
  const thing = byId ?? alone;
  return isClaimed(thing) ? thing : undefined;
}

const NOBODY = '' as BareJid;
