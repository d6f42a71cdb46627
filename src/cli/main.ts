#!/usr/bin/env node
import { createProgram } from './program.js';

// Who reads what is printed may have seen enough of it: `thingstead things | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

await createProgram().parseAsync();
