import { closeSync, openSync } from 'node:fs';
import { isatty } from 'node:tty';
import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import type { Config } from '../config.js';
import { UnusableData } from '../domain/ports.js';
import { createLiveSettings } from '../live-settings.js';
import { type Running, start, UnusableAddress } from '../main.js';
import { createRedaction } from '../redact.js';
import { readVersion } from '../version.js';
import { WRONG } from './exit-status.js';
import { createServiceManager, type ServiceManager } from './service-manager.js';
import { readSettings, USUAL_FILE } from './settings-file.js';

/** `thingstead serve`: runs the component until a signal asks it to stop. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run the component')
    .helpGroup('The component:')
    .option('--config <file>', `the settings file (${USUAL_FILE} here, if there is one)`)
    .action(serve);
}

async function serve({ config: file }: { readonly config?: string }): Promise<void> {
  const live = createLiveSettings(() => readSettings(file));
  if ('faults' in live) return refuse(live.faults);
  const { settings } = live;
  const log = createLog(settings.now);
  const starting = start(settings, log, readVersion());
  const manager = createServiceManager(process.env, (words) => log.warn({ why: words }, 'systemd could not be told'));
  obeySignals(starting, log, manager);
  try {
    const running = await starting;
    manager.ready(running.isReady);
  } catch (error) {
    if (!(error instanceof UnusableData || error instanceof UnusableAddress)) throw error;
    refuse([error.message]);
  }
}

function createLog({ logLevel, logRedact }: Pick<Config, 'logLevel' | 'logRedact'>): Logger {
  const out = pino.destination(2);
  if (logRedact === 'off') return pino({ level: logLevel }, out);
  const redact = createRedaction();
  return pino({ level: logLevel }, { write: (line) => void out.write(redact(line)) });
}

/** A signal that comes while the component starts is obeyed when it has. */
function obeySignals(starting: Promise<Running>, log: Logger, manager: ServiceManager): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    try {
      const running = await starting;
      log.info({}, 'stopping');
      manager.stopping();
      await running.stop();
      process.exit(0);
    } catch (error) {
      log.fatal({ err: error }, 'could not stop in order');
      process.exit(1);
    }
  };
  const reload = async (): Promise<void> => {
    if (!stopping) (await starting).reload();
  };
  const hadTerminal = hasTerminal();
  const logsToTerminal = isatty(2);
  const hangUp = (): Promise<void> => {
    // It means two things: that the terminal has closed, which asks to stop, too; else that settings are to be read again.
    if (!hadTerminal || hasTerminal()) return reload();
    if (logsToTerminal) log.level = 'silent'; // to write where nothing is any more would fail
    return stop();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop());
  process.on('SIGHUP', () => void hangUp());
}

/** Whether there is a terminal that the process would end with. */
function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

function refuse(faults: readonly string[]): void {
  process.stderr.write(`thingstead cannot start:\n${faults.map((fault) => `- ${fault}\n`).join('')}`);
  process.exit(WRONG);
}
