import { momentText } from '../domain/date-time.js';
import type { BareJid } from '../domain/jid.js';
import { type ListedThings, THING_STATES, type ThingState } from '../domain/overview.js';
import { isClaimed, type OwnershipId, type Thing } from '../domain/thing.js';
import type { Context } from './context.js';
import { choice, optional, text } from './field.js';
import { operation } from './operation.js';
import { done, type Fact, pageOf } from './outcome.js';
import { tagLine } from './tag-lines.js';
import { detailsOf } from './thing-facts.js';
import { labelOf } from './which-thing.js';
import { wholeNumber } from './whole-number.js';

/** Things in one table: at most, and unless more are asked for. */
const PAGE = { min: 1, max: 500, initial: 50 };

/** An administrator looks at all Things, whoever's they are, and at what is known of each. */
export const things = operation({
  name: 'things',
  label: 'All Things',
  about: 'Lists all Things that are registered, claimed or not; of one that is named exactly it shows all.',
  may: 'administrator',
  fields: {
    filter: optional(
      text(
        {
          label: 'Filter',
          description:
            'A part of the JID, the node, the id, the owner, the serial number or the name; small and capital letters are one. The whole JID or id of one Thing shows all that is known of it.',
        },
        (part) => ({ ok: true, value: part }),
      ),
    ),
    state: choice<ThingState>(
      { label: 'State', description: 'Which Things.', initial: 'all' },
      THING_STATES.map((value) => ({ value, label: value })),
    ),
    max: wholeNumber({ label: 'At most', description: `How many, at most ${PAGE.max}.` }, PAGE),
    after: wholeNumber(
      { label: 'After', description: 'The place in the order of registration after which to begin.' },
      { min: 0, max: Number.MAX_SAFE_INTEGER, initial: 0 },
    ),
  },

  async run({ filter: part = '', state, max, after }, context) {
    const { store, clock } = context.services;
    const named = state === 'all' && after === 0 ? await namedExactly(context, part) : undefined;
    if (named !== undefined) return done(`This is ${labelOf(named)}.`, { facts: await factsOf(context, named) });
    const page = await store.overview.things({ part, state, now: clock.now(), after, limit: max });
    const count = page.things.length;
    if (count === 0) return done(after > 0 ? 'No more Things match.' : 'No Thing matches.');
    const columns = COLUMNS.map(([name, label]) => ({ name, label }));
    return done(count === 1 ? 'One Thing.' : `${count} Things.`, {
      table: pageOf({ columns, rows: page.things.map(rowOf) }, page.next?.toString()),
      ...(page.next !== undefined && { warning: `There are more; the next ones come after ${page.next}.` }),
    });
  },
});

const COLUMNS = [
  ['thing', 'Id'],
  ['label', 'Thing'],
  ['jid', 'JID'],
  ['nodeId', 'Node'],
  ['sourceId', 'Source'],
  ['cacheType', 'Cache type'],
  ['owner', 'Owner'],
  ['state', 'State'],
  ['since', 'Owned since'],
  ['online', 'On line'],
] as const;

/** The one Thing of an id, or of a JID that has no other. */
async function namedExactly({ services }: Context, name: string): Promise<Thing | undefined> {
  if (name === '') return undefined;
  const { things: stored } = services.store;
  const [only, ...others] = await stored.ofJid(services.bareJid(name) ?? NOBODY);
  if (others.length > 0) return undefined;
  return only ?? stored.byOwnership(name as OwnershipId);
}

const NOBODY = '' as BareJid;

function rowOf({ thing, isOnline }: ListedThings['things'][number]): readonly string[] {
  const { address, ownership } = thing;
  return [
    ownership?.id ?? '',
    labelOf(thing),
    address.jid,
    address.nodeId,
    address.sourceId,
    address.cacheType,
    ownership?.owner ?? '',
    stateOf(thing),
    ownership === undefined ? '' : momentText({ ms: ownership.since }),
    isOnline ? 'yes' : 'no',
  ];
}

function stateOf({ ownership, claimDigest }: Thing): string {
  if (ownership === undefined) return claimDigest === undefined ? 'not to be claimed' : 'unclaimed';
  if (ownership.selfOwned) return 'self-owned';
  return ownership.isPublic ? 'public' : 'private';
}

async function factsOf(context: Context, thing: Thing): Promise<readonly Fact[]> {
  if (isClaimed(thing)) return detailsOf(context, thing);
  const { jid, nodeId, sourceId, cacheType } = thing.address;
  const sessions = await context.services.store.sessions.of(jid);
  const facts: readonly Fact[] = [
    { name: 'jid', label: 'JID', values: [jid] },
    { name: 'nodeId', label: 'Node', values: [nodeId] },
    { name: 'sourceId', label: 'Source', values: [sourceId] },
    { name: 'cacheType', label: 'Cache type', values: [cacheType] },
    { name: 'state', label: 'State', values: [stateOf(thing)] },
    { name: 'tags', label: 'Tags', values: thing.tags.map(tagLine) },
    { name: 'online', label: 'On line', values: [sessions.length > 0 ? 'yes' : 'no'] },
  ];
  return facts.filter(({ values }) => values.join('') !== '');
}
