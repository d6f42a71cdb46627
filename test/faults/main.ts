import { randomInt } from 'node:crypto';
import { compilePackage } from '../integration/harness/compiled.js';
import { startServer } from '../integration/harness/server.js';
import { leaving } from '../schemas/leaving.js';
import { FAULTS } from './faults.js';
import { type Played, playSeed } from './play-seed.js';
import { addTo, createTotal, describe, describeTotal } from './report.js';

/*
 * Plays seeds of faults against a real component on a real ejabberd, and says what was lost.
 *
 *     npm run test:faults                          ten seeds
 *     SEEDS=200 npm run test:faults                so many, from one of chance on; MINUTES=30 bounds the time
 *     SEED=4711 npm run test:faults                that one again
 *     FAULTS=8 LONG=1 npm run test:faults          more faults a seed; those that may take minutes, do
 *     ONLY='disk full,database locked' npm run test:faults
 */
const environment = process.env;
const given = environment['SEED'];
const seeds = given === undefined ? whole('SEEDS', 10) : 1;
const first = given === undefined ? randomInt(2 ** 30) : whole('SEED', 0);
let end = Date.now() + whole('MINUTES', 120) * 60_000;
// The seed that is being played comes to its end first, so that nothing is left behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    end = 0;
  });
}
const only = environment['ONLY']?.split(',').map((kind) => kind.trim());
const play = { faults: whole('FAULTS', 4), isLong: environment['LONG'] === '1', ...(only && { only: kinds(only) }) };

const compiled = compilePackage();
const server = await startServer();
const total = createTotal();
try {
  for (let n = 0; n < seeds && Date.now() < end; n++) {
    const played: Played = await playSeed(server, compiled, first + n, play);
    leaving.take();
    addTo(total, played);
    console.info(describe(played));
  }
} finally {
  await server.stop();
  compiled.remove();
}
console.info(describeTotal(total));
if (total.wrongs > 0) process.exitCode = 1;

function whole(name: string, otherwise: number): number {
  const text = environment[name];
  if (text === undefined) return otherwise;
  if (!/^\d{1,10}$/.test(text)) throw new Error(`${name} is "${text}", and has to be a whole number`);
  return Number(text);
}

function kinds(names: readonly string[]): readonly string[] {
  const unknown = names.filter((name) => !FAULTS.some(({ kind }) => kind === name));
  const known = FAULTS.map(({ kind }) => kind).join(', ');
  if (unknown.length > 0) throw new Error(`ONLY names "${unknown}", and there is ${known}`);
  return names;
}
