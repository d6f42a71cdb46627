import type { Change, ReadingStore, Write } from './ports.js';

/** How many rows of a store one joining may write: as long as that takes, other requests wait. */
export const MOST_JOINED = 20_000;

/** Why histories are not joined now. */
export type Unjoinable =
  /** It would write more than {@link MOST_JOINED} rows. */
  | 'too-much'
  /** Readings of a series that both have are still being erased. */
  | 'erasing';

/**
 * Carries out a change that may join histories, unless they cannot be joined now: then nothing is changed. How much it
 * would be is looked at before the transaction, not in it: what is reported in between is little.
 *
 * @param change how to carry out a decision: `changeAt` or `changeWith` of the store, with what it is about.
 */
export async function changeJoining<Stored extends readonly unknown[], Outcome>(
  readings: Pick<ReadingStore, 'rowsToJoin'>,
  change: <T>(decide: (...stored: Stored) => Change<T>) => Promise<T>,
  decide: (...stored: Stored) => Change<Outcome>,
): Promise<Outcome | Unjoinable> {
  const writes = await change((...stored) => ({ outcome: decide(...stored).writes, writes: [] }));
  for (const { joining } of writes.filter(isJoining)) {
    const rows = await readings.rowsToJoin(joining);
    if (rows === 'erasing') return rows;
    if (rows > MOST_JOINED) return 'too-much';
  }
  return change(decide);
}

function isJoining(write: Write): write is Write & { write: 'history' } {
  return write.write === 'history';
}
