import { operationOnThing } from './operation.js';
import { done, refused } from './outcome.js';
import { labelOf } from './which-thing.js';

/** An owner takes a Thing out of the registry (XEP-0347 section 3.10). */
export const remove = operationOnThing({
  name: 'remove',
  label: 'Remove a Thing',
  about: 'Takes the Thing out of the registry, whether it is on line or not.',
  may: { thing: 'manage' },
  fields: {},
  question: (_input, { thing }) =>
    `Remove ${labelOf(thing)} from the registry? It will not be yours any more, and what was set for it (shares, recording) ends.`,

  async run(_input, { services, asker, thing }) {
    const { jid } = thing.address;
    const removed = await services.registry.remove(thing.address, asker.session);
    if (removed === 'not-found') return refused('The Thing is not yours any more.');
    return done('The Thing is removed. It is told so now, or when it is next on line.', {
      async after() {
        await services.notifier.wake(jid);
        await services.reach.forgetIfLast(jid);
      },
    });
  },
});
