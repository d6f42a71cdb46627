import { momentText } from '../domain/date-time.js';
import type { RequestInProgress } from '../domain/read-out/in-progress.js';
import type { Context } from './context.js';
import { type Field, optional, quoted } from './field.js';
import { operation } from './operation.js';
import { done, refused } from './outcome.js';

/** Which request is meant: its number and its session, between which is one space. Sessions may have names of any kind. */
const REQUEST: Field<string> = {
  type: 'list-single',
  datatype: 'xs:string',
  label: 'Cancel',
  description: 'Which request to cancel; none: only show them.',
  isRequired: true,
  isOpen: true,
  read: ([value = '']) => ({ ok: true, value }),
};

/** What the sessions of the asker's account have asked for and not yet got; one of them can be cancelled. */
export const requests = operation({
  name: 'requests',
  label: 'My requests in progress',
  about: 'Lists the read-outs that you have asked for, on whatever device, and that have not ended; and cancels one.',
  may: 'anyone',
  fields: { cancel: optional(REQUEST) },

  async present(context) {
    const options = (await ownOf(context)).map((each) => ({ value: keyOf(each), label: labelOf(each) }));
    return { note: countText(options.length), options: new Map([['cancel', options]]) };
  },

  async run({ cancel }, context) {
    const own = await ownOf(context);
    if (cancel === undefined) return shown(own);
    const meant = own.find((each) => keyOf(each) === cancel);
    const { broker } = context.services;
    const { ends, request } = meant?.plan ?? {};
    const isCancelled = ends && request && (await broker.cancel(ends.asker, request.seqnr.value));
    if (!isCancelled) {
      return refused(
        `You have no request ${quoted(cancel)} in progress: it has ended, or never was. ${countText(own.length)}`,
      );
    }
    return done('The request is cancelled; nothing more comes of it.');
  },
});

const COLUMNS = [
  ['request', 'Request'],
  ['session', 'Session'],
  ['seqnr', 'Number'],
  ['things', 'Things'],
  ['asked', 'Asked for'],
  ['state', 'State'],
  ['time', 'Since, or due'],
] as const;

function ownOf({ services, asker }: Context): Promise<readonly RequestInProgress[]> {
  return services.broker.requestsOf(asker.jid);
}

function shown(all: readonly RequestInProgress[]) {
  if (all.length === 0) return done(countText(0));
  const columns = COLUMNS.map(([name, label]) => ({ name, label }));
  return done(countText(all.length), { table: { columns, rows: all.map(rowOf) } });
}

function countText(count: number): string {
  if (count === 0) return 'You have no requests in progress.';
  return count === 1 ? 'You have one request in progress.' : `You have ${count} requests in progress.`;
}

function keyOf({ plan: { ends, request } }: RequestInProgress): string {
  return `${request.seqnr.value} ${ends.asker}`;
}

function labelOf(each: RequestInProgress): string {
  const when = each.state === 'queued' ? 'due' : 'since';
  return `${thingsOf(each)}: ${askedOf(each)}, ${when} ${momentText({ ms: each.at })}`;
}

function rowOf(each: RequestInProgress): readonly string[] {
  const { ends, request } = each.plan;
  const when = momentText({ ms: each.at });
  return [keyOf(each), ends.asker, request.seqnr.text, thingsOf(each), askedOf(each), each.state, when];
}

/** As the asker named them: whether they may be seen still is another matter. */
function thingsOf({ plan: { parts } }: RequestInProgress): string {
  const names = parts.flatMap(({ ownership, naming, only }) => {
    if (only.length > 0) return only.map(({ nodeId }) => nodeId);
    return [naming.kind === 'asked' ? naming.name : ownership];
  });
  return names.join(', ');
}

function askedOf({ plan: { request } }: RequestInProgress): string {
  const { types, fields, from, to } = request;
  const bounds = [from && `from ${momentText(from)}`, to && `until ${momentText(to)}`].filter((bound) => bound);
  const what = types.size > 0 ? [...types].join(' ') : 'all but history';
  return [what, ...(fields.length > 0 ? [`of ${fields.join(', ')}`] : []), ...bounds].join(' ');
}
