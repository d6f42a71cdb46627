import type { Config } from '../config.js';
import { UnusableData } from '../domain/ports.js';
import { INTERRUPTED, NOT_DONE, WRONG } from './exit-status.js';
import { failing } from './log-in.js';
import { readSettings } from './settings-file.js';

/**
 * Runs a command on the data of the component whose settings are here. What it cannot do ends it in words; when it is
 * interrupted it breaks off what it does, which leaves nothing half done.
 *
 * @param settingsFile the settings file; the usual one unless named.
 */
export async function locally(
  command: string,
  settingsFile: string | undefined,
  work: (config: Config, signal: AbortSignal) => Promise<string>,
): Promise<void> {
  const read = readSettings(settingsFile);
  if ('faults' in read) return failing(command)(WRONG, read.faults);
  const interruption = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interruption.abort());
  try {
    process.stdout.write(await work(read.config, interruption.signal));
  } catch (error) {
    if (interruption.signal.aborted) process.exit(INTERRUPTED);
    if (!(error instanceof UnusableData)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = NOT_DONE;
  }
}
