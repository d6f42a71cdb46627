// Backs up or restores, and kills itself before it takes its n-th step on the file system: after each step in turn.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [what = '', from = '', to = '', step = '0'] = process.argv.slice(2);
const STEPS = ['open', 'link', 'copyFile', 'chown', 'rename', 'rm'] as const;

let taken = 0;
const all: Record<string, (...parameters: never[]) => unknown> = fs as never;
for (const name of STEPS) {
  const real = all[name];
  all[name] = (...parameters) => {
    if (++taken === Number(step)) process.kill(process.pid, 'SIGKILL');
    return real?.(...parameters);
  };
}
syncBuiltinESMExports();

const { backUpToFile, restoreFrom } = await import('../../../src/store/sqlite/index.js');
const { signal } = new AbortController();
if (what === 'restore') await restoreFrom(from, to, { now: Date.now(), signal });
else await backUpToFile(from, to, { force: true, signal });
console.log(taken);
