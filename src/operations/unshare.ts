import { decideUnsharing } from '../domain/sharing.js';
import { audiencesText, audienceText, FORMER_AUDIENCE } from './audience.js';
import { operationOnThing } from './operation.js';
import { done, faulty, refused } from './outcome.js';

/** An owner no longer lets others read a Thing. */
export const unshare = operationOnThing({
  name: 'unshare',
  label: 'Stop sharing a Thing',
  about: 'Takes back what was granted by sharing. Who is named must be named as when it was shared.',
  may: { thing: 'manage' },
  fields: { with: FORMER_AUDIENCE },
  async present({ thing: { ownership } }) {
    const options = ownership.sharedWith.map((audience) => ({ value: audience, label: audienceText(audience) }));
    return {
      note: `It is shared with ${audiencesText(ownership.sharedWith)}.`,
      options: new Map([['with', options]]),
    };
  },

  async run({ with: audience }, { services, asker, thing }) {
    const sharing = { ownership: thing.ownership.id, from: asker.session, audience };
    const now = services.clock.now();
    const end = await services.store.things.changeAt(thing.address, (stored) => decideUnsharing(stored, sharing, now));
    if (end === 'done') {
      return done(`It is not shared with ${audienceText(audience)} any more.`, {
        after: () => services.notifier.wake(thing.address.jid),
      });
    }
    if (end === 'not-found') return refused('The Thing is not yours any more.');
    const known = audiencesText(thing.ownership.sharedWith);
    const fault = `It is not shared with ${audienceText(audience)}; it is shared with ${known}.`;
    return faulty('with', fault);
  },
});
