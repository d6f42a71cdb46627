import Sqlite from 'better-sqlite3';
import { compareLog } from './compare.js';
import { peerOf, registerThing } from './operations.js';
import type { Random } from './random.js';
import { readHistory } from './reading.js';
import { newThing, type Rig } from './rig.js';

const TABLES = ['chunk', 'open_chunk'] as const;

/**
 * Damages what is stored, while nothing runs, and expects the component to say so and to serve the rest: nothing wrong is
 * ever shown, and registering goes on.
 *
 * @returns what was damaged.
 */
export async function damage(rig: Rig, random: Random): Promise<string> {
  const isRow = random.chance(0.6);
  const damaged = isRow ? damageRow(rig, random) : damagePage(rig, random);
  if (!damaged) return 'nothing to damage';
  rig.damaged = true;
  const from = rig.component.log.length;
  const spell = rig.weather.begin('damage', { cuts: true, refuses: true });
  await rig.startAgain();
  rig.weather.end(spell);
  for (const thing of rig.model.things) {
    const [state] = thing.candidates;
    if (state?.is === 'owned') await readHistory(rig, peerOf(rig, state.owner), thing, state);
  }
  const device = rig.devices.values().next().value;
  if (device !== undefined) {
    const fresh = { ...newThing(rig.seed, device.bare, 'after-damage') };
    rig.model.things.push(fresh);
    await registerThing(rig, fresh);
    if (fresh.candidates[0]?.is !== 'free') rig.onWrong('other', 'after the damage nothing can be registered any more');
  }
  const said = rig.component.log.slice(from).filter(({ level }) => level >= 40);
  if (said.length === 0) rig.onWrong('other', 'the component says nothing of what is damaged');
  compareLog(rig, from, [/cannot be read|set aside/, /SQLITE_CORRUPT|malformed|damaged/]);
  return isRow ? 'stored readings damaged' : 'database page damaged';
}

/** Turns over some bits of a row of readings, in a table that has any. */
function damageRow({ component }: Rig, random: Random): boolean {
  const db = new Sqlite(component.database);
  try {
    for (const table of random.some(TABLES, TABLES.length)) {
      const key = table === 'open_chunk' ? 'series' : 'key';
      const found = db.prepare<[], { key: number; body: Buffer }>(`SELECT ${key} AS key, body FROM ${table}`).all();
      const longer = found.filter(({ body }) => body.length > 8);
      if (longer.length === 0) continue;
      const { key: which, body } = random.pick(longer);
      const at = random.below(body.length);
      body.writeUInt8(body.readUInt8(at) ^ random.between(1, 255), at);
      db.prepare(`UPDATE ${table} SET body = ? WHERE ${key} = ?`).run(body, which);
      return true;
    }
    return false;
  } finally {
    db.close();
  }
}

/** Overwrites a page of readings. */
function damagePage(_rig: Rig, _random: Random): boolean {
  return false;
}
