import { Command, Option } from 'commander';
import { type CommandOutcome, type CommandValues, createClient, runCommand } from '../client/index.js';
import type { FieldDescription } from '../operations/field.js';
import { OPERATIONS } from '../operations/index.js';
import type { Operation } from '../operations/operation.js';
import { type AccountOptions, addAccountOptions, readAccount } from './account-options.js';
import { NOT_DONE, reportOf, WRONG } from './operation-output.js';
import { findAddress } from './read/find-address.js';

interface Options extends AccountOptions {
  readonly registry?: string;
  readonly thing?: string;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly [field: string]: unknown;
}

/** A command for each operation: `thingstead record`, run over one's own XMPP account (XEP-0050). */
export function operationCommands(operations: readonly Operation[] = OPERATIONS): readonly Command[] {
  return operations.map(commandOf);
}

function commandOf(operation: Operation): Command {
  const command = addAccountOptions(new Command(operation.name).description(operation.about));
  if (operation.on === 'thing') {
    command.option('--thing <thing>', "its id at the registry, its address there, or the device's JID");
  }
  for (const [name, field] of Object.entries(operation.fields)) command.addOption(optionOf(name, field));
  if (operation.isDangerous) command.option('--yes', 'do not ask again');
  return command
    .option('--registry <jid>', "the registry's address; looked for at the account's server otherwise")
    .option('--json', 'print what comes of it as JSON')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : WRONG))
    .action((options: Options) => run(operation, options));
}

/** What a field holds unless it is given is the component's to say: it knows what there is at present. */
function optionOf(name: string, { type, label, description, options = [] }: FieldDescription): Option {
  const isMultiple = type === 'list-multi';
  const choices = options.length > 0 ? ` (${options.map(({ value }) => value).join(', ')})` : '';
  const about = `${label}. ${description}${choices}`;
  return new Option(`--${name} <${name}${isMultiple ? '...' : ''}>`, about);
}

async function run(operation: Operation, options: Options): Promise<void> {
  const account = readAccount(options, process.env);
  if ('faults' in account) fail(operation, WRONG, account.faults);
  const { registry } = options;
  const client = attempt(operation, () => createClient({ account, ...(registry !== undefined && { registry }) }));
  const started = await client.start();
  if (!started.ok) fail(operation, NOT_DONE, [started.why]);
  try {
    const { thing } = options;
    const address = await (thing === undefined ? client.findRegistry() : findAddress(client, thing));
    const how = { values: valuesOf(operation, options), confirm: options.yes === true };
    const outcome: CommandOutcome = address.ok
      ? await runCommand(client, address.value, `thingstead:${operation.name}`, how)
      : { kind: 'refused', why: address.why };
    const { out, err, status } = reportOf(operation.name, outcome, options.json === true ? 'json' : 'text');
    process.stdout.write(out);
    process.stderr.write(err);
    process.exitCode = status;
  } finally {
    await client.stop();
  }
}

function valuesOf({ fields }: Operation, options: Options): CommandValues {
  const given = Object.keys(fields).flatMap((name): [string, readonly string[]][] => {
    const value = options[name];
    if (value === undefined) return [];
    return [[name, Array.isArray(value) ? value.map(String) : [String(value)]]];
  });
  return Object.fromEntries(given);
}

function attempt<T>(operation: Operation, make: () => T): T {
  try {
    return make();
  } catch (error) {
    return fail(operation, WRONG, [error instanceof Error ? error.message : String(error)]);
  }
}

function fail({ name }: Operation, status: number, faults: readonly string[]): never {
  process.stderr.write(`thingstead ${name} cannot run:\n${faults.map((fault) => `- ${fault}\n`).join('')}`);
  process.exit(status);
}
