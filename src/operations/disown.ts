import { operationOnThing } from './operation.js';
import { done, refused } from './outcome.js';
import { labelOf } from './which-thing.js';

/** An owner lets a Thing go, if it agrees (XEP-0347 section 3.17). */
export const disown = operationOnThing({
  name: 'disown',
  label: 'Disown a Thing',
  about:
    'Lets the Thing go, for somebody else to claim. It has to be on line: it is asked, and has four seconds to agree.',
  may: { thing: 'manage' },
  fields: {},
  question: (_input, { thing }) =>
    `Disown ${labelOf(thing)}? It will not be yours any more, and what was set for it (shares, recording) ends.`,

  async run(_input, { services, asker, thing }) {
    const { address } = thing;
    switch (await services.registry.disown(address, asker.session)) {
      case 'disowned':
        return done('The Thing is disowned. Whoever has its KEY can claim it once it has registered again.', {
          after: () => services.notifier.wake(address.jid),
        });
      case 'not-allowed':
        return refused(
          'The Thing did not acknowledge, so it is yours as before. Try again while it is on line, or remove it, for which it need not be.',
        );
      case 'not-found':
        return refused('The Thing is not yours any more.');
    }
  },
});
