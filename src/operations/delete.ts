import { decideDeletion } from '../domain/deletion.js';
import { optional } from './field.js';
import { operationOnThing } from './operation.js';
import { done, refused } from './outcome.js';
import { REASON } from './reason.js';
import { labelOf } from './which-thing.js';

/** An administrator takes a Thing out of the registry. */
export const deleteThing = operationOnThing({
  name: 'delete',
  label: 'Delete a Thing',
  about: 'Takes a Thing out of the registry, whoever owns it. It comes back when it registers.',
  may: { thing: 'administer' },
  fields: { reason: optional(REASON) },
  question: (_input, { thing }) =>
    `Take ${labelOf(thing)} out of the registry, and from ${thing.ownership.owner}? Its shares and its recording end; its readings are kept for a while in case it is claimed by its owner again.`,

  async run({ reason = '' }, { services, asker, thing }) {
    const { store, ids, clock, notifier, reach } = services;
    const { address, ownership } = thing;
    const intervention = { ownership: ownership.id, from: asker.session, reason, noticeId: ids.notice() };
    const now = clock.now();
    const deleted = await store.things.changeAt(address, (stored) => decideDeletion(stored, intervention, now));
    if (deleted === 'changed') {
      return refused('The Thing is not there any more, or has another owner by now; nothing was changed.');
    }
    return done('The Thing is out of the registry.', {
      after: async () => {
        await notifier.wake(address.jid);
        await reach.forgetIfLast(address.jid);
      },
    });
  },
});
