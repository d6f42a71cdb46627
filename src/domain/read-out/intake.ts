import type { Clock, ReadingStore } from '../ports.js';
import type { Field, Moment, NodeName, OwnedReadings, Reading } from '../reading.js';
import { type ClaimedThing, isClaimed, type OwnershipId, type Thing } from '../thing.js';
import { assignNode } from './assign-node.js';
import type { Fault, Report, Sample } from './report.js';

/** What a Thing reported, and was stored. */
export interface Arrival {
  readonly thing: ClaimedThing;
  readonly samples: readonly Sample[];
}

/** What came of a report: what is on disk now, and what was refused. */
export interface Taken {
  readonly arrivals: readonly Arrival[];
  readonly faults: readonly Fault[];
}

/** How far ahead of our clock a reading may be, in ms. */
export const FUTURE_MS = 24 * 60 * 60 * 1000;

export interface IntakeDeps {
  readonly readings: ReadingStore;
  readonly clock: Clock;
}

/**
 * Takes in what a device reports: gives each node to its Thing, refuses what cannot be kept, and stores the rest.
 *
 * @param things all that are registered under the sender's JID.
 * @returns once it is on disk.
 * @throws StoreUnavailable
 */
export async function takeIn(
  { readings, clock }: IntakeDeps,
  { samples, faults }: Pick<Report, 'samples' | 'faults'>,
  things: readonly Thing[],
): Promise<Taken> {
  const latest = clock.now() + FUTURE_MS;
  const refused: Fault[] = [...faults];
  const arrivals = new Map<OwnershipId, { thing: ClaimedThing; samples: Sample[] }>();
  for (const sample of samples) {
    if (sample.fields.length === 0) continue;
    const owner = ownerOf(sample, things, latest);
    if ('reason' in owner) {
      refused.push(faultOf(sample, owner.reason));
      continue;
    }
    const { id } = owner.thing.ownership;
    const arrival = arrivals.get(id) ?? { thing: owner.thing, samples: [] };
    arrivals.set(id, arrival);
    arrival.samples.push(sample);
  }
  const all = [...arrivals.values()];
  const stored = await store(readings, all);
  const lost = all.filter((_, index) => stored[index] === false);
  refused.push(...lost.flatMap((arrival) => arrival.samples.map((sample) => faultOf(sample, REASONS.unclaimed))));
  return { arrivals: all.filter((arrival) => !lost.includes(arrival)), faults: refused };
}

const REASONS = {
  unknown: 'No Thing is registered for this node.',
  unclaimed: 'Nobody owns the Thing of this node.',
  future: 'The time is more than a day in the future.',
} as const;

function ownerOf(
  { node, at }: Sample,
  things: readonly Thing[],
  latest: number,
): { thing: ClaimedThing } | { reason: string } {
  const thing = assignNode(things, node);
  if (thing === undefined) return { reason: REASONS.unknown };
  if (!isClaimed(thing)) return { reason: REASONS.unclaimed };
  return at.ms > latest ? { reason: REASONS.future } : { thing };
}

async function store(readings: ReadingStore, arrivals: readonly Arrival[]): Promise<readonly boolean[]> {
  const owned = arrivals.map(
    ({ thing, samples }): OwnedReadings => ({
      ownership: thing.ownership.id,
      readings: samples.flatMap(readingsOf),
    }),
  );
  return owned.length > 0 ? readings.add(owned) : [];
}

function readingsOf({ node, at, fields }: Sample): Reading[] {
  return fields.map((field) => readingOf(field, node, at));
}

/** Written out, as there are many: what few fields have is added to those alone. */
function readingOf(field: Field, node: NodeName, at: Moment): Reading {
  const { name, type, value, unit, dataType, fieldTypes, qualities, module, stringIds, writable } = field;
  if (module !== undefined || stringIds !== undefined || writable !== undefined) return { ...field, node, at };
  return { node, at, name, type, value, unit, dataType, fieldTypes, qualities };
}

function faultOf({ node, at }: Sample, reason: string): Fault {
  return { node, timestamp: new Date(at.ms).toISOString(), reason };
}
