import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Sqlite from 'better-sqlite3';
import { packageRoot } from '../scripts/server/package-root.js';
import { compared } from './compared.js';
import { type Figure, isMet, type Part } from './part.js';
import { peers } from './peers/peers.js';
import { history } from './store/history.js';
import { search } from './store/search.js';
import { readings } from './wire/readings.js';
import { registry } from './wire/registry.js';

/*
 * What the README's figures come from.
 *
 *     npm run bench                    everything: about ten minutes, on a machine that does nothing else
 *     npm run bench -- --quick         under two minutes; status 1 where a ratio is below what noise can reach
 *     npm run bench -- --only search   one part
 */
const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});

/** THE TABLE of parts, in the order in which they run. */
const PARTS: readonly Part[] = [search, history, registry, readings, peers];

// In the short form ours and the ceilings are enough.
const usual = options.quick ? PARTS.filter((part) => part !== peers) : PARTS;
const chosen = options.only === undefined ? usual : PARTS.filter(({ name }) => name === options.only);
if (chosen.length === 0) throw new Error(`--only takes one of ${PARTS.map(({ name }) => name).join(', ')}`);
const figures: Figure[] = [];
for (const part of chosen) {
  console.info(`\n${part.title}`);
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-bench-'));
  try {
    const found = await part.run({ quick: options.quick, folder, say: (text) => console.info(`  ... ${text}`) });
    for (const figure of found) console.info(line(figure));
    figures.push(...found);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
const ratios = compared(figures);
if (ratios.length > 0) console.info('\nOurs against the peers');
for (const ratio of ratios) console.info(line(ratio));
figures.push(...ratios);
if (!options.quick && options.only === undefined) {
  writeFileSync(
    join(packageRoot(), 'bench', 'results.json'),
    `${JSON.stringify({ ...about(), figures }, undefined, 2)}\n`,
  );
}
const below = figures.filter(({ value, floor }) => floor !== undefined && !isMet(value, floor));
for (const { title, value } of below) console.error(`below what noise can reach: ${title}: ${value}`);
if (options.quick && below.length > 0) process.exitCode = 1;

function line({ title, value, unit, target, note }: Figure): string {
  const goal = target === undefined ? '' : `  ${isMet(value, target) ? 'met' : 'NOT MET'}: ${wordsOf(target)}`;
  return `  ${title.padEnd(78)} ${rounded(value).padStart(10)} ${unit.padEnd(4)}${goal}${note === undefined ? '' : `  (${note})`}`;
}

function wordsOf({ atLeast, atMost }: NonNullable<Figure['target']>): string {
  return atLeast === undefined ? `at most ${atMost}` : `at least ${atLeast}`;
}

function rounded(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3);
}

function about(): object {
  const git = (...args: string[]): string => execFileSync('git', args, { cwd: packageRoot(), encoding: 'utf8' }).trim();
  const versionOf = (command: string, ...args: string[]): string => {
    try {
      return (
        execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
          .trim()
          .split('\n')[0] ?? ''
      );
    } catch {
      return 'not there';
    }
  };
  const db = new Sqlite(':memory:');
  const sqlite = String(db.prepare('SELECT sqlite_version()').pluck().get());
  db.close();
  const packages = ['ejabberd', 'mosquitto', 'influxdb', 'postgresql-15'];
  return {
    date: new Date().toISOString(),
    commit: git('rev-parse', '--short', 'HEAD'),
    machine: {
      cpu: cpus()[0]?.model,
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      kernel: release(),
    },
    versions: { node: process.version, sqlite, debian: packages.map((name) => versionOf('dpkg-query', '-W', name)) },
  };
}
