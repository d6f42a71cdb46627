import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { until } from '../integration/harness/until.js';
import { registerThing } from './operations.js';
import { createPeer, type Peer } from './peer.js';
import type { Manner, Way } from './proxy.js';
import type { Random } from './random.js';
import { type Rig, stormThings } from './rig.js';
import type { Harm } from './weather.js';

/** Something bad that happens to a component, its server or what is between them. */
export interface Fault extends Harm {
  readonly kind: string;
  readonly weight: number;
  /** What the component may say of it as an error (pino's level 50 and more); anything else is a bug. */
  readonly says: readonly RegExp[];
  /** Lets it happen, and heals it. @param isLong whether it may take minutes. */
  run(rig: Rig, random: Random, isLong: boolean): Promise<void>;
}

const HARMLESS: Harm = { cuts: false, refuses: false };
const CUTS: Harm = { cuts: true, refuses: false, forgets: true };
/** Work in the background that found the store closed to it says so; it is taken up again. */
const NOT_STORED = [/a task in the background failed/, /StoreUnavailable/];

/** THE TABLE of faults. */
export const FAULTS: readonly Fault[] = [
  { kind: 'component killed', weight: 4, ...CUTS, says: [], run: killComponent },
  { kind: 'component restarted', weight: 2, ...CUTS, says: [], run: restartComponent },
  { kind: 'server killed', weight: 2, ...CUTS, says: [], run: (rig) => restartServer(rig, () => rig.server.kill()) },
  { kind: 'server restarted', weight: 1, ...CUTS, says: [], run: (rig) => restartServer(rig, async () => undefined) },
  { kind: 'connection cut', weight: 3, ...CUTS, says: [], run: cutConnection },
  { kind: 'connection half open', weight: 2, cuts: true, refuses: true, says: [], run: halfOpen },
  { kind: 'connection truncated', weight: 2, ...CUTS, says: [], run: truncate },
  { kind: 'connection slow', weight: 1, ...HARMLESS, says: [], run: (rig, random) => behave(rig, random, 'delay') },
  {
    kind: 'connection narrow',
    weight: 1,
    ...HARMLESS,
    says: [],
    run: (rig, random) => behave(rig, random, 'throttle'),
  },
  { kind: 'stanzas split', weight: 2, ...HARMLESS, says: [], run: (rig, random) => behave(rig, random, 'split') },
  { kind: 'component stopped', weight: 2, ...HARMLESS, says: [], run: stopForAWhile },
  { kind: 'clock jumped', weight: 2, ...HARMLESS, forgets: true, says: [], run: jumpClock },
  { kind: 'disk full', weight: 2, cuts: false, refuses: true, says: NOT_STORED, run: fillDisk },
  { kind: 'database locked', weight: 2, cuts: false, refuses: true, says: NOT_STORED, run: lockDatabase },
  { kind: 'device storm', weight: 1, ...HARMLESS, says: [], run: storm },
];

/** Draws one by their weights. */
export function drawFault(random: Random, among: readonly Fault[] = FAULTS): Fault {
  let left = random.below(among.reduce((sum, { weight }) => sum + weight, 0));
  for (const fault of among) {
    left -= fault.weight;
    if (left < 0) return fault;
  }
  throw new Error('there are no faults');
}

async function killComponent(rig: Rig, random: Random): Promise<void> {
  await rig.component.kill();
  if (random.chance(0.3)) await delay(random.below(1_000));
  await rig.startAgain();
}

async function restartComponent(rig: Rig): Promise<void> {
  const status = await rig.component.terminate();
  if (status !== 0) rig.onWrong('other', `the component ended with status ${status} when it was asked to stop`);
  await rig.startAgain();
}

async function restartServer(rig: Rig, end: () => Promise<void>): Promise<void> {
  await end();
  await rig.server.restart();
  await Promise.all(rig.peers.map((peer) => peer.drop()));
  await Promise.all(rig.peers.map((peer) => peer.connect()));
  await rig.recovered();
}

async function cutConnection(rig: Rig, random: Random): Promise<void> {
  const times = random.between(1, 2);
  for (let time = 0; time < times; time++) {
    await reconnected(rig, () => rig.proxy.cut());
    await delay(random.below(200));
  }
}

/**
 * In the long form the component notices by itself, and connects anew beside the old connection, which the server still
 * takes for one; when that ends it finds itself alone again, and connects once more.
 */
async function halfOpen(rig: Rig, random: Random, isLong: boolean): Promise<void> {
  const ways: readonly (readonly Way[])[] = [['up'], ['down'], ['up', 'down']];
  const swallow = (): void => rig.proxy.swallow(random.pick(ways));
  if (!isLong) {
    swallow();
    await delay(random.between(500, 2_500));
    await reconnected(rig, () => rig.proxy.cut());
    return;
  }
  const { taken } = rig.proxy;
  swallow();
  await until(() => rig.proxy.taken > taken, 'the component notices that its connection is dead', NOTICES_MS);
  const again = rig.proxy.taken;
  rig.proxy.cutDead();
  // Where the server has heard the end of the old connection already, there is nothing to notice.
  await until(() => rig.proxy.taken > again, 'the component connects once more', CHECK_MS).catch(() => undefined);
  await rig.recovered();
}

