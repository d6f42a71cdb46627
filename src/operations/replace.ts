import { changeJoining } from '../domain/change-joining.js';
import type { Held } from '../domain/joining.js';
import type { Stored } from '../domain/ports.js';
import { decideReplacement, type Replaced } from '../domain/replacement.js';
import { nameOf, type OwnershipId } from '../domain/thing.js';
import type { ThingContext } from './context.js';
import { choiceOf, type Option, quoted } from './field.js';
import { operationOnThing } from './operation.js';
import { done, type Outcome, refused } from './outcome.js';
import { unjoinableOutcome } from './unjoinable.js';
import { findThing, labelOf, optionsOf } from './which-thing.js';

/** Former Things that one chooses from, at most; others can be named. */
const MOST_FORMER = 100;

/** A Thing takes the place of another one: the history of that becomes the beginning of its own. */
export const replace = operationOnThing({
  name: 'replace',
  label: 'Replace a Thing',
  about:
    'For a device that stands where another one stood: all readings of the old one become readings of this one, for good. The old one leaves the registry.',
  may: { thing: 'manage' },
  fields: {
    replaces: choiceOf<string>(
      {
        label: 'Replaces',
        description:
          'The Thing that it stands for: its id, also of one that was yours; or its JID where it stands alone.',
      },
      (value) => ({ ok: true, value }),
    ),
  },
  present: async (context) => ({ options: new Map([['replaces', await replaceable(context)]]) }),

  question: ({ replaces }, { thing }) =>
    `Join the readings of ${quoted(replaces)} to those of ${labelOf(thing)}, for good, and take ${quoted(replaces)} out of the registry? Where both have a value of one field and time, the more trusted one stays, or else that of ${labelOf(thing)}. This cannot be undone.`,

  async run({ replaces }, context) {
    const { services, asker, thing } = context;
    const { store, clock, ids, notifier, reach } = services;
    const old = await findThing(context, 'manage', replaces);
    const id = old?.ownership.id ?? (replaces as OwnershipId);
    const replacement = { ownership: thing.ownership.id, from: asker.session, noticeId: ids.notice() };
    const now = clock.now();
    const replaced = await changeJoining(
      store.readings,
      (decide) => store.things.changeWith(thing.address, id, decide),
      (stored: Stored, held: Held | undefined) => decideReplacement(stored, held, replacement, now),
    );
    if (typeof replaced === 'string') return unjoinableOutcome(replaced);
    if (replaced.outcome !== 'replaced') return faultOf(replaced.outcome, replaces);
    const { address, wasThere } = replaced;
    return done(`The history of ${nameOf(address)} is that of this Thing now.`, {
      after: async () => {
        if (!wasThere) return;
        await notifier.wake(address.jid);
        await reach.forgetIfLast(address.jid);
      },
    });
  },
});

async function replaceable(context: ThingContext): Promise<readonly Option[]> {
  const { services, asker, thing } = context;
  const own = await optionsOf(context, 'manage');
  const former = await services.store.former.of(asker.jid, MOST_FORMER);
  return [
    ...own.filter(({ value }) => value !== thing.ownership.id),
    ...former
      .filter(({ readings }) => readings > 0)
      .map(({ id, address, ended }) => ({
        value: id,
        label: `${nameOf(address)}, yours until ${new Date(ended).toISOString()}`,
      })),
  ];
}

function faultOf(outcome: Exclude<Replaced['outcome'], 'replaced'>, given: string): Outcome {
  switch (outcome) {
    case 'not-found':
      return refused('The Thing is not yours any more.');
    case 'itself':
      return fault('A Thing does not replace itself; name the one that it stands for.');
    case 'nothing-to-replace':
      return fault(`${quoted(given)} is no Thing that is or was yours and of which something is kept.`);
  }
}

function fault(words: string): Outcome {
  return { outcome: 'faults', faults: new Map([['replaces', words]]) };
}
