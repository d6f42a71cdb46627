import { spawnSync } from 'node:child_process';

/**
 * Whether programs of others can be run here. Where one cannot, a line says so, and the tests of it are skipped; `npm
 * test` installs them by `scripts/setup.mjs`.
 *
 * @param commands each a program and arguments with which it does nothing and succeeds.
 */
export function canRun(...commands: readonly (readonly [program: string, ...args: string[]])[]): boolean {
  const missing = commands.filter(([program, ...args]) => spawnSync(program, args, { stdio: 'ignore' }).status !== 0);
  for (const command of missing) {
    process.stderr.write(`Skipped, as it cannot be run here: ${command.join(' ')}\n`);
  }
  return missing.length === 0;
}
