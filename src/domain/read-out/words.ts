/** What people are told of a read-out that went wrong. Durations are in ms. */
export const WORDS = {
  noSuchNode: 'No such node.',
  forbidden: 'You may not read this Thing.',
  offline: 'The Thing is off line.',
  left: 'The Thing went off line while it was being read.',
  busy: (ms: number) => `The Thing was busy with other questions for ${seconds(ms)}; try again later.`,
  silent: (ms: number) => `The Thing did not answer within ${seconds(ms)}.`,
  unfinished: (ms: number) => `The Thing did not finish its answer within ${seconds(ms)}; there may be more.`,
  refused: (reason: string) => (reason === '' ? 'The Thing refused to be read.' : `The Thing refused: ${reason}`),
  failed: (reason: string) => (reason === '' ? 'The Thing reported a failure without saying which.' : reason),
  fault: 'Something went wrong here; the operator finds it in the log.',
  notStored: 'What the Thing reported could not be stored; try again later.',
  unconverted: (name: string, from: string, to: string, why: string) =>
    `${clipped(name)} is ${from === '' ? 'without a unit' : `in "${clipped(from)}"`} and cannot be given in "${clipped(to)}": ${why}`,
  stopping: 'The service is about to stop; try again later.',
  more: (count: number) => `${count} further failures are left out.`,
} as const;

function seconds(ms: number): string {
  const count = Math.round(ms / 100) / 10;
  return count === 1 ? '1 second' : `${count} seconds`;
}

function clipped(text: string): string {
  return text.length > 64 ? `${[...text].slice(0, 64).join('')}...` : text;
}
