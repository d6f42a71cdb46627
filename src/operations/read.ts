import type { Gathered } from '../domain/read-out/gather.js';
import type { Refusal } from '../domain/read-out/judge-request.js';
import type { Fault } from '../domain/read-out/report.js';
import { HISTORICAL } from '../domain/read-out/types-asked.js';
import { FIELD_TYPES, type Reading } from '../domain/reading.js';
import type { ThingContext } from './context.js';
import { choices } from './field.js';
import { FIELD_NAMES, knownFieldNames } from './field-names.js';
import { readingsInShort } from './in-short.js';
import { MAY_NOT_READ, mayStillRead } from './may-still-read.js';
import { operationOnThing } from './operation.js';
import { done, type Outcome, refused } from './outcome.js';
import { MOST_ROWS, readingsTable } from './readings-table.js';
import { inUnit, UNIT, unitFaults } from './unit.js';
import { within } from './within.js';

/** What only the Thing itself can tell. */
const TYPES = FIELD_TYPES.filter((type) => !HISTORICAL.has(type));

/** Whoever may read a Thing asks it now, as by XEP-0323; what it answers is stored, as always. */
export const read = operationOnThing({
  name: 'read',
  label: 'Read a Thing now',
  about: 'Asks the Thing for its values, and shows what it answers.',
  may: { thing: 'read' },
  fields: {
    type: choices(
      { label: 'Field types', description: 'What to read: usually the momentary values.', initial: ['momentary'] },
      TYPES,
    ),
    field: FIELD_NAMES,
    unit: UNIT,
  },
  present: async (context) => ({ options: new Map([['field', await knownFieldNames(context)]]) }),

  check: (input, { services }) => unitFaults(input, services.units),

  async run({ type: types, field: names, unit }, context) {
    const { services, asker, thing } = context;
    const isAbsent = await isOffLine(context);
    if (isAbsent && thing.spokeFrom === undefined) return refused(OFF_LINE);
    const gathering = await services.broker.read(asker.session, thing, { types, names, most: MOST_ROWS });
    if (typeof gathering === 'string') return refused(REFUSALS[gathering] ?? MAY_NOT_READ);
    const ended = gathering.ended.then(() => true);
    const isAll = (await within(ended, services.timers, isAbsent ? BOUNCE_MS : undefined)) ?? false;
    if (!(await mayStillRead(context))) return refused(MAY_NOT_READ);
    const gathered = gathering.soFar();
    if (gathered.samples.length > 0) return shown(gathered, { names, unit, isAll }, context);
    if (gathered.faults.length > 0) return refused(reasonsOf(gathered.faults));
    if (isAll) return done('The Thing answered, and had no such values.');
    return refused((await isOffLine(context)) ? OFF_LINE : SILENT);
  },
});

const OFF_LINE = 'The Thing is off line; try again when it is there.';
const SILENT = 'The Thing has not answered in time; should it do so later, what it sends is stored: see its history.';
/** Where no session is known, the one that last spoke is asked; if it is gone, its server says so at once. In ms. */
const BOUNCE_MS = 1500;
const REFUSALS: Readonly<Partial<Record<Refusal, string>>> = {
  'too-many-requests': 'You have too many read-outs open; wait for some to end.',
};
/** Reasons that one note gives. */
const MOST_REASONS = 5;

async function isOffLine({ services, thing }: ThingContext): Promise<boolean> {
  return (await services.store.sessions.of(thing.address.jid)).length === 0;
}

interface Shown {
  readonly names: ReadonlySet<string>;
  readonly unit: string | undefined;
  /** Whether the Thing is done. */
  readonly isAll: boolean;
}

function shown(
  { samples, faults, isCut }: Gathered,
  { names, unit, isAll }: Shown,
  { services }: ThingContext,
): Outcome {
  const all = samples.flatMap(({ node, at, fields }) => fields.map((field): Reading => ({ ...field, node, at })));
  const { readings, warnings } = inUnit(all, unit, names, services.units);
  const table = readingsTable(readings);
  const isShort = isCut || table.rows.length < readings.length;
  const said = [
    ...(isAll ? [] : ['The Thing is still answering; what it sends is stored as it comes.']),
    ...(isShort
      ? [`There were more values; these are the first ${table.rows.length}, the others are in its history.`]
      : []),
    ...(faults.length > 0 ? [reasonsOf(faults)] : []),
    ...warnings,
  ];
  return done(readingsInShort(readings.slice(0, table.rows.length)), {
    table,
    ...(said.length > 0 && { warning: said.join(' ') }),
  });
}

/** What went wrong, each reason once. */
function reasonsOf(faults: readonly Fault[]): string {
  const reasons = [...new Set(faults.map(({ reason }) => reason))];
  const more = reasons.length > MOST_REASONS ? ` ${reasons.length - MOST_REASONS} further reasons are left out.` : '';
  return reasons.slice(0, MOST_REASONS).join(' ') + more;
}
