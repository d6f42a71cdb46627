import { Command } from 'commander';
import type { Finding } from '../domain/finding.js';
import { check } from '../maintenance/check.js';
import { NOT_DONE } from './exit-status.js';
import { readSettings, USUAL_FILE } from './settings-file.js';
import { shown } from './shown.js';

interface Options {
  readonly config?: string;
  readonly json?: boolean;
  readonly join: boolean;
}

const HELP = `
Nothing is changed. A line each: ok, warning, or FAULT, with which the exit status is 1.
Where the component runs, it is asked how it is, and the server is left alone. Where none runs on this database, the
server is joined for a moment: not if one runs elsewhere for the same domain, which --no-join says.`;

/** `thingstead check`: looks through the installation, and says what is wrong and what to do. */
export function checkCommand(): Command {
  return new Command('check')
    .description('look through settings, files, database and connection, and say what is wrong')
    .helpGroup('The component:')
    .option('--config <file>', `the settings file (${USUAL_FILE} here, if there is one)`)
    .option('--no-join', 'do not try whether the server takes the secret')
    .option('--json', 'print what was found as JSON')
    .addHelpText('after', HELP)
    .action(run);
}

async function run({ config: file, json = false, join }: Options): Promise<void> {
  const read = readSettings(file);
  const findings: Finding[] = [];
  for await (const finding of check(read, { join })) {
    findings.push(finding);
    // As it is found: a large database takes its time.
    if (!json) process.stdout.write(lineOf(finding));
  }
  const isFaulty = findings.some(({ level }) => level === 'fault');
  if (json) process.stdout.write(`${JSON.stringify({ ok: !isFaulty, findings })}\n`);
  if (isFaulty) process.exitCode = NOT_DONE;
}

const MARKS: Readonly<Record<Finding['level'], string>> = { ok: 'ok', warning: 'warning', fault: 'FAULT' };

function lineOf({ level, about, words, todo }: Finding): string {
  const end = /[.!?:]$/.test(words) || todo === undefined ? '' : '.';
  return `${MARKS[level].padEnd(7)}  ${about}: ${shown(words)}${end}${todo === undefined ? '' : ` ${todo}`}\n`;
}
