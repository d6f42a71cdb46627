import { Command } from 'commander';
import { readVersion } from '../version.js';
import { backupCommand } from './backup.js';
import { checkCommand } from './check.js';
import { completionCommand } from './completion.js';
import { deviceCommand } from './device.js';
import { EXIT_STATUSES, WRONG } from './exit-status.js';
import { exportCommand } from './export.js';
import { importCommand } from './import.js';
import { onlyOnce } from './only-once.js';
import { operationCommands } from './operation.js';
import { readCommand } from './read.js';
import { restoreCommand } from './restore.js';
import { serveCommand } from './serve.js';

/** The `thingstead` command with all its subcommands, each a file beside this one. */
export function createProgram(): Command {
  const program = new Command('thingstead')
    .description('A Thing Registry (XEP-0347) and sensor data broker (XEP-0323) beside an XMPP server')
    .version(readVersion())
    .commandsGroup('Help:')
    .addCommand(serveCommand())
    .addCommand(backupCommand())
    .addCommand(restoreCommand())
    .addCommand(checkCommand())
    .addCommand(deviceCommand())
    .addCommand(readCommand());
  for (const command of operations()) program.addCommand(command);
  program.addCommand(completionCommand(() => program)).addHelpText('after', `\n${exitStatuses()}`);
  mindFaults(program);
  return program;
}

/** Some operations have a command of their own in place of the general one: values as they come, a file of any length. */
function operations(): readonly Command[] {
  const own = [
    exportCommand().helpGroup('Operations for everyone:'),
    importCommand().helpGroup('Operations for administrators:'),
  ];
  const names = new Set(['read', 'backup', ...own.map((command) => command.name())]);
  return [...operationCommands().filter((command) => !names.has(command.name())), ...own];
}

/** What is wrong with a command line exits alike everywhere; and what it says might be a secret in the wrong place. */
function mindFaults(command: Command): void {
  onlyOnce(command);
  command
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : WRONG))
    .configureOutput({ outputError: (text, write) => write(text.replace(/('--[^'=\s]+)=[^\n]*'/, "$1=...'")) });
  for (const each of command.commands) mindFaults(each);
}

function exitStatuses(): string {
  const lines = EXIT_STATUSES.map(([status, meaning]) => `  ${String(status).padEnd(4)} ${meaning}`);
  return ['Exit statuses:', ...lines].join('\n');
}
