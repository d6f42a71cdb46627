import { MOST_JOINED, type Unjoinable } from '../domain/change-joining.js';
import { type Outcome, refused } from './outcome.js';

/** Why histories are not joined now, in words; nothing has changed. */
export function unjoinableOutcome(why: Unjoinable): Outcome {
  switch (why) {
    case 'too-much':
      return refused(
        `Both have readings of the same fields, and more than ${MOST_JOINED} of them would have to move, which would keep all others waiting. Leave the readings where they are, or erase some first.`,
      );
    case 'erasing':
      return refused('Some of these readings are being erased just now; try again in a minute.');
  }
}
