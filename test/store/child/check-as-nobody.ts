// Looks into databases as a user who may only read them, and says what is in them, or what is wrong.
import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { checkDatabase, openSqliteStore } from '../../../src/store/sqlite/index.js';

const NOBODY = 65_534;
const files = process.argv.slice(2);

await openSqliteStore({ file: ':memory:' }).close(); // loads what only root may read here
process.setgid?.(NOBODY);
process.setuid?.(NOBODY);

try {
  for (const file of files) accessSync(dirname(file), constants.W_OK);
} catch {
  console.log('may not write');
}
for (const file of files) {
  const findings = [...checkDatabase(file)];
  const fault = findings.find(({ level }) => level === 'fault');
  console.log((fault ?? findings.find(({ about }) => about === 'contents'))?.words);
}
