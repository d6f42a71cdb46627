import { changeJoining } from '../domain/change-joining.js';
import { momentText } from '../domain/date-time.js';
import type { FormerThing } from '../domain/erasure.js';
import type { Held } from '../domain/joining.js';
import type { Stored } from '../domain/ports.js';
import { decideReplacement, type Replaced } from '../domain/replacement.js';
import { nameOf, type OwnershipId } from '../domain/thing.js';
import type { ThingContext } from './context.js';
import { choiceOf, MOST_OPTIONS, type Option, quoted } from './field.js';
import { operationOnThing } from './operation.js';
import { done, type Faults, refused } from './outcome.js';
import { unjoinableOutcome } from './unjoinable.js';
import { deniedThing, findThing, labelOf, optionsOf } from './which-thing.js';

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

  async denies({ replaces }, context) {
    if ((await findThing(context, 'manage', replaces)) ?? (await formerOf(replaces, context))) return undefined;
    return deniedThing(context, 'replace', 'replaces', replaces, nothingToReplace(replaces));
  },

  async check({ replaces }, context) {
    const { outcome } = await tryOut(replaces, context);
    return outcome === 'itself' || outcome === 'nothing-to-replace' ? faultsOf(outcome, replaces) : undefined;
  },

  async question({ replaces }, context) {
    const old = await labelOfOld(replaces, context);
    const label = labelOf(context.thing);
    return `Join the readings of ${old} to those of ${label}, for good, and take ${old} out of the registry? Where both have a value of one field and time, the more trusted one stays, or else that of ${label}. This cannot be undone.`;
  },

  async run({ replaces }, context) {
    const { services, asker, thing } = context;
    const { store, clock, ids, notifier, reach } = services;
    const id = await idOf(replaces, context);
    const replacement = { ownership: thing.ownership.id, from: asker.session, noticeId: ids.notice() };
    const now = clock.now();
    const replaced = await changeJoining(
      store.readings,
      (decide) => store.things.changeWith(thing.address, id, decide),
      (stored: Stored, held: Held | undefined) => decideReplacement(stored, held, replacement, now),
    );
    if (typeof replaced === 'string') return unjoinableOutcome(replaced);
    if (replaced.outcome === 'not-found') return refused('The Thing is not yours any more.');
    if (replaced.outcome !== 'replaced') return { outcome: 'faults', faults: faultsOf(replaced.outcome, replaces) };
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
  const former = await services.store.former.of(asker.jid, MOST_OPTIONS + 1);
  return [
    ...own.filter(({ value }) => value !== thing.ownership.id),
    ...former
      .filter(({ readings }) => readings > 0)
      .map(({ id, address, ended }) => ({
        value: id,
        label: `${nameOf(address)}, yours until ${momentText({ ms: ended })}`,
      })),
  ];
}

/** The id of the one that is named: of one's own Things also by JID. */
async function idOf(replaces: string, context: ThingContext): Promise<OwnershipId> {
  const old = await findThing(context, 'manage', replaces);
  return old?.ownership.id ?? (replaces as OwnershipId);
}

/** What would come of it now; nothing is written. */
async function tryOut(replaces: string, context: ThingContext): Promise<Replaced> {
  const { services, asker, thing } = context;
  const id = await idOf(replaces, context);
  const replacement = { ownership: thing.ownership.id, from: asker.session, noticeId: '' };
  return services.store.things.changeWith(thing.address, id, (stored, held) => {
    const { outcome } = decideReplacement(stored, held, replacement, services.clock.now());
    return { outcome, writes: [] };
  });
}

async function labelOfOld(replaces: string, context: ThingContext): Promise<string> {
  const present = await findThing(context, 'manage', replaces);
  if (present !== undefined) return labelOf(present);
  const former = await formerOf(replaces, context);
  return former === undefined ? quoted(replaces) : `your former Thing ${nameOf(former.address)} (${former.id})`;
}

function formerOf(replaces: string, { services, asker }: ThingContext): Promise<FormerThing | undefined> {
  return services.store.former.byId(replaces as OwnershipId, asker.jid);
}

function faultsOf(outcome: 'itself' | 'nothing-to-replace', given: string): Faults {
  const words =
    outcome === 'itself'
      ? 'A Thing does not replace itself; name the one that it stands for.'
      : nothingToReplace(given);
  return new Map([['replaces', words]]);
}

function nothingToReplace(given: string): string {
  return `${quoted(given)} is no Thing that is or was yours and of which something is kept.`;
}
