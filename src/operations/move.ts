import { changeJoining } from '../domain/change-joining.js';
import { decideMove } from '../domain/move.js';
import type { Stored } from '../domain/ports.js';
import { optional } from './field.js';
import { HISTORY, NEW_OWNER, newOwnerFaults, unfitFaults } from './new-owner.js';
import { operationOnThing } from './operation.js';
import { done, refused } from './outcome.js';
import { REASON } from './reason.js';
import { unjoinableOutcome } from './unjoinable.js';
import { labelOf } from './which-thing.js';

/** An administrator gives a Thing to another owner. */
export const move = operationOnThing({
  name: 'move',
  label: 'Move a claim',
  about: 'Gives a Thing to another owner at once, without asking either.',
  may: { thing: 'administer' },
  fields: { to: NEW_OWNER, history: HISTORY, reason: optional(REASON) },

  check: ({ to }, context) => newOwnerFaults(to, context),

  question({ to, history }, { thing }) {
    const { owner } = thing.ownership;
    const readings = history
      ? `All its readings go to ${to} for good; ${owner} keeps none.`
      : `Its readings so far do not go to ${to}; they are kept for a while in case it becomes ${owner}'s again.`;
    return `Take ${labelOf(thing)} from ${owner} and give it to ${to}? Its shares and its recording end, and it will be private. ${readings}`;
  },

  async run({ to, history, reason = '' }, { services, asker, thing }) {
    const { store, ids, clock, notifier } = services;
    const asked = { ownership: thing.ownership.id, from: asker.session, to, withHistory: history, reason };
    const circumstances = { now: clock.now(), freshId: ids.ownership(), noticeId: ids.notice() };
    const moved = await changeJoining(
      store.readings,
      (decide) => store.things.changeAt(thing.address, decide),
      (stored: Stored) => decideMove(stored, asked, circumstances),
    );
    if (typeof moved === 'string') return unjoinableOutcome(moved);
    switch (moved.outcome) {
      case 'moved':
        return done(`The Thing is ${to}'s now. Its id is ${moved.thing.ownership.id}.`, {
          facts: [{ name: 'thing', label: 'Thing', values: [moved.thing.ownership.id] }],
          after: () => notifier.wake(thing.address.jid),
        });
      case 'changed':
        return refused('The Thing is not there any more, or has another owner by now; nothing was changed.');
      default:
        return { outcome: 'faults', faults: unfitFaults(moved.outcome, to) };
    }
  },
});
