import { limitsTable } from './limits-table.js';
import { operation } from './operation.js';
import { done } from './outcome.js';

const HOUR = 60 * 60 * 1000;

/** An administrator sees which limits are in force, and who comes near them. */
export const limits = operation({
  name: 'limits',
  label: 'Limits',
  about: 'Shows the limits that are in force, how much of each is in use, and who uses most.',
  may: 'administrator',
  fields: {},

  async run(_input, { services }) {
    const uses = await services.store.overview.uses(services.clock.now() - HOUR);
    const rows = limitsTable(services.limits(), services.retention).map(({ name, about, unit, limit, use }) => {
      const { total, greatest } = use?.(uses, services.load()) ?? {};
      const most = greatest === undefined ? '' : `${greatest.count} (${greatest.who})`;
      return [name, about, unit === '' ? String(limit) : `${limit} ${unit}`, String(total ?? ''), most];
    });
    const columns = COLUMNS.map(([name, label]) => ({ name, label }));
    return done(`${rows.length} limits.`, { table: { columns, rows } });
  },
});

const COLUMNS = [
  ['name', 'Name'],
  ['about', 'What it limits'],
  ['limit', 'Limit'],
  ['use', 'In use now'],
  ['most', 'The most of one'],
] as const;
