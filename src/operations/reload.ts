import { operation } from './operation.js';
import { done, refused, type Table } from './outcome.js';
import { type Reloaded, summaryOf } from './upkeep.js';

/** An administrator has the settings read again. */
export const reload = operation({
  name: 'reload',
  label: 'Reload the settings',
  about:
    'Reads the settings file again (and the environment that the process began with), and applies what can change while the component runs. If anything is wrong with it, nothing changes.',
  may: 'administrator',
  fields: {},

  async run(_input, { services, asker }) {
    const { upkeep, store, clock, domain } = services;
    const reloaded = upkeep.reload();
    const outcome = summaryOf(reloaded);
    await store.audit.append({ at: clock.now(), actor: asker.session, action: 'reload', subject: domain, outcome });
    if (reloaded.outcome === 'faults') return refused(`Nothing was changed. ${reloaded.faults.join(' ')}`);
    const { changed, waiting } = reloaded;
    if (changed.length + waiting.length === 0) return done('No setting has changed.');
    const warning = 'Some settings hold only after a restart.';
    return done(changed.length === 0 ? 'Nothing has changed yet.' : `${changed.length} changed.`, {
      table: tableOf(reloaded),
      ...(waiting.length > 0 && { warning }),
    });
  },
});

function tableOf({ changed, waiting }: Extract<Reloaded, { readonly outcome: 'done' }>): Table {
  const rowsOf = (changes: typeof changed, holds: string) =>
    changes.map(({ key, before, after }) => [key, before, after, holds]);
  return {
    columns: [
      { name: 'setting', label: 'Setting' },
      { name: 'before', label: 'Before' },
      { name: 'after', label: 'After' },
      { name: 'holds', label: 'Holds' },
    ],
    rows: [...rowsOf(changed, 'now'), ...rowsOf(waiting, 'after a restart')],
  };
}
