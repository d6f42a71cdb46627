import type { ClaimedThing } from '../domain/thing.js';
import { mayRun } from './bind.js';
import type { Context } from './context.js';
import { choiceOf, MOST_OPTIONS, optional } from './field.js';
import { thingsInShort } from './in-short.js';
import { type GeneralOperation, type Operation, operation } from './operation.js';
import { done, type Fact, faulty, type Outcome } from './outcome.js';
import { detailsOf } from './thing-facts.js';
import { deniedThing, findThing, labelOf } from './which-thing.js';

/** Things in one table, at most. */
const MOST = 1000;

/**
 * Lists one's own Things, and those shared with one by JID; or tells of one, and what can be done with it.
 *
 * @param operations all that there are, of which this is one.
 */
export function myThings(operations: () => readonly Operation[]): GeneralOperation {
  return operation({
    name: 'my-things',
    label: 'My Things',
    about: 'Lists your Things, and those that are shared with you; of one that you choose it shows all.',
    may: 'anyone',
    fields: {
      thing: optional(
        choiceOf(
          { label: 'Thing', description: 'Its id, or its JID where it stands alone; empty lists all.' },
          (name) => ({ ok: true, value: name }),
        ),
      ),
    },

    async present({ services, asker }) {
      const things = await services.store.things.ofViewer(asker.jid, MOST_OPTIONS + 1);
      const options = things.map((thing) => ({ value: thing.ownership.id, label: labelOf(thing) }));
      return { options: new Map([['thing', options]]) };
    },

    async denies({ thing: name }, context) {
      if (name === undefined || (await findThing(context, 'see', name)) !== undefined) return undefined;
      return deniedThing(context, 'my-things', 'thing', name, NO_SUCH_THING);
    },

    async run({ thing: name }, context) {
      if (name === undefined) return list(context);
      const thing = await findThing(context, 'see', name);
      if (thing === undefined) return faulty('thing', NO_SUCH_THING);
      const facts = [...(await detailsOf(context, thing)), ...(await commandsOn(thing, operations(), context))];
      return done(`This is ${labelOf(thing)}.`, { facts });
    },
  });
}

const NO_SUCH_THING = 'There is no such Thing that you may see.';
const COLUMNS = [
  ['thing', 'Id'],
  ['label', 'Thing'],
  ['jid', 'JID'],
  ['owner', 'Owner'],
  ['visibility', 'Visibility'],
  ['shared', 'Shared with'],
] as const;

async function list({ services, asker }: Context): Promise<Outcome> {
  const things = await services.store.things.ofViewer(asker.jid, MOST + 1);
  const rows = things.slice(0, MOST).map((thing) => rowOf(thing, thing.ownership.owner === asker.jid));
  const columns = COLUMNS.map(([name, label]) => ({ name, label }));
  const warning = things.length > MOST ? { warning: `There are more; these are the first ${MOST}.` } : {};
  if (rows.length === 0) return done('You have no Things, and none are shared with you.');
  return done(thingsInShort(things.slice(0, MOST)), { table: { columns, rows }, ...warning });
}

/** With whom else it is shared is the owner's business. */
function rowOf(thing: ClaimedThing, isOwn: boolean): readonly string[] {
  const { id, owner, isPublic, sharedWith } = thing.ownership;
  const shared = isOwn ? sharedWith.join(', ') : '';
  return [id, labelOf(thing), thing.address.jid, owner, isPublic ? 'public' : 'private', shared];
}

/** The commands that the asker may run on the Thing, at its address or at that of the registry. */
async function commandsOn(
  thing: ClaimedThing,
  operations: readonly Operation[],
  context: Context,
): Promise<readonly Fact[]> {
  const values: string[] = [];
  for (const each of operations) {
    if (each.on === 'thing' && (await mayRun(each, context, thing)))
      values.push(`${each.label} (thingstead:${each.name})`);
  }
  return values.length === 0 ? [] : [{ name: 'operations', label: 'What you can do with it', values }];
}
