import { Command, Option } from 'commander';
import { type CommandOutcome, runCommand } from '../client/index.js';
import { OPERATIONS } from '../operations/index.js';
import type { Operation } from '../operations/operation.js';
import { type AccountOptions, addAccountOptions } from './account-options.js';
import { INTERRUPTED, NOT_DONE, WRONG } from './exit-status.js';
import { OF_SECRETS, optionsOf, valuesOf } from './field-options.js';
import { failing, logIn } from './log-in.js';
import { operationAddress } from './operation-address.js';
import { reportOf } from './operation-output.js';
import { confirmed, type Terminal, terminal } from './terminal.js';

export interface OperationOptions extends AccountOptions {
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
  const command = new Command(operation.name).description(operation.about).helpGroup(groupOf(operation));
  if (operation.on === 'thing') {
    command.option('--thing <thing>', "its id at the registry, its address there, or the device's JID");
  }
  const fields = Object.entries(operation.fields);
  for (const [name, field] of fields) for (const option of optionsOf(name, field)) command.addOption(option);
  if (operation.isDangerous) command.option('--yes', 'do not ask again');
  if (fields.some(([, { isSecret }]) => isSecret)) command.addHelpText('after', OF_SECRETS);
  return addAccountOptions(command.option('--json', 'print what comes of it as JSON'))
    .addOption(
      new Option('--registry <jid>', "the registry's address; looked for at the account's server otherwise").helpGroup(
        'Account:',
      ),
    )
    .action((options: OperationOptions) => runOperation(operation, options));
}

/** Its place in `thingstead --help`. */
function groupOf({ on, may }: Operation): string {
  if (may === 'administrator' || (typeof may === 'object' && may.thing === 'administer')) {
    return 'Operations for administrators:';
  }
  return on === 'thing' ? 'Operations on a Thing:' : 'Operations for everyone:';
}

/** Runs an operation over the account that the options name, and prints what comes of it. */
export async function runOperation(operation: Operation, options: OperationOptions): Promise<void> {
  process.once('SIGINT', () => process.exit(INTERRUPTED));
  const at = terminal();
  const values = await valuesOf(operation, options, at).catch((error: unknown) =>
    failing(operation.name)(WRONG, [error instanceof Error ? error.message : String(error)]),
  );
  const { client, registry } = await logIn(operation.name, options);
  try {
    const address = await operationAddress(client, operation, registry, options.thing);
    const confirm = options.yes === true || (at !== undefined && asking(at));
    // Which Thing is never left to a form that has one filled in already: nobody has seen it.
    const which = operation.on === 'thing' ? { thing: [] } : {};
    const how = { values: { ...which, ...values }, confirm };
    const outcome: CommandOutcome = address.ok
      ? await runCommand(client, address.value, `thingstead:${operation.name}`, how)
      : { kind: 'refused', ...address };
    print(operation, outcome, options, at);
  } finally {
    await client.stop();
  }
}

function asking(at: Terminal): (question: string) => Promise<boolean> {
  return (question) => confirmed(at, question);
}

function print(
  { name }: Operation,
  outcome: CommandOutcome,
  { json, yes }: OperationOptions,
  at: Terminal | undefined,
): void {
  if (outcome.kind === 'unconfirmed' && at !== undefined && yes !== true) {
    process.stderr.write('Nothing was done.\n');
    process.exitCode = NOT_DONE;
    return;
  }
  const { out, err, status } = reportOf(name, outcome, json === true ? 'json' : 'text');
  process.stdout.write(out);
  process.stderr.write(err);
  process.exitCode = status;
}
