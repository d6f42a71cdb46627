import { expect, it } from 'vitest';
import { DOMAIN, SENDERS } from './cast.js';
import { openInside } from './inside.js';
import { allMutations } from './mutations.js';
import { createOracle } from './oracle.js';
import { playRound } from './round.js';

const MINUTES = Number(process.env['FUZZ_MINUTES']);
const SEED = Number(process.env['FUZZ_SEED']);
const WITH_MUTATIONS = process.env['FUZZ_MUTATIONS'] === 'true';

const STANZAS_A_ROUND = 3000;
const BATCH = 250;
/** One oracle and one store for so many batches: what they remember is let go of then. */
const BATCHES = 100;

it.skipIf(WITH_MUTATIONS)('what is grown from the schemas, round after round', async () => {
  const until = Date.now() + MINUTES * 60_000;
  const found: string[] = [];
  const sums = new Map<string, number>();
  for (let seed = SEED; Date.now() < until; seed += 1) {
    const { counts, faults } = await playRound(seed, STANZAS_A_ROUND);
    const { errors, ...others } = counts;
    for (const [name, count] of Object.entries({ ...others, ...errors })) sums.set(name, (sums.get(name) ?? 0) + count);
    const heap = Math.round(process.memoryUsage().heapUsed / 2 ** 20);
    console.log(`seed ${seed}: ${counts.stanzas} stanzas, ${faults.length} faults, heap ${heap} MiB`);
    for (const fault of faults) console.log(`  ${fault}`);
    found.push(...faults.map((fault) => `seed ${seed}: ${fault}`));
  }
  console.log(JSON.stringify(Object.fromEntries(sums)));
  expect(found).toEqual([]);
});

it.runIf(WITH_MUTATIONS)('every mutation of every example', async () => {
  const mutations = allMutations();
  let [count, ended] = [0, 0];
  for (let more = true; more; ) {
    const oracle = createOracle([...SENDERS, DOMAIN]);
    const inside = openInside();
    for (let batch = 0; batch < BATCHES && more; batch += 1) {
      const texts = next(mutations, BATCH);
      ended += await inside.take(texts, oracle);
      count += texts.length;
      more = texts.length === BATCH;
    }
    console.log(`${count} mutations, ${ended} end the stream; ${JSON.stringify(oracle.counts)}`);
    expect([...oracle.faults, ...oracle.unanswered(), ...inside.failures]).toEqual([]);
    await inside.close();
  }
});

function next(source: Iterator<string>, count: number): readonly string[] {
  const taken: string[] = [];
  while (taken.length < count) {
    const { value, done } = source.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}
