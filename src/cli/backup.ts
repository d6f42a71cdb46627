import type { Command } from 'commander';
import type { BackupFile } from '../domain/backup.js';
import { backUp } from '../maintenance/backup.js';
import { backup } from '../operations/backup.js';
import { ACCOUNT_KEYS } from './account-options.js';
import { WRONG } from './exit-status.js';
import { locally } from './locally.js';
import { failing } from './log-in.js';
import { type OperationOptions, operationCommands, runOperation } from './operation.js';
import { USUAL_FILE } from './settings-file.js';

interface LocalOptions {
  readonly config?: string;
  readonly force?: boolean;
  readonly pepper?: string;
}

type Options = LocalOptions & OperationOptions;

const HELP = `
With FILE it is written here and now, by the settings of the component, whether that runs or not; only the owner of
FILE can read it. Without, the component is asked, over one's account, to write one into its own folder.
The pepper is in no backup: what is in it is of no use to who finds a backup. Keep a copy of it, apart from them.`;

/** `thingstead backup [FILE]`: backs up the database into a file; without one it is the operation. */
export function backupCommand(): Command {
  const [command] = operationCommands([backup]);
  if (command === undefined) throw new Error('the operation backup has no command');
  return command
    .description('back up the database, whether the component runs or not')
    .helpGroup('The component:')
    .argument('[file]', 'where to')
    .option('--config <file>', `the settings file (${USUAL_FILE} here, if there is one)`)
    .option('--force', 'replace FILE where it is there')
    .option('--pepper <file>', 'copy the pepper as well, into this file of its own')
    .addHelpText('after', HELP)
    .action((file: string | undefined, options: Options) => (file === undefined ? ask(options) : write(file, options)));
}

async function ask(options: Options): Promise<void> {
  const local = (['config', 'force', 'pepper'] as const).filter((name) => options[name] !== undefined);
  if (local.length > 0) refuse(`${flags(local)} go with a FILE, which is not named`);
  await runOperation(backup, options);
}

async function write(file: string, options: Options): Promise<void> {
  const remote = ACCOUNT_KEYS.filter((name) => options[name] !== undefined);
  if (remote.length > 0) refuse(`${flags(remote)} do not go with a FILE, which is written here and without an account`);
  const { config, force = false, pepper, json = false } = options;
  await locally('backup', config, async (settings, signal) => {
    const made = await backUp(settings, file, { force, pepper, signal });
    return json ? `${JSON.stringify(made)}\n` : wordsOf(made, pepper);
  });
}

function wordsOf({ file, bytes, things, readings, schema }: BackupFile, pepper: string | undefined): string {
  const where =
    pepper === undefined
      ? 'The pepper is not in it: keep a copy of that elsewhere, once (--pepper FILE makes one).'
      : `The pepper is not in it, but in ${pepper}: keep that elsewhere.`;
  return `${file}: ${bytes} bytes, ${things} Things, ${readings} readings, schema ${schema}.\n${where}\n`;
}

function flags(names: readonly string[]): string {
  return names.map((name) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`).join(', ');
}

function refuse(why: string): never {
  return failing('backup')(WRONG, [why]);
}
