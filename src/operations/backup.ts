import type { BackedUp } from '../domain/backup.js';
import type { Context } from './context.js';
import { operation } from './operation.js';
import { done, type Outcome, refused } from './outcome.js';
import { within } from './within.js';

/** An administrator has a backup made now. */
export const backup = operation({
  name: 'backup',
  label: 'Back up now',
  about:
    'Copies the whole database to a file on the machine of the component, checks the copy, and deletes the oldest copies beyond those to be kept. The pepper of claims is not in it.',
  may: 'administrator',
  fields: {},

  async run(_input, context) {
    const { services } = context;
    const making = services.upkeep.backUp();
    const noted = making.then(async (made) => {
      if (made.outcome !== 'under-way') await note(made, context);
      return made;
    });
    noted.catch(services.onFault);
    const made = await within(noted, services.timers);
    if (made === undefined) {
      return done('The backup is being made and goes on. The log and the audit trail tell when it is done.');
    }
    return outcomeOf(made);
  },
});

function note(made: Exclude<BackedUp, { readonly outcome: 'under-way' }>, { services, asker }: Context): Promise<void> {
  const at = services.clock.now();
  const outcome = made.outcome === 'done' ? `${made.file}, ${made.bytes} bytes` : `failed: ${made.why}`;
  return services.store.audit.append({
    at,
    actor: asker.session,
    action: 'backup',
    subject: services.domain,
    outcome,
  });
}

function outcomeOf(made: BackedUp): Outcome {
  switch (made.outcome) {
    case 'done': {
      const { file, bytes, ms, deleted } = made;
      return done('The backup is made.', {
        facts: [
          { name: 'file', label: 'File', values: [file] },
          { name: 'bytes', label: 'Bytes', values: [String(bytes)] },
          { name: 'seconds', label: 'Seconds', values: [(ms / 1000).toFixed(1)] },
          { name: 'deleted', label: 'Older ones deleted', values: [String(deleted)] },
        ],
      });
    }
    case 'under-way':
      return refused('A backup is being made already; wait until it is done.');
    case 'failed':
      return refused(`No backup could be made: ${made.why}`);
  }
}
