import { operation } from './operation.js';
import { done } from './outcome.js';

/** How long one purge may take, in ms: clients wait for an answer no longer than they do. */
const LONGEST_MS = 4000;
/** Rows that go in one step, at most. */
const STEP_ROWS = 1000;

/** An administrator has deleted now what is past keeping, and would go by itself. */
export const purge = operation({
  name: 'purge',
  label: 'Purge now',
  about:
    'Deletes now what is past keeping and would go by itself in the next minutes: what belongs to ownerships that ended long ago, readings and entries of the audit trail past their time, and what was erased.',
  may: 'administrator',
  fields: {},

  async run(_input, { services, asker }) {
    const { store, clock } = services;
    const began = clock.now();
    let isMore = await store.purge(STEP_ROWS);
    while (isMore && clock.now() - began < LONGEST_MS) {
      isMore = await store.purge(STEP_ROWS);
    }
    const now = clock.now();
    const outcome = isMore ? 'more is left' : 'done';
    await store.audit.append({ at: now, actor: asker.session, action: 'purge', subject: '', outcome });
    const took = `It took ${((now - began) / 1000).toFixed(1)} s.`;
    return isMore
      ? done(took, { warning: 'More is past keeping; it goes by itself in the next minutes.' })
      : done(`Nothing is left that is past keeping. ${took}`);
  },
});
