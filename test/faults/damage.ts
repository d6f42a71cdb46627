import { closeSync, openSync, writeSync } from 'node:fs';
import Sqlite from 'better-sqlite3';
import { until } from '../integration/harness/until.js';
import { compareLog } from './compare.js';
import { peerOf, registerThing } from './operations.js';
import type { Random } from './random.js';
import { readHistory } from './reading.js';
import { newThing, type Rig } from './rig.js';

/** Those that have readings, each row of which has a checksum. */
const TABLES = ['chunk', 'open_chunk', 'log_a', 'log_b'] as const;

/**
 * Damages what is stored, while nothing runs, and expects the component to serve the rest: nothing wrong is ever shown,
 * and registering goes on. What it finds it says.
 *
 * @returns what was damaged.
 */
export async function damage(rig: Rig, random: Random): Promise<string> {
  const isRow = random.chance(0.6);
  const table = isRow ? damageRow(rig, random) : damagePage(rig, random);
  if (table === undefined) return 'nothing to damage';
  const kind = isRow ? 'stored readings damaged' : 'database page damaged';
  rig.model.after = `${kind} (${table})`;
  rig.damaged = true;
  const from = rig.component.log.length;
  const spell = rig.weather.begin(kind, { cuts: true, refuses: true });
  await rig.component.restart();
  await until(() => refuses(rig, from) || rig.component.isReady(), 'the component starts or says why not', START_MS);
  if (refuses(rig, from)) return `${kind} (said at the start)`;
  await rig.recovered();
  for (const thing of rig.model.things) {
    const [state] = thing.candidates;
    if (state?.is === 'owned') await readHistory(rig, peerOf(rig, state.owner), thing, state);
  }
  await expectRegistering(rig);
  rig.weather.end(spell);
  const isSaid = rig.component.log.slice(from).some(({ level }) => level >= WARNING);
  // What nobody asks for is not looked at; and SQLite does not notice all that may be wrong with a page.
  if (!isSaid && isRow && rig.missing > 0) {
    rig.onWrong('other', `the component says nothing of ${rig.missing} readings that are missing`);
  }
  compareLog(rig, from, [/cannot be read/, /SQLITE_CORRUPT|malformed|damaged/]);
  return kind;
}

const START_MS = 90_000;
const WARNING = 40;

/** Whether it has ended with the words for an operator whose database is damaged. */
function refuses({ component }: Rig, from: number): boolean {
  return component.log.slice(from).some(({ msg }) => msg.includes('it is damaged. Restore a backup'));
}

async function expectRegistering(rig: Rig): Promise<void> {
  const device = rig.devices.values().next().value;
  if (device === undefined) return;
  const fresh = newThing(rig.seed, device.bare, 'after-damage');
  rig.model.things.push(fresh);
  await registerThing(rig, fresh);
  if (fresh.candidates[0]?.is !== 'free') rig.onWrong('other', 'after the damage nothing can be registered any more');
}

/** Turns over some bits of a row of readings. @returns its table; undefined where no table has any. */
function damageRow({ component }: Rig, random: Random): string | undefined {
  const db = new Sqlite(component.database);
  try {
    for (const table of random.some(TABLES, TABLES.length)) {
      const key = table === 'open_chunk' ? 'series' : 'key';
      const found = db.prepare<[], { key: number; body: Buffer }>(`SELECT ${key} AS key, body FROM ${table}`).all();
      const longer = found.filter(({ body }) => body.length > 8);
      if (longer.length === 0) continue;
      const { key: which, body } = random.pick(longer);
      const at = random.between(1, body.length - 1);
      body.writeUInt8(body.readUInt8(at) ^ random.between(1, 255), at);
      db.prepare(`UPDATE ${table} SET body = ? WHERE ${key} = ?`).run(body, which);
      return table;
    }
    return undefined;
  } finally {
    db.close();
  }
}

const PAGE_BYTES = 4096;
const SPOILT_BYTES = 64;

/** Overwrites a part of a page of readings with what comes to hand. @returns its table. */
function damagePage({ component }: Rig, random: Random): string | undefined {
  const db = new Sqlite(component.database, { readonly: true });
  const pages = db
    .prepare<[], { name: string; pageno: number }>(
      `SELECT name, pageno FROM dbstat WHERE pagetype = 'leaf' AND ncell > 0
       AND name IN ('chunk', 'open_chunk', 'log_a', 'log_b')`,
    )
    .all();
  db.close();
  if (pages.length === 0) return undefined;
  const { name, pageno } = random.pick(pages);
  const spoilt = Buffer.from(Array.from({ length: SPOILT_BYTES }, () => random.below(256)));
  const file = openSync(component.database, 'r+');
  try {
    writeSync(file, spoilt, 0, SPOILT_BYTES, (pageno - 1) * PAGE_BYTES + random.below(PAGE_BYTES - SPOILT_BYTES));
  } finally {
    closeSync(file);
  }
  return name;
}
