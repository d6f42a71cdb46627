import { momentText } from '../domain/date-time.js';
import type { FieldType } from '../domain/reading.js';
import type { Recording } from '../domain/recording/recording.js';
import { auditedOn } from './audited.js';
import type { ThingContext } from './context.js';
import { choices, text } from './field.js';
import { operationOnThing } from './operation.js';
import { done, type Fact, type Outcome, refused } from './outcome.js';
import { OFF, periodText, readPeriod } from './period.js';

/** What a device has now; of its own memory it is asked by `backfill`. */
const TYPES = ['momentary', 'peak', 'status', 'computed', 'identity'] as const satisfies readonly FieldType[];

/** An owner has a Thing read every so often, and its readings kept. */
export const record = operationOnThing({
  name: 'record',
  label: 'Record a Thing',
  about: 'Has the Thing read every so often, and keeps the readings. Without a new period it shows what is set now.',
  may: { thing: 'manage' },
  fields: {
    period: text(
      { label: 'Period', description: 'How often to read it, such as 30s, 10m, 6h or 1d; off ends it.', initial: OFF },
      readPeriod,
    ),
    type: choices(
      { label: 'Field types', description: 'What to read: usually the momentary values.', initial: ['momentary'] },
      TYPES,
    ),
  },

  async present(context) {
    const recording = await presentOf(context);
    if (recording === undefined) return { note: NOT_RECORDED };
    const values = new Map([
      ['period', [periodText(recording.periodMs)]],
      ['type', [...recording.types]],
    ]);
    return { note: describe(recording), values };
  },

  async run({ period, type }, context) {
    const { services, thing } = context;
    const ownership = thing.ownership.id;
    const before = await presentOf(context);
    if (period === OFF) {
      const entry = auditedOn(context, 'record', OFF);
      const was = before !== undefined && (await services.store.recordings.remove(ownership, entry));
      return done(was ? 'The Thing is not recorded any more; what was recorded is kept.' : NOT_RECORDED);
    }
    if (before?.periodMs === period && isSame(before.types, type)) return shown(before);
    const recording = { ownership, periodMs: period, types: type, due: services.clock.now() };
    const entry = auditedOn(context, 'record', `every ${periodText(period)}: ${[...type].join(' ')}`);
    if (!(await services.store.recordings.put(recording, entry))) return refused('The Thing is not yours any more.');
    services.recorder.changed();
    return shown({ ...recording, ...(before?.last && { last: before.last }) });
  },
});

const NOT_RECORDED = 'The Thing is not recorded.';

function presentOf({ services, thing }: ThingContext): Promise<Recording | undefined> {
  return services.store.recordings.of(thing.ownership.id);
}

function isSame(a: ReadonlySet<FieldType>, b: ReadonlySet<FieldType>): boolean {
  return a.size === b.size && [...a].every((type) => b.has(type));
}

function shown(recording: Recording): Outcome {
  const { periodMs, types, due, last } = recording;
  const facts: Fact[] = [
    { name: 'period', label: 'Period', values: [periodText(periodMs)] },
    { name: 'type', label: 'Field types', values: [...types] },
    { name: 'next', label: 'Next', values: [momentText({ ms: due })] },
  ];
  if (last !== undefined) {
    facts.push({ name: 'last', label: 'Last', values: [momentText({ ms: last.at })] });
    facts.push({ name: 'outcome', label: 'What came of it', values: [last.outcome] });
  }
  return done(describe(recording), { facts });
}

function describe({ periodMs, types, last }: Recording): string {
  const setting = `The Thing is read every ${periodText(periodMs)} (${[...types].join(', ')}).`;
  return last === undefined ? setting : `${setting} Last at ${momentText({ ms: last.at })}: ${last.outcome}`;
}
