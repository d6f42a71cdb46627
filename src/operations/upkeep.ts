import type { BackedUp } from '../domain/backup.js';

/** What administrators do to the process that the component runs in. */
export interface Upkeep {
  /** From which level on the log is written. */
  readonly logLevel: LogLevel;
  /** Holds until the process ends, or another level is set. */
  setLogLevel(level: LogLevel): void;
  /** Reads the settings again, and applies those that can change while the component runs. */
  reload(): Reloaded;
  /** Makes a backup of the store; the log tells of it, too. */
  backUp(): Promise<BackedUp>;
}

/** Levels of the log, the most quiet first, in words. */
export const LOG_LEVELS = {
  silent: 'Nothing',
  fatal: 'What ends the process',
  error: 'What failed',
  warn: 'What is to be watched out for',
  info: 'What happens',
  debug: 'What happens, in detail',
  trace: 'Everything',
} as const;
export type LogLevel = keyof typeof LOG_LEVELS;

export type Reloaded =
  /** What is wrong, in words and without secrets. Nothing was changed. */
  | { readonly outcome: 'faults'; readonly faults: readonly string[] }
  | {
      readonly outcome: 'done';
      /** What holds now. */
      readonly changed: readonly SettingChange[];
      /** What is written otherwise than it holds, and needs a restart. */
      readonly waiting: readonly SettingChange[];
    };

/** A setting as it was written and as it is. Of one that is secret there are no values here. */
export interface SettingChange {
  readonly key: string;
  readonly before: string;
  readonly after: string;
}

/** Which settings it was about, for the audit trail and the log: their keys, and no value. */
export function summaryOf(reloaded: Reloaded): string {
  if (reloaded.outcome === 'faults') return `refused; faults: ${reloaded.faults.length}`;
  const keys = (changes: readonly SettingChange[]) => changes.map(({ key }) => key).join(', ') || 'none';
  return `changed: ${keys(reloaded.changed)}; waiting for a restart: ${keys(reloaded.waiting)}`;
}