async function truncate(rig: Rig, random: Random): Promise<void> {
  await reconnected(rig, () => rig.proxy.truncateNext(random.pick(['up', 'down'])));
}

/** A minute from check to check, ten seconds that one may take, and some. */
/** From one check to the next, and some. */
const CHECK_MS = 80_000;
const NOTICES_MS = 110_000;
const CONNECT_MS = 110_000;

/** Waits until the component has connected anew after what was done. */
async function reconnected(rig: Rig, work: () => void): Promise<void> {
  const { taken } = rig.proxy;
  work();
  await until(() => rig.proxy.taken > taken, 'the component connects again', CONNECT_MS);
  await rig.recovered();
}

async function behave(rig: Rig, random: Random, manner: Manner): Promise<void> {
  rig.proxy.setManner(manner);
  await delay(random.between(1_000, 3_000));
  rig.proxy.setManner('as-is');
  await rig.recovered();
}

async function stopForAWhile(rig: Rig, random: Random, isLong: boolean): Promise<void> {
  const { pid } = rig.component;
  process.kill(pid, 'SIGSTOP');
  try {
    await delay(isLong ? 60_000 : random.between(500, 3_000));
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await rig.recovered();
}

const HOUR_MS = 3_600_000;

/** By up to half a day, there and back again. */
async function jumpClock(rig: Rig, random: Random): Promise<void> {
  rig.shiftClock(random.between(-12 * HOUR_MS, 12 * HOUR_MS));
  await delay(random.between(500, 2_500));
  rig.shiftClock(0);
  await delay(100);
  await rig.recovered();
}

/** Bounds the size of its files, as a full disk does: at what they have now, or far below. */
async function fillDisk(rig: Rig, random: Random): Promise<void> {
  const log = `${rig.component.database}-wal`;
  const size = existsSync(log) ? statSync(log).size : 0;
  limitFiles(rig.component.pid, random.chance(0.5) ? String(size + random.below(20_000)) : '4096');
  try {
    await delay(random.between(500, 2_500));
  } finally {
    limitFiles(rig.component.pid, 'unlimited');
  }
  await rig.recovered();
}

function limitFiles(pid: number, bytes: string): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:unlimited`]);
}

/** Somebody looks into the database with another tool, and leaves a transaction open. */
async function lockDatabase(rig: Rig, random: Random): Promise<void> {
  const db = new Sqlite(rig.component.database, { timeout: 10_000 });
  try {
    db.exec(random.chance(0.5) ? 'BEGIN IMMEDIATE' : 'BEGIN EXCLUSIVE');
    await delay(random.between(200, 4_000));
    db.exec('ROLLBACK');
  } finally {
    db.close();
  }
  await rig.recovered();
}

const STORM = 60;
const STORM_LONG = 1_000;
/** So many accounts are made, or let in, side by side: the server hashes passwords. */
const AT_ONCE = 50;

/** Devices come on line all at once, drop all at once, and are back all at once. */
async function storm(rig: Rig, random: Random, isLong: boolean): Promise<void> {
  const { server, weather, onWrong, model } = rig;
  const onRequest = (): void => {
    model.requests += 1;
  };
  const devices = Array.from({ length: isLong ? STORM_LONG : STORM }, (_, n) =>
    createPeer({ server, user: `storm${n}`, weather, onWrong, onRequest, onValue: () => undefined }),
  );
  const things = stormThings(
    rig,
    devices.map(({ bare }) => bare),
  );
  const all = things.map((thing, n) => ({ thing, device: devices[n] }));
  const rush = async ({ thing, device }: (typeof all)[number]): Promise<void> => {
    if (device === undefined) return;
    await connectAtLast(device);
    await registerThing(rig, thing, device);
  };
  try {
    await inLanes(all, AT_ONCE, rush);
    // Those that are lost with a connection are lost; but these are registered, as they have their answers.
    await Promise.all(devices.map((device) => device.drop()));
    await delay(random.below(300));
    await inLanes(all, devices.length, rush);
  } finally {
    await Promise.all(devices.map((device: Peer) => device.drop()));
  }
  await rig.recovered();
}

const MOST_TRIES = 20;

/** A server to which a thousand come at once turns some away. */
async function connectAtLast(device: Peer): Promise<void> {
  for (let time = 1; ; time++) {
    try {
      return await device.connect();
    } catch (error) {
      if (time === MOST_TRIES) throw error;
      await delay(100 * time);
    }
  }
}

async function inLanes<T>(all: readonly T[], lanes: number, work: (one: T) => Promise<void>): Promise<void> {
  const left = [...all];
  const lane = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
