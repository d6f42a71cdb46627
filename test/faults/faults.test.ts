import { randomInt } from 'node:crypto';
import { copyFileSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Compiled, compilePackage } from '../integration/harness/compiled.js';
import { type Server, startServer } from '../integration/harness/server.js';
import { compare, compareStates } from './compare.js';
import { claimThing, pushReadings, registerThing } from './operations.js';
import { playSeed } from './play-seed.js';
import { createRandom } from './random.js';
import { readHistory } from './reading.js';
import { openRig } from './rig.js';

// `npm run test:faults` plays as many seeds as one likes; what fails is played again with SEED set to the number in its title.
const given = process.env['SEED'];
const SEEDS = given === undefined ? Array.from({ length: 2 }, () => randomInt(2 ** 30)) : [Number(given)];
console.info(`seeds of the faults: ${SEEDS.join(', ')}`);
const TIMEOUT_MS = 300_000;

let compiled: Compiled;
let server: Server;
beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
});
afterAll(async () => {
  await server?.stop();
  compiled?.remove();
});

it.each(SEEDS)(
  'nothing that was acknowledged is lost, whatever breaks (seed %i)',
  { timeout: TIMEOUT_MS },
  async (seed) => {
    const { wrongs, requests } = await playSeed(server, compiled, seed, { faults: 3 });
    expect(wrongs).toEqual([]);
    expect(requests).toBeGreaterThan(0);
  },
);

/** What the comparison has to find, and how it comes to be in the database. */
const LOSSES = [
  ['a registration that is gone', 'lost', `DELETE FROM thing WHERE node_id = 'n1'`],
  ['an owner that is gone', 'lost', `UPDATE thing SET ownership = NULL, visibility = NULL WHERE node_id = 'n0'`],
  [
    'a share that nobody made',
    'lost',
    `INSERT INTO share (ownership, audience, position) SELECT key, 'mallory@localhost', 0 FROM ownership`,
  ],
  ['a registration that nobody made', 'happened', `UPDATE thing SET node_id = 'n9' WHERE node_id = 'n1'`],
] as const;

it('what is lost, or happened of itself, is found', { timeout: TIMEOUT_MS }, async () => {
  const rig = await openRig(server, compiled, randomInt(2 ** 30), createRandom(1));
  const { things, wrongs } = rig.model;
  const [first, second] = things;
  const [owner] = rig.owners;
  if (first === undefined || second === undefined || owner === undefined) throw new Error('nobody is there');
  const change = (sql: string): void => {
    const db = new Sqlite(rig.component.database);
    db.exec(`PRAGMA foreign_keys = OFF; ${sql}`);
    db.close();
  };
  try {
    for (const thing of [first, second]) await registerThing(rig, thing);
    await claimThing(rig, first, owner, true);
    const [state] = first.candidates;
    if (state === undefined) throw new Error('it is not claimed');
    await pushReadings(rig, createRandom(1), first, state);
    await compare(rig, createRandom(1), true);
    expect(wrongs).toEqual([]);

    await rig.component.stop();
    change('DELETE FROM log_a');
    await rig.startAgain();
    await readHistory(rig, owner, first, state);
    expect(wrongs).toEqual([{ wrong: 'lost', text: expect.stringContaining('readings') }]);

    await rig.component.stop();
    for (const [what, wrong, sql] of LOSSES) {
      wrongs.length = 0;
      const before = things.map(({ candidates }) => candidates);
      copyFileSync(rig.component.database, `${rig.component.database}.kept`);
      change(sql);
      compareStates(rig);
      expect(
        wrongs.map((each) => each.wrong),
        what,
      ).toContain(wrong);
      for (const [n, candidates] of before.entries()) if (things[n]) things[n].candidates = candidates;
      copyFileSync(`${rig.component.database}.kept`, rig.component.database);
    }
  } finally {
    await rig.close();
  }
});
