import { HISTORICAL } from '../domain/read-out/types-asked.js';
import { FIELD_TYPES } from '../domain/reading.js';
import { RECORDED } from '../domain/recording/words.js';
import { auditedOn } from './audited.js';
import { choices, optional, time } from './field.js';
import { operationOnThing } from './operation.js';
import { done, type Outcome, refused } from './outcome.js';
import { timeOrderFaults } from './time-order.js';
import { within } from './within.js';

const TYPES = FIELD_TYPES.filter((type) => HISTORICAL.has(type));

/** An owner has what a device remembers by itself fetched and kept, once. */
export const backfill = operationOnThing({
  name: 'backfill',
  label: "Fetch a Thing's own memory",
  about: 'Asks the Thing for the values that it has kept by itself, and stores them beside what was recorded here.',
  may: { thing: 'manage' },
  fields: {
    from: optional(time({ label: 'From', description: 'The earliest time, included; empty: from the beginning.' })),
    until: optional(time({ label: 'Until', description: 'The latest time, included; empty: until now.' })),
    type: choices(
      { label: 'Field types', description: 'Which of its values: usually all that are historical.', initial: TYPES },
      TYPES,
    ),
  },

  check: timeOrderFaults,

  async run({ from, until, type }, context) {
    const { services, thing } = context;
    const sessions = await services.store.sessions.of(thing.address.jid);
    if (sessions.length === 0) return refused('The Thing is off line; try again when it is there.');
    await services.store.audit.append(auditedOn(context, 'backfill', 'asked'));
    let soFar = 0;
    const collecting = services.broker.collect(
      {
        thing,
        types: type,
        ...(from !== undefined && { from: { ms: from } }),
        ...(until !== undefined && { to: { ms: until } }),
      },
      (values) => {
        soFar = values;
      },
    );
    collecting.catch(services.onFault);
    const collected = await within(collecting, services.timers);
    if (collected === undefined) return underWay(soFar);
    const { values, faults, reason } = collected;
    if (values === 0 && reason !== undefined) return refused(reason);
    const warning = reason ?? faults[0]?.reason;
    return done(RECORDED.collected({ values, faults: [], reason: undefined }), warning ? { warning } : {});
  },
});

function underWay(values: number): Outcome {
  const soFar = values === 0 ? '' : ` ${RECORDED.collected({ values, faults: [], reason: undefined })}`;
  return done(`The Thing is still answering; what it sends is stored as it comes.${soFar}`);
}
