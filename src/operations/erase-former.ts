import { momentText } from '../domain/date-time.js';
import type { FormerThing } from '../domain/erasure.js';
import { nameOf, type OwnershipId } from '../domain/thing.js';
import type { Context } from './context.js';
import { choiceOf, MOST_OPTIONS, type Option, quoted } from './field.js';
import { operation } from './operation.js';
import { done, type Faults } from './outcome.js';
import { noteMissing } from './which-thing.js';

/** Somebody has what is kept of a Thing of former times deleted, before its time. */
export const eraseFormer = operation({
  name: 'erase-former',
  label: 'Erase what is kept of a former Thing',
  about:
    'Deletes the readings of a Thing that is not yours any more. They are kept for a while in case it becomes yours again.',
  may: 'anyone',
  fields: {
    thing: choiceOf<OwnershipId>(
      { label: 'Former Thing', description: 'Which of your former Things: the id that it had.' },
      (text) => ({ ok: true, value: text as OwnershipId }),
    ),
  },

  async present(context) {
    const things = await formerOf(context);
    if (things.length === 0) return { note: 'Nothing is kept of Things that were yours.' };
    return { options: new Map([['thing', things.map(optionOf)]]) };
  },

  async denies({ thing }, context) {
    if ((await find(thing, context)) !== undefined) return undefined;
    return { faults: faultsOf(thing), note: () => noteMissing(context, 'erase-former', thing) };
  },

  async question({ thing }, context) {
    const found = await find(thing, context);
    const which = found === undefined ? quoted(thing) : `${nameOf(found.address)} (${thing})`;
    return `Erase all that is kept of your former Thing ${which}? It is deleted for good, and is not there any more should the Thing become yours again.`;
  },

  async run({ thing }, context) {
    const { services, asker } = context;
    const at = services.clock.now();
    const found = await find(thing, context);
    const subject = found === undefined ? thing : nameOf(found.address);
    const entry = { at, actor: asker.session, action: 'erase-former', subject, outcome: 'done', ownership: thing };
    const isDone = await services.store.former.forget(thing, asker.jid, entry);
    return isDone ? done(GONE) : { outcome: 'faults', faults: faultsOf(thing) };
  },
});

const GONE = 'It is not kept any more: its readings are deleted within the next minutes, and cannot come back.';

function formerOf({ services, asker }: Context): Promise<readonly FormerThing[]> {
  return services.store.former.of(asker.jid, MOST_OPTIONS + 1);
}

function find(thing: OwnershipId, { services, asker }: Context): Promise<FormerThing | undefined> {
  return services.store.former.byId(thing, asker.jid);
}

function optionOf({ id, address, ended, readings }: FormerThing): Option {
  const count = readings === 1 ? '1 reading' : `${readings} readings`;
  return { value: id, label: `${nameOf(address)} (until ${momentText({ ms: ended })}, ${count})` };
}

/** The same for what is somebody else's, is owned at present, and never was. */
function faultsOf(thing: OwnershipId): Faults {
  return new Map([['thing', `Nothing is kept of a former Thing of yours with the id ${quoted(thing)}.`]]);
}
