import { setTimeout as delay } from 'node:timers/promises';
import type { Compiled } from '../integration/harness/compiled.js';
import type { Server } from '../integration/harness/server.js';
import { compare, compareAtEnd, compareFile, compareLog } from './compare.js';
import { damage } from './damage.js';
import { drawFault, FAULTS, type Fault } from './faults.js';
import { count, settled, type Wrong } from './model.js';
import { drawOperation } from './operations.js';
import { createRandom, type Random } from './random.js';
import { openRig, type Rig } from './rig.js';

/** What came of a seed. */
export interface Played {
  readonly seed: number;
  readonly requests: number;
  /** How many, by kind. */
  readonly faults: ReadonlyMap<string, number>;
  readonly acknowledged: ReadonlyMap<string, number>;
  /** Those whose answers were lost. */
  readonly maybe: ReadonlyMap<string, number>;
  /** Everything that should not be. */
  readonly wrongs: readonly { readonly wrong: Wrong; readonly text: string }[];
  readonly ms: number;
}

export interface Play {
  /** How many faults there are in it. */
  readonly faults: number;
  /** Whether faults may take minutes. */
  readonly isLong?: boolean;
  /** Only these kinds; all where it is left out. */
  readonly only?: readonly string[];
}

const WORKERS = 10;
/** How much of the time before a fault is work, in ms. */
const WORK_MS = [150, 1_200] as const;
/** In so many of the seeds stored data is damaged at the end. */
const DAMAGED = 0.3;

/**
 * Plays one seed from start to end on a component of its own: devices, owners, readers and strangers at work, a fault at a
 * random moment, a comparison, and so on. What is drawn depends on the seed alone; what happens at the same time does not.
 */
export async function playSeed(server: Server, compiled: Compiled, seed: number, play: Play): Promise<Played> {
  const random = createRandom(seed);
  const started = Date.now();
  const rig = await openRig(server, compiled, seed, createRandom(random.below(2 ** 31)));
  const faults = new Map<string, number>();
  const among = FAULTS.filter(({ kind }) => play.only?.includes(kind) ?? true);
  const workers = Array.from({ length: WORKERS }, () => createRandom(random.below(2 ** 31)));
  try {
    for (let n = 0; n < play.faults; n++) {
      const fault = drawFault(random, among);
      count(faults, fault.kind);
      await playFault(rig, random, workers, fault, play.isLong ?? false);
    }
    await compareAtEnd(rig, random);
    const status = await rig.component.terminate();
    if (status !== 0) rig.onWrong('other', `the component ended with status ${status} when it was asked to stop`);
    compareFile(rig);
    if (random.chance(DAMAGED)) count(faults, await damage(rig, random));
  } catch (error) {
    const last = JSON.stringify(rig.component.log.slice(-3));
    rig.onWrong('other', `${error instanceof Error ? error.stack : error}; its log ends with ${last}`);
  } finally {
    await rig.close();
  }
  const { requests, acknowledged, maybe, wrongs } = rig.model;
  return { seed, requests, faults, acknowledged, maybe, wrongs, ms: Date.now() - started };
}

async function playFault(
  rig: Rig,
  random: Random,
  workers: readonly Random[],
  fault: Fault,
  isLong: boolean,
): Promise<void> {
  rig.model.after = fault.kind;
  const from = rig.component.log.length;
  const shift = { isOver: false };
  const working = workers.map((each) => work(rig, each, shift));
  await delay(random.between(...WORK_MS));
  const spell = rig.weather.begin(fault.kind, fault);
  try {
    await fault.run(rig, random, isLong);
  } finally {
    rig.weather.end(spell);
    await delay(random.below(300));
    shift.isOver = true;
    await Promise.all(working);
  }
  await compare(rig, random, false);
  compareLog(rig, from, fault.says);
}

/** Does one thing after another, until its shift is over. */
async function work(rig: Rig, random: Random, shift: { readonly isOver: boolean }): Promise<void> {
  while (!shift.isOver) {
    const operation = drawOperation(random);
    const { on } = operation;
    const start = random.below(rig.model.things.length);
    const around = [...rig.model.things.slice(start), ...rig.model.things.slice(0, start)];
    const thing = around.find((each) => {
      const state = settled(each);
      return !each.isBusy && state !== undefined && (on?.(state) ?? true);
    });
    const state = thing && settled(thing);
    if (thing === undefined || state === undefined) {
      await delay(10);
      continue;
    }
    thing.isBusy = true;
    try {
      await operation.run(rig, random, thing, state);
    } finally {
      thing.isBusy = false;
    }
    // Nobody is as fast as that; and where there is no connection, it would be a loop without end.
    await delay(random.below(15));
  }
}
