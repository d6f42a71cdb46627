import { Command } from 'commander';
import { type AccountOptions, addAccountOptions } from './account-options.js';
import { FORBIDDEN, INTERRUPTED, NOT_DONE, WRONG } from './exit-status.js';
import { digestOf, type Progress, readJournal, removeJournal } from './import/journal.js';
import { readerOf } from './import/read-file.js';
import { openReport } from './import/report.js';
import { runImport } from './import/run-import.js';
import type { Ended, LineResult } from './import/send.js';
import { failing, logIn } from './log-in.js';
import { shown } from './shown.js';

interface Options extends AccountOptions {
  readonly dryRun?: boolean;
  readonly report?: string;
  readonly journal?: string;
  readonly restart?: boolean;
}

const fail = failing('import');

/** `thingstead import`: registers many Things, or claims them for their owners, from a file; for administrators. */
export function importCommand(): Command {
  return addAccountOptions(
    new Command('import').description('register Things before they come, or claim them for their owners, from a file'),
  )
    .argument('<file>', 'of Things: .csv, .jsonl or .xml')
    .option('--dry-run', 'only say what would be done')
    .option('--report <file>', 'tell of every line there: .csv, or else JSON lines')
    .option('--journal <file>', 'where it is kept how far this has come; beside the file otherwise')
    .option('--restart', 'begin at the first line again')
    .option('--registry <jid>', "the registry's address; looked for at the account's server otherwise")
    .addHelpText('after', HELP)
    .action(run);
}

const HELP = `
CSV: the first line names the columns jid, nodeId, sourceId, cacheType, owner, public (true or false) and key; every other
column is a tag, a numeric one with a hash sign before its name: jid,owner,key,SN,#LAT. An empty cell is none.
JSON lines: {"jid": "meter7@example.org", "owner": "anna@example.org", "key": "4857", "tags": {"SN": "39487", "#LAT": "59.30"}}
XML: <things><thing jid='meter7@example.org' key='4857'><str name='SN' value='39487'/><num name='LAT' value='59.30'/></thing></things>

A Thing without owner waits for the one who presents its tags and KEY. What has an owner already stays as it is.
A line that is wrong is told of, and the rest goes on. After an interruption the same command goes on where it was.
A file that was imported whole is imported again, the lines that were refused too, with --restart alone.
The exit status is 0 if all was done, 1 if something was not, 2 if the file cannot be read to its end.`;

async function run(file: string, options: Options): Promise<void> {
  const read = readerOf(file);
  if (read === undefined) return fail(WRONG, [`${file} is to end with .csv, .jsonl or .xml`]);
  const digest = await digestOf(file).catch((error: Error) =>
    fail(WRONG, [`${file} cannot be read: ${error.message}`]),
  );
  const isDry = options.dryRun === true;
  const journal = options.journal ?? `${file}.thingstead-import`;
  if (!isDry && options.restart === true) removeJournal(journal);
  const before = isDry ? undefined : attempt(() => readJournal(journal));
  if (before !== undefined && before.file !== digest) {
    return fail(WRONG, [
      `${file} was changed since line ${before.line} of it was imported; use --restart to begin anew`,
    ]);
  }
  if (before?.isWhole === true) {
    process.stderr.write(
      `${file} was imported whole before, at ${before.registry}; use --restart to import it again.\n`,
    );
    process.exitCode = conclude(file, { kind: 'whole' }, before, isDry);
    return;
  }
  const { client, registry } = await logIn('import', options);
  const from = before ?? { file: digest, registry, line: 0, done: 0, unchanged: 0, refused: 0 };
  if (from.registry !== registry) {
    return fail(WRONG, [
      `${journal} is of the registry ${from.registry}; use --journal with another file, or --restart`,
    ]);
  }
  const report = attempt(() =>
    options.report === undefined ? undefined : openReport(options.report, before !== undefined),
  );
  const { ended, progress } = await runImport({
    client,
    records: read(),
    from,
    isDry,
    ...(!isDry && { journal }),
    ...(report !== undefined && { report }),
    complain: (result) => process.stdout.write(`${shown(complaint(file, result))}\n`),
    signal: interruption(),
  });
  report?.close();
  await client.stop();
  process.exitCode = conclude(file, ended, progress, isDry);
}

function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    return fail(WRONG, [error instanceof Error ? error.message : String(error)]);
  }
}

/** The first Ctrl-C lets what is under way end; the second ends this at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => controller.abort());
  return controller.signal;
}

function complaint(file: string, { line, outcome, why }: LineResult): string {
  return `${file}:${line}: ${outcome}: ${why}`;
}

/** Says how it ended. @returns the exit status. */
function conclude(file: string, ended: Ended, { line, done, unchanged, refused }: Progress, isDry: boolean): number {
  process.stdout.write(`${done} ${isDry ? 'would be done' : 'done'}, ${unchanged} unchanged, ${refused} refused.\n`);
  const goOn = isDry ? '' : ` Run this again to go on after line ${line}.`;
  switch (ended.kind) {
    case 'whole':
      return refused === 0 ? 0 : NOT_DONE;
    case 'interrupted':
      process.stderr.write(`Interrupted.${goOn}\n`);
      return INTERRUPTED;
    case 'failed':
      process.stderr.write(`${shown(ended.why)}${goOn}\n`);
      return ended.isForbidden ? FORBIDDEN : NOT_DONE;
    case 'broken':
      process.stderr.write(`${shown(`${file}:${ended.line}: ${ended.why}`)}\n`);
      return WRONG;
  }
}
