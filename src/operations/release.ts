import { decideRelease } from '../domain/release.js';
import { operationOnThing } from './operation.js';
import { done, refused } from './outcome.js';
import { REASON } from './reason.js';
import { labelOf } from './which-thing.js';

/** An administrator ends an ownership. */
export const release = operationOnThing({
  name: 'release',
  label: 'Release a claim',
  about:
    'Takes a Thing from its owner. It can be claimed again as soon as it has registered anew, which it is told to do.',
  may: { thing: 'administer' },
  fields: { reason: REASON },
  question: (_input, { thing }) =>
    `Take ${labelOf(thing)} from ${thing.ownership.owner}? Its shares and its recording end; its readings are kept for a while in case its owner claims it again. It has no tags and cannot be claimed until it registers.`,

  async run({ reason }, { services, asker, thing }) {
    const intervention = {
      ownership: thing.ownership.id,
      from: asker.session,
      reason,
      noticeId: services.ids.notice(),
    };
    const now = services.clock.now();
    const released = await services.store.things.changeAt(thing.address, (stored) =>
      decideRelease(stored, intervention, now),
    );
    switch (released) {
      case 'released':
        return done(`The Thing is ${thing.ownership.owner}'s no longer.`, {
          after: () => services.notifier.wake(thing.address.jid),
        });
      case 'its-own':
        return refused('The Thing is its own owner, by its own registration; delete it instead.');
      case 'changed':
        return refused('The Thing is not there any more, or has another owner by now; nothing was changed.');
    }
  },
});
