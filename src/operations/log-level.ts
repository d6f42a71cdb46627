import { choice } from './field.js';
import { operation } from './operation.js';
import { done } from './outcome.js';
import { LOG_LEVELS, type LogLevel } from './upkeep.js';

/** An administrator says how much is logged, until the process ends. */
export const logLevel = operation({
  name: 'log-level',
  label: 'Log more or less',
  about:
    'Says from which level on the log is written. It takes effect at once and holds until the component is restarted; the setting logLevel is what it begins with.',
  may: 'administrator',
  fields: {
    level: choice<LogLevel>(
      { label: 'Level', description: 'From here on; each includes those above it.' },
      Object.entries(LOG_LEVELS).map(([value, label]) => ({ value, label: `${value}: ${label}` })),
    ),
  },
  present: async ({ services }) => ({ values: new Map([['level', [services.upkeep.logLevel]]]) }),

  async run({ level }, { services, asker }) {
    const { upkeep, store, clock, domain } = services;
    const before = upkeep.logLevel;
    if (before === level) return done(`The log is written from ${level} on already.`);
    upkeep.setLogLevel(level);
    const outcome = `${before} to ${level}`;
    await store.audit.append({ at: clock.now(), actor: asker.session, action: 'log-level', subject: domain, outcome });
    return done(`The log is written from ${level} on, until the component is restarted.`);
  },
});
