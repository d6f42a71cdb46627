import type { Backups } from './domain/backup.js';
import type { LiveSettings } from './live-settings.js';
import { type Reloaded, summaryOf, type Upkeep } from './operations/upkeep.js';
import type { LogLevel } from './settings.js';
import type { Log } from './xmpp/log.js';

/** A log of which one says how much it writes: a pino logger. */
export interface AdjustableLog extends Log {
  level: string;
  /** Whether it writes anything of this level. */
  isLevelEnabled(level: string): boolean;
}

/** Carries out what administrators do to the process, and notes it in the log. */
export function createUpkeep(settings: LiveSettings, log: AdjustableLog, backups: Backups): Upkeep {
  let logLevel: LogLevel = settings.now.logLevel;

  function setLogLevel(level: LogLevel): void {
    logLevel = level;
    log.level = level;
  }

  function reload(): Reloaded {
    const before = settings.now;
    const reloaded = settings.reload();
    if (reloaded.outcome === 'faults')
      log.error({ faults: reloaded.faults }, 'the settings have faults; none was changed');
    else log.info({ outcome: summaryOf(reloaded) }, 'the settings were read again');
    if (settings.now.logLevel !== before.logLevel) setLogLevel(settings.now.logLevel);
    return reloaded;
  }

  return {
    get logLevel() {
      return logLevel;
    },
    setLogLevel,
    reload,
    async backUp() {
      const made = await backups.make();
      if (made.outcome === 'done') log.info({ ...made }, 'a backup was made');
      if (made.outcome === 'failed') log.error({ why: made.why }, 'no backup could be made');
      return made;
    },
  };
}
