import fc from 'fast-check';
import { conversations } from './conversations.js';
import type { Counts } from './oracle.js';
import { startRig } from './rig.js';
import { anyStanza } from './stanzas.js';
import { write } from './xml-tree.js';

export interface Round {
  readonly counts: Counts;
  readonly faults: readonly string[];
}

const BATCH = 50;
/** What is beyond the limits of the parser is refused before it is read: its own tests and those of the connection see to that. */
const MOST_CHARACTERS = 1024 * 1024;

/** Plays stanzas grown from a seed to a component of their own: the same seed gives the same stanzas in the same order. */
export async function playRound(seed: number, stanzas: number): Promise<Round> {
  const rig = await startRig();
  try {
    const all = fc
      .sample(anyStanza, { seed, numRuns: stanzas })
      .map(write)
      .filter(({ length }) => length < MOST_CHARACTERS);
    const talks = fc.sample(conversations, { seed, numRuns: Math.ceil(stanzas / BATCH) });
    for (const [index, talk] of talks.entries()) {
      await rig.play(all.slice(index * BATCH, (index + 1) * BATCH));
      for (const step of talk) await rig.play([write(step)]);
    }
    return { counts: rig.counts, faults: await rig.faults() };
  } finally {
    await rig.stop();
  }
}
