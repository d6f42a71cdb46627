import { Command, Option } from 'commander';
import type { Client, CommandValues } from '../client/index.js';
import { type AccountOptions, addAccountOptions } from './account-options.js';
import { INTERRUPTED, NOT_DONE, WRONG } from './exit-status.js';
import { exportAudit } from './export/audit.js';
import { type Output, openOutput } from './export/output.js';
import { ExportFault } from './export/pages.js';
import { exportReadings } from './export/readings.js';
import { exportThings } from './export/things.js';
import { failing, logIn } from './log-in.js';
import { shown } from './shown.js';

interface Options extends AccountOptions {
  readonly format: 'csv' | 'jsonl' | 'xml';
  readonly output?: string;
}

const FORMATS = ['csv', 'jsonl', 'xml'] as const;
const fail = failing('export');

/** `thingstead export`: writes Things, readings or the audit trail to a file or standard output. */
export function exportCommand(): Command {
  const things = subcommand('things', 'your Things, in a form that can be imported; without their KEYs').option(
    '--all',
    'those of everybody; for administrators',
  );
  const readings = subcommand('readings', 'what the registry has kept of a Thing')
    .requiredOption('--thing <thing>', "its id at the registry, its address there, or the device's JID")
    .option('--from <time>', 'since then: 2026-11-21 or 2026-11-21T13:45:00Z', readTime)
    .option('--until <time>', 'until then; both are included', readTime)
    .option('--field <name...>', 'only these fields');
  const audit = subcommand(
    'audit',
    'the audit trail, the newest entry first: all for administrators, or what concerns you',
  )
    .option('--from <time>', 'since then', readTime)
    .option('--until <time>', 'until then', readTime)
    .option('--actor <jid>', 'what this one did')
    .option('--thing <id>', 'what was done to this Thing')
    .option('--action <action>', 'only this');
  return new Command('export')
    .description('write Things, readings or the audit trail to a file or standard output')
    .addCommand(things.action((options: Options & { all?: boolean }) => run(options, toThings(options))))
    .addCommand(readings.action((options: ReadingsOptions) => run(options, toReadings(options))))
    .addCommand(audit.action((options: AuditOptions) => run(options, toAudit(options))));
}

const HELP = `
A file gets its name when it is whole, and only its owner can read it.
CSV is quoted where RFC 4180 needs it and otherwise exactly what was stored: a cell may begin with = + - or @, which some
spreadsheets take for a formula. Import it there as text, if others can write what is in it.`;

function subcommand(name: string, about: string): Command {
  return addAccountOptions(new Command(name).description(about))
    .addOption(new Option('--format <format>', 'how to write it').choices(FORMATS).default('csv'))
    .option('--output <file>', 'where to; to standard output otherwise')
    .option('--registry <jid>', "the registry's address; looked for at the account's server otherwise")
    .addHelpText('after', HELP);
}

function readTime(text: string): Date {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? fail(WRONG, [`"${text}" is no time; use one like 2026-11-21T13:45:00Z`]) : time;
}

interface ReadingsOptions extends Options {
  readonly thing: string;
  readonly from?: Date;
  readonly until?: Date;
  readonly field?: readonly string[];
}

interface AuditOptions extends Options {
  readonly from?: Date;
  readonly until?: Date;
  readonly actor?: string;
  readonly thing?: string;
  readonly action?: string;
}

type Export = (found: { readonly client: Client; readonly registry: string }, out: Output) => Promise<void>;

function toThings({ all = false, format }: Options & { readonly all?: boolean }): Export {
  return (found, out) => exportThings({ ...found, all, format }, out);
}

function toReadings({ thing, from, until, field, format }: ReadingsOptions): Export {
  const options = { ...(from && { from }), ...(until && { to: until }), ...(field && { fields: field }) };
  return ({ client }, out) => exportReadings({ client, thing, options, format }, out);
}

function toAudit({ from, until, actor, thing, action, format }: AuditOptions): Export {
  const given = { from: from?.toISOString(), until: until?.toISOString(), actor, thing, action };
  const values: CommandValues = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, [value]]])),
  );
  return (found, out) => exportAudit({ ...found, values, format }, out);
}

async function run(options: Options, write: Export): Promise<void> {
  const found = await logIn('export', options);
  const out = openOutput(options.output);
  const interrupted = (): void => void out.abandon().then(() => process.exit(INTERRUPTED));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    await write(found, out);
    await out.finish();
  } catch (error) {
    await out.abandon();
    if (!(error instanceof ExportFault || isFileFault(error))) throw error;
    process.stderr.write(`${shown(error.message)}\n`);
    process.exitCode = error instanceof ExportFault ? error.status : NOT_DONE;
  } finally {
    await found.client.stop();
  }
}

/** The disk is full, or the like. */
function isFileFault(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}
