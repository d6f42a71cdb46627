// `npm run fuzz -- --minutes 10 --seed 1`, or `-- --mutations` for every mutation of every example.
import { spawn } from 'node:child_process';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
    mutations: { type: 'boolean', default: false },
  },
});
const { minutes, seed, mutations } = values;
for (const [name, value] of Object.entries({ minutes, seed })) {
  if (!/^\d+(\.\d+)?$/.test(value)) throw new Error(`--${name} is a number, not "${value}".`);
}
const env = { ...process.env, FUZZ_MINUTES: minutes, FUZZ_SEED: seed, FUZZ_MUTATIONS: String(mutations) };
const child = spawn('vitest', ['run', '--config', 'test/fuzz/vitest.config.ts'], { env, stdio: 'inherit' });
child.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
