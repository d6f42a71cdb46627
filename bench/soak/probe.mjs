// Loaded before a component (node --import): on SIGUSR2 it writes what it has left after collecting garbage, as JSON, to
// the file SOAK_PROBE.
import { renameSync, writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const file = process.env['SOAK_PROBE'] ?? '';
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collectGarbage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  // Whoever waits for the file finds all of it.
  writeFileSync(`${file}.part`, JSON.stringify({ rss, heap: heapUsed, external, resources }));
  renameSync(`${file}.part`, file);
});
