import { isClaimed, type Thing } from '../domain/thing.js';
import type { Context } from './context.js';
import { yesOrNo } from './field.js';
import { importLineOf } from './import-line.js';
import { operation } from './operation.js';
import { done, pageOf } from './outcome.js';
import { wholeNumber } from './whole-number.js';

/** Things in one table, and their lines in characters, at most; one Thing is always taken. */
const MOST = 100;
const MOST_CHARACTERS = 100_000;

/** Gives Things as lines that `import` takes, without their KEYs, which nobody has: one's own or, for administrators, all. */
export const exportThings = operation({
  name: 'export',
  label: 'Export Things',
  about: 'Gives your Things as lines that can be imported elsewhere; their KEYs are not kept and are not among them.',
  may: 'anyone',
  fields: {
    all: {
      ...yesOrNo({ label: 'All', description: 'All Things that are registered, claimed or not; for administrators.' }),
      initial: ['false'],
    },
    after: wholeNumber(
      { label: 'After', description: 'Where the last page ended; 0 begins.' },
      { min: 0, max: Number.MAX_SAFE_INTEGER, initial: 0 },
    ),
  },

  denies({ all }, { services, asker }) {
    if (!all || services.access.isAdministrator(asker.jid)) return undefined;
    return {
      faults: new Map([['all', 'Only administrators may see all Things; leave this out to have your own.']]),
      note: () =>
        services.refusals.note({
          actor: asker.session,
          action: 'export',
          subject: services.domain,
          outcome: 'forbidden',
        }),
    };
  },

  async run({ all, after }, context) {
    const { things, next } = await someOf(all ? listAll : listOwn, context, after);
    if (things.length === 0) return done(after > 0 ? 'There are no more.' : 'There are none.');
    const rows = things.map((thing) => [thing.ownership?.id ?? '', importLineOf(thing)]);
    return done(things.length === 1 ? 'One Thing.' : `${things.length} Things.`, {
      table: pageOf({ columns: COLUMNS, rows }, next?.toString()),
      ...(next !== undefined && { warning: `There are more; the next ones come after ${next}.` }),
    });
  },
});

const COLUMNS = [
  { name: 'thing', label: 'Id' },
  { name: 'line', label: 'Line' },
];

interface Page {
  readonly things: readonly Thing[];
  readonly next?: number;
}
type List = (context: Context, after: number, limit: number) => Promise<Page>;

/** As many as there is room for in a stanza: tags may be long. */
async function someOf(list: List, context: Context, after: number): Promise<Page> {
  for (let limit = MOST; ; limit = Math.ceil(limit / 4)) {
    const page = await list(context, after, limit);
    const characters = page.things.reduce((sum, thing) => sum + importLineOf(thing).length, 0);
    if (limit === 1 || characters <= MOST_CHARACTERS) return page;
  }
}

const listAll: List = async ({ services }, after, limit) => {
  const now = services.clock.now();
  const { things, next } = await services.store.overview.things({ state: 'all', part: '', now, after, limit });
  return { things: things.map(({ thing }) => thing), ...(next !== undefined && { next }) };
};

/** One's own come first among those that one may see. */
const listOwn: List = async ({ services, asker }, offset, limit) => {
  const { things: seen, total } = await services.store.things.visibleTo(asker, { offset, limit });
  const things = seen.filter((thing) => isClaimed(thing) && thing.ownership.owner === asker.jid);
  const isLast = things.length < limit || offset + limit >= total;
  return { things, ...(!isLast && { next: offset + limit }) };
};
