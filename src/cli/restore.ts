import { Command } from 'commander';
import type { Restored } from '../domain/backup.js';
import { restore } from '../maintenance/backup.js';
import { locally } from './locally.js';
import { USUAL_FILE } from './settings-file.js';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
}

const HELP = `
The component has to be stopped: its database is refused while it is in use. FILE is checked before anything is
done, and is only read. The present database is kept aside under another name; nothing is deleted.`;

/** `thingstead restore FILE`: puts a backup in the place of the database. */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('put a backup in the place of the database, which is kept aside')
    .helpGroup('The component:')
    .argument('<file>', 'the backup')
    .option('--config <file>', `the settings file (${USUAL_FILE} here, if there is one)`)
    .option('--json', 'print what was done as JSON')
    .addHelpText('after', HELP)
    .action((file: string, { config, json = false }: Options) =>
      locally('restore', config, async (settings, signal) => {
        const done = await restore(settings, file, signal);
        return json ? `${JSON.stringify(done)}\n` : wordsOf(file, settings.database, done);
      }),
    );
}

function wordsOf(backup: string, database: string, done: Restored): string {
  const { things, readings, schema, known, aside, isUnproven, damage } = done;
  const lines = [
    `${database} is what ${backup} has: ${things} Things, ${readings} readings, schema ${schema}.`,
    aside === undefined ? 'Nothing was there before.' : `What was there before is kept as ${aside}.`,
    ...(schema < known ? [`The next start brings it to schema ${known}.`] : []),
    ...(isUnproven ? ['The backup has no checksum: that it is what it was when it was made is not known.'] : []),
    ...damage.slice(0, 5).map((words) => `Damaged when the backup was made: ${words}.`),
    'What was written after the backup is not in it, blocks and shares included. Run thingstead check, and start.',
  ];
  return lines.map((line) => `${line}\n`).join('');
}
