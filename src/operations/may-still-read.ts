import { isClaimed } from '../domain/thing.js';
import type { ThingContext } from './context.js';

/** Whether the asker may read the Thing now: what took a while is given to nobody who lost the right meanwhile. */
export async function mayStillRead({ services, asker, thing }: ThingContext): Promise<boolean> {
  const { id, since } = thing.ownership;
  const now = await services.store.things.byOwnership(id);
  return isClaimed(now) && now.ownership.since === since && services.access.may(asker, 'read', now);
}

export const MAY_NOT_READ = 'You may not read the Thing any more.';
