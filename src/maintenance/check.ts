import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Config, SettingsRead } from '../config.js';
import type { Finding } from '../domain/finding.js';
import { hasPepper } from '../store/pepper.js';
import { checkDatabase, claimableThings } from '../store/sqlite/index.js';
import { checkConnection } from './check-connection.js';

export interface CheckOptions {
  /** Whether the server may be joined where no component runs. */
  readonly join: boolean;
}

/**
 * Looks through the installation of a component, which may run meanwhile, and changes nothing.
 *
 * @returns what was found, as it is found.
 */
export async function* check(read: SettingsRead, options: CheckOptions): AsyncGenerator<Finding> {
  if ('faults' in read) {
    for (const words of read.faults) yield { level: 'fault', about: 'settings', words };
    yield { level: 'warning', about: 'settings', words: 'nothing else was looked at', todo: 'Set them right first.' };
    return;
  }
  const { config } = read;
  yield { level: 'ok', about: 'settings', words: 'all can be used, and the secret is for this user alone' };
  yield pepper(config);
  yield* database(config);
  yield* checkConnection(config, options.join);
}

/** Without it, those who have a KEY cannot claim what they own. */
function pepper({ pepper: source, database: file }: Config): Finding {
  const about = 'pepper';
  try {
    if (hasPepper(source)) return { level: 'ok', about, words: 'it is there, for this user alone' };
  } catch (error) {
    return { level: 'fault', about, words: error instanceof Error ? error.message : String(error) };
  }
  const name = 'file' in source ? source.file : '';
  const things = existsSync(file) ? claimableThings(file) : 0;
  if (things === 0) return { level: 'ok', about, words: `there is none yet; the next start makes ${name}` };
  return {
    level: 'fault',
    about,
    words: `there is no ${name}, and ${things} Things that nobody has claimed can be claimed by it alone`,
    todo: 'Put it back before the next start, which makes another one: then these Things have to register again.',
  };
}

function* database({ database: file }: Config): Generator<Finding> {
  const about = 'database';
  if (!existsSync(file)) {
    const folder = dirname(file);
    yield existsSync(folder)
      ? { level: 'warning', about, words: `there is none yet; the next start makes ${file}` }
      : { level: 'fault', about, words: `the directory ${folder} does not exist`, todo: 'Create it, or name another.' };
    return;
  }
  if (isOpen(file)) {
    yield { level: 'fault', about, words: `others may read ${file}, or write it`, todo: `Run: chmod 600 ${file}` };
  }
  yield* checkDatabase(file);
}

function isOpen(file: string): boolean {
  return process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
}
