import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import { readConfig } from '../config.js';
import { UnusableData } from '../domain/ports.js';
import { type Running, start, UnusableAddress } from '../main.js';
import { readVersion } from '../version.js';

const USUAL_FILE = 'thingstead.yml';
/** Exit status for a setting that is wrong. */
const WRONG_SETTING = 2;

/** `thingstead serve`: runs the component until a signal asks it to stop. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('run the component')
    .option('--config <file>', `the settings file (${USUAL_FILE} here, if there is one)`)
    .action(serve);
}

async function serve({ config: file }: { readonly config?: string }): Promise<void> {
  const read = readConfig(process.env, readSettings(file));
  if ('faults' in read) return refuse(read.faults);
  const { config } = read;
  const log = pino({ level: config.logLevel }, pino.destination(2));
  const starting = start(config, log, readVersion());
  stopOnSignals(starting, log);
  try {
    await starting;
  } catch (error) {
    if (!(error instanceof UnusableData || error instanceof UnusableAddress)) throw error;
    refuse([error.message]);
  }
}

/** A terminal that closes asks to stop, too. A signal that comes while the component starts is obeyed when it has. */
function stopOnSignals(starting: Promise<Running>, log: Logger): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    try {
      const running = await starting;
      log.info({}, 'stopping');
      await running.stop();
      process.exit(0);
    } catch (error) {
      log.fatal({ err: error }, 'could not stop in order');
      process.exit(1);
    }
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stop());
}

function readSettings(file: string | undefined): string | undefined {
  if (file === undefined && !existsSync(USUAL_FILE)) return undefined;
  try {
    return readFileSync(file ?? USUAL_FILE, 'utf8');
  } catch (error) {
    refuse([
      `the settings file ${file ?? USUAL_FILE} cannot be read: ${error instanceof Error ? error.message : error}`,
    ]);
    return undefined;
  }
}

function refuse(faults: readonly string[]): void {
  process.stderr.write(`thingstead cannot start:\n${faults.map((fault) => `- ${fault}\n`).join('')}`);
  process.exit(WRONG_SETTING);
}
