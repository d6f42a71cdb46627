import { decideSharing, MOST_SHARES } from '../domain/sharing.js';
import type { Audience } from '../domain/thing.js';
import { AUDIENCE, audiencesText, audienceText } from './audience.js';
import { operationOnThing } from './operation.js';
import { done, faulty, refused } from './outcome.js';
import { labelOf } from './which-thing.js';

/** An owner lets others read a Thing. */
export const share = operationOnThing({
  name: 'share',
  label: 'Share a Thing',
  about: 'Lets others read the Thing, also what was recorded of it. They can neither change nor share it.',
  may: { thing: 'manage' },
  fields: { with: AUDIENCE },
  present: async ({ thing }) => ({ note: `It is shared with ${audiencesText(thing.ownership.sharedWith)}.` }),

  question({ with: audience }, { thing }) {
    if (isOne(audience) || thing.ownership.sharedWith.includes(audience)) return undefined;
    return `Let ${audienceText(audience)} read ${labelOf(thing)}, also what was recorded of it? Those are people whom you need not know.`;
  },

  async run({ with: audience }, { services, asker, thing }) {
    const sharing = { ownership: thing.ownership.id, from: asker.session, audience };
    const now = services.clock.now();
    const shared = await services.store.things.changeAt(thing.address, (stored) => decideSharing(stored, sharing, now));
    switch (shared) {
      case 'done':
        return done(`It is shared with ${audienceText(audience)} now.`, {
          after: () => services.notifier.wake(thing.address.jid),
        });
      case 'as-before':
        return done(`It is shared with ${audienceText(audience)} already.`);
      case 'owner':
        return faulty('with', 'You own the Thing: you may read it anyway.');
      case 'too-many':
        return refused(`The Thing is shared with ${MOST_SHARES} already; unshare it with some first.`);
      case 'not-found':
        return refused('The Thing is not yours any more.');
    }
  },
});

function isOne(audience: Audience): boolean {
  return audience !== '*' && !audience.startsWith('@');
}
