import { decideDecline } from '../domain/transfer.js';
import { operationOnThing } from './operation.js';
import { done, refused } from './outcome.js';

/** Somebody does not want a Thing that was offered to him. */
export const decline = operationOnThing({
  name: 'decline',
  label: 'Decline a Thing',
  about: 'Says that you do not want a Thing that its owner has offered to you. It stays where it is.',
  may: { thing: 'accept' },
  fields: {},

  async run(_input, { services, asker, thing }) {
    const declined = { ownership: thing.ownership.id, from: asker.session };
    const now = services.clock.now();
    const outcome = await services.store.things.changeAt(thing.address, (stored) =>
      decideDecline(stored, declined, now),
    );
    if (outcome === 'no-offer') return refused('The Thing is not offered to you any more.');
    return done(`The offer is declined; the Thing stays with ${thing.ownership.owner}.`);
  },
});
