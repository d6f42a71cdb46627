#!/usr/bin/env node
import { Command } from 'commander';
import { readVersion } from '../version.js';
import { deviceCommand } from './device.js';
import { importCommand } from './import.js';
import { operationCommands } from './operation.js';
import { readCommand } from './read.js';
import { serveCommand } from './serve.js';

/** The `thingstead` command. Each subcommand is a file beside this one. */
const program = new Command('thingstead')
  .description('A Thing Registry (XEP-0347) and sensor data broker (XEP-0323) beside an XMPP server')
  .version(readVersion())
  .addCommand(serveCommand())
  .addCommand(deviceCommand())
  .addCommand(readCommand())
  .addCommand(importCommand());
// `read` has a command of its own, which shows values as they come.
const own = new Set(program.commands.map((command) => command.name()));
for (const command of operationCommands()) if (!own.has(command.name())) program.addCommand(command);

await program.parseAsync();
