import { momentText } from '../domain/date-time.js';
import { cutBefore, type LookedUp, lookUp } from '../domain/history/look-up.js';
import { chooseStored } from '../domain/read-out/choose-fields.js';
import type { Period } from '../domain/read-out/shifts.js';
import { HISTORICAL } from '../domain/read-out/types-asked.js';
import type { ThingContext } from './context.js';
import { choice, optional, quoted, type Read, text, time } from './field.js';
import { FIELD_NAMES, knownFieldNames } from './field-names.js';
import { readingsInShort } from './in-short.js';
import { MAY_NOT_READ, mayStillRead } from './may-still-read.js';
import { operationOnThing } from './operation.js';
import { done, refused } from './outcome.js';
import { asNamed, MOST_ROWS, readingsTable } from './readings-table.js';
import { timeOrderFaults } from './time-order.js';
import { inUnit, UNIT, unitFaults } from './unit.js';

/** The periods of which one may have the values at the shifts alone, by the words for them. */
const PERIODS: ReadonlyMap<string, Period> = new Map([
  ['minute', 'historicalMinute'],
  ['hour', 'historicalHour'],
  ['day', 'historicalDay'],
  ['week', 'historicalWeek'],
  ['month', 'historicalMonth'],
  ['quarter', 'historicalQuarter'],
  ['year', 'historicalYear'],
]);

const ORDERS = [
  { value: 'newest', label: 'The newest first' },
  { value: 'oldest', label: 'The oldest first' },
];

/** Whoever may read a Thing looks up what is stored of it. Without a period: the newest of all. */
export const history = operationOnThing({
  name: 'history',
  label: "Look up a Thing's history",
  about: 'Shows values that were stored of the Thing; unless told otherwise, the newest.',
  may: { thing: 'read' },
  fields: {
    from: optional(time({ label: 'From', description: 'The earliest time, included; empty: from the beginning.' })),
    until: optional(time({ label: 'Until', description: 'The latest time, included; empty: to the end.' })),
    field: FIELD_NAMES,
    unit: UNIT,
    every: optional(
      choice<string>(
        {
          label: 'Every',
          description: 'Only values of whole hours, or days ..., by the clocks of the Thing; empty: all.',
        },
        [...PERIODS.keys()].map((value) => ({ value, label: value })),
      ),
    ),
    max: text({ label: 'At most', description: `How many values: from 1 to ${MOST_ROWS}.`, initial: '100' }, readMost),
    order: choice(
      { label: 'Order', description: 'Where to begin: with the newest or the oldest of them.', initial: 'newest' },
      ORDERS,
    ),
  },
  present: async (context) => ({ options: new Map([['field', await knownFieldNames(context)]]) }),

  check: (input, { services }) => timeOrderFaults(input) ?? unitFaults(input, services.units),

  async run({ from, until, field: names, unit, every, max: most, order }, context) {
    const { services, thing } = context;
    const newestFirst = order === 'newest';
    const period = every === undefined ? undefined : PERIODS.get(every);
    const found = await lookUp(services.store.readings, {
      ownership: thing.ownership.id,
      ...(names.size > 0 && { names: [...names] }),
      ...(from !== undefined && { from }),
      ...(until !== undefined && { to: until }),
      ...(period !== undefined && { every: period }),
      newestFirst,
      most,
      zone: services.zoneOf(thing),
    });
    if (!(await mayStillRead(context))) return refused(MAY_NOT_READ);
    return shown(found, { names, unit, newestFirst }, context);
  },
});

function readMost(text: string): Read<number> {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_ROWS) return { ok: true, value: count };
  return { ok: false, fault: `${quoted(text)} will not do; use a number from 1 to ${MOST_ROWS}.` };
}

interface Shown {
  readonly names: ReadonlySet<string>;
  readonly unit: string | undefined;
  readonly newestFirst: boolean;
}

function shown(found: LookedUp, { names, unit, newestFirst }: Shown, { services, thing }: ThingContext) {
  const zone = services.zoneOf(thing);
  const asHistory = { ofDevice: new Set<never>(), ofStore: HISTORICAL, names: new Set<string>() };
  const stored = found.readings.flatMap((reading) => chooseStored(reading, asHistory, zone) ?? []).map(asNamed(thing));
  const { readings, warnings } = inUnit(stored, unit, names, services.units);
  const fits = readingsTable(readings).rows.length;
  const beyond = readings[fits];
  const given =
    beyond === undefined ? { ...found, readings } : cutBefore(readings.slice(0, fits), beyond.at.ms, newestFirst);
  const said = [...moreOf(given, newestFirst), ...warnings];
  const warning = said.length > 0 && { warning: said.join(' ') };
  if (given.readings.length === 0) return done('No such values are stored.', { ...warning });
  return done(readingsInShort(given.readings), { table: readingsTable(given.readings), ...warning });
}

/** From where to go on, if there is more. */
function moreOf({ next, isCut }: LookedUp, newestFirst: boolean): readonly string[] {
  if (next === undefined) return [];
  const more = `There may be more: go on with ${newestFirst ? 'until' : 'from'} ${momentText({ ms: next })}.`;
  return isCut ? ['More values are of one time than could be shown: name fields, to see the others.', more] : [more];
}
