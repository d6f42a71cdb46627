import { momentText } from '../domain/date-time.js';
import type { ErasureId } from '../domain/erasure.js';
import { auditedOn } from './audited.js';
import type { Services } from './context.js';
import { choiceOf, MOST_OPTIONS, optional, quoted, time } from './field.js';
import { operationOnThing } from './operation.js';
import { done, type Outcome, refused } from './outcome.js';
import { timeOrderFaults } from './time-order.js';
import { labelOf } from './which-thing.js';

/** How long the asker waits for it, in ms: one common library gives an answer five seconds. */
const PATIENCE_MS = 4000;
/** A step: a few milliseconds' work, between which others have their turn. */
const STEP_ROWS = 1000;

/** An owner has readings deleted: see ErasureStore. What is not done while the owner waits, the purge does. */
export const erase = operationOnThing({
  name: 'erase',
  label: 'Erase readings of a Thing',
  about: 'Deletes what is stored of a Thing for good: all of it, one field, or the readings of a time.',
  may: { thing: 'manage' },
  fields: {
    field: optional(
      choiceOf({ label: 'Field', description: 'Only the readings of this field; empty: of all.' }, (value) => ({
        ok: true,
        value,
      })),
    ),
    from: optional(time({ label: 'From', description: 'The earliest time, included; empty: from the beginning.' })),
    until: optional(time({ label: 'Until', description: 'The latest time, included; empty: without end.' })),
  },

  async present({ services, thing }) {
    const names = await services.store.readings.fieldNames(thing.ownership.id, MOST_OPTIONS + 1);
    return { options: new Map([['field', names.map((value) => ({ value, label: value }))]]) };
  },

  check: timeOrderFaults,

  question: (what, { thing }) =>
    `Erase ${described(what)} of ${labelOf(thing)} (${thing.ownership.id})? They are deleted for good: nobody can bring them back.`,

  async run(what, context) {
    const { services, thing } = context;
    const { field, from, until } = what;
    const asked = {
      ownership: thing.ownership.id,
      ...(field !== undefined && { field }),
      ...(from !== undefined && { from }),
      ...(until !== undefined && { until }),
    };
    const id = await services.store.erasures.ask(asked, auditedOn(context, 'erase', described(what)));
    return id === undefined ? refused('The Thing is not yours any more.') : carryOut(id, services);
  },
});

interface What {
  readonly field: string | undefined;
  readonly from: number | undefined;
  readonly until: number | undefined;
}

function described({ field, from, until }: What): string {
  const readings = field === undefined ? 'all readings' : `all readings of the field ${quoted(field)}`;
  const begin = from === undefined ? '' : ` from ${momentText({ ms: from })}`;
  const end = until === undefined ? '' : ` until ${momentText({ ms: until })}`;
  return `${readings}${begin}${end}`;
}

async function carryOut(id: ErasureId, { store, clock }: Services): Promise<Outcome> {
  const end = clock.now() + PATIENCE_MS;
  let readings = 0;
  for (;;) {
    const step = await store.erasures.carryOut(id, STEP_ROWS);
    readings += step.readings;
    if (step.isDone) return done(readings === 0 ? 'There was nothing to erase.' : erased(readings));
    if (clock.now() >= end) return done(`${erased(readings)} The rest is not shown any more, and is erased shortly.`);
  }
}

function erased(readings: number): string {
  return readings === 1 ? '1 reading was erased.' : `${readings} readings were erased.`;
}
