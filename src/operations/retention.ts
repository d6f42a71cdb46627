import type { Limit, Retention } from '../domain/retention.js';
import { retentionFault, setRetention } from '../domain/set-retention.js';
import { auditedOn } from './audited.js';
import type { ThingContext } from './context.js';
import { optional, quoted, type Read, text } from './field.js';
import { operationOnThing } from './operation.js';
import { done, type Outcome, refused } from './outcome.js';
import { OFF } from './period.js';
import { labelOf } from './which-thing.js';

/** An administrator says what is kept of the readings of one Thing. */
export const retention = operationOnThing({
  name: 'retention',
  label: "Keep a Thing's readings",
  about:
    'Says what is kept of the readings of one Thing; the rest is deleted for good. Without new limits it shows what holds now.',
  may: { thing: 'administer' },
  fields: {
    days: optional(
      text(
        { label: 'Days', description: 'For how many days; off keeps them for ever; empty: as for all Things.' },
        readLimit('days'),
      ),
    ),
    count: optional(
      text(
        { label: 'Count', description: 'How many of each field, the newest; off keeps all; empty: as for all Things.' },
        readLimit('count'),
      ),
    ),
  },

  async present(context) {
    const own = await ownOf(context);
    const values = LIMITS.map((limit): [string, string[]] => [limit, textsOf(own[limit])]);
    return { note: describe(own, context), values: new Map(values) };
  },

  async question(given, context) {
    const before = await ownOf(context);
    const general = context.services.retention;
    const isLess = LIMITS.some((limit) => {
      return numberOf(given[limit] ?? general[limit]) < numberOf(before[limit] ?? general[limit]);
    });
    return isLess
      ? `Keep less of the readings of ${labelOf(context.thing)}? ${describe(ownFrom(given), context)} The rest is deleted for good.`
      : undefined;
  },

  async run(given, context) {
    const { services, thing } = context;
    const { days, count } = given;
    const own = ownFrom(given);
    const before = await ownOf(context);
    if (LIMITS.every((limit) => before[limit] === own[limit])) return shown(own, context);
    const entry = auditedOn(context, 'retention', `days: ${days ?? GENERAL}, count: ${count ?? GENERAL}`);
    const set = await setRetention(services.store.retention, thing.ownership.id, own, entry);
    switch (set.outcome) {
      case 'set':
        return shown(own, context);
      case 'gone':
        return refused('The Thing has no owner any more, or another one.');
      case 'refused':
        return refused(set.why);
    }
  },
});

const LIMITS = ['days', 'count'] as const;
/** What holds where nothing is set for a Thing. */
const GENERAL = 'as for all';

function readLimit(limit: keyof Retention): (text: string) => Read<Limit> {
  return (text) => {
    if (text.toLowerCase() === OFF) return { ok: true, value: OFF };
    // Thousandths of a day are whole milliseconds, so what is shown again is what was given.
    if (!/^\d{1,12}(\.\d{1,3})?$/.test(text)) {
      return { ok: false, fault: `${quoted(text)} will not do; use a number such as 30, or off.` };
    }
    const value = Number(text);
    const fault = retentionFault({ [limit]: value });
    return fault === undefined ? { ok: true, value } : { ok: false, fault };
  };
}

/** Those that are given. */
function ownFrom({ days, count }: Given): Retention {
  return { ...(days !== undefined && { days }), ...(count !== undefined && { count }) };
}

interface Given {
  readonly days: Limit | undefined;
  readonly count: Limit | undefined;
}

function numberOf(limit: Limit): number {
  return limit === OFF ? Number.POSITIVE_INFINITY : limit;
}

function ownOf({ services, thing }: ThingContext): Promise<Retention> {
  return services.store.retention.of(thing.ownership.id);
}

function shown(own: Retention, context: ThingContext): Outcome {
  const { days, count } = { ...context.services.retention, ...own };
  const facts = [
    { name: 'days', label: 'Days', values: textsOf(days) },
    { name: 'count', label: 'Count', values: textsOf(count) },
  ];
  return done(describe(own, context), { facts });
}

function describe(own: Retention, { services }: ThingContext): string {
  const { days, count } = { ...services.retention, ...own };
  const from = (limit: keyof Retention) => (own[limit] === undefined ? GENERAL : 'set for this Thing');
  const age = days === OFF ? 'for ever' : `for ${days} ${days === 1 ? 'day' : 'days'}`;
  const number = count === OFF ? 'all' : `the newest ${count}`;
  return `Readings are kept ${age} (${from('days')}), ${number} of each field (${from('count')}).`;
}

function textsOf(limit: Limit | undefined): string[] {
  return limit === undefined ? [] : [String(limit)];
}
