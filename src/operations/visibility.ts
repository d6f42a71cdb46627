import { decideVisibility } from '../domain/visibility.js';
import { yesOrNo } from './field.js';
import { operationOnThing } from './operation.js';
import { done, refused } from './outcome.js';
import { labelOf } from './which-thing.js';

/** An owner makes a Thing public or private. */
export const visibility = operationOnThing({
  name: 'visibility',
  label: 'Make a Thing public or private',
  about: 'Says whether others find the Thing by searching. Who may read it is another matter: see sharing.',
  may: { thing: 'manage' },
  fields: { public: yesOrNo({ label: 'Public', description: 'Whether everyone can find it.' }) },
  present: async ({ thing }) => ({ values: new Map([['public', [String(thing.ownership.isPublic)]]]) }),

  question: ({ public: isPublic }, { thing }) =>
    isPublic && !thing.ownership.isPublic
      ? `Make ${labelOf(thing)} public? Everyone who may use the registry can then find it by searching, and sees its tags, where it may be, and who owns it.`
      : undefined,

  async run({ public: isPublic }, { services, asker, thing }) {
    const noticeId = services.ids.notice();
    const change = { ownership: thing.ownership.id, from: asker.session, isPublic, noticeId };
    const now = services.clock.now();
    const changed = await services.store.things.changeAt(thing.address, (stored) =>
      decideVisibility(stored, change, now),
    );
    const words = isPublic ? 'public' : 'private';
    switch (changed) {
      case 'done':
        return done(`The Thing is ${words} now.`, { after: () => services.notifier.wake(thing.address.jid) });
      case 'as-before':
        return done(`The Thing is ${words}.`);
      case 'its-own':
        return refused('A Thing that is its own owner is public.');
      case 'not-found':
        return refused('The Thing is not yours any more.');
    }
  },
});
