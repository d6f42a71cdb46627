import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Store } from '../../src/domain/ports.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { address, bare, ownershipId, reading } from './contract/samples.js';
import { type Children, compileChildren, ended } from './run-child.js';

/** How many acknowledgements are heard before the kill, which then falls wherever it falls. */
const MOMENTS = [1, 37, 200, 1_111, 2_500];

let children: Children;
let directory: string;
beforeAll(() => {
  children = compileChildren();
  directory = mkdtempSync(join(tmpdir(), 'thingstead-'));
});
afterAll(() => {
  children.remove();
  rmSync(directory, { recursive: true, force: true });
});

describe('a store that is killed', () => {
  it.each(MOMENTS)('after %i acknowledgements has everything that it had acknowledged', async (moment) => {
    const file = join(directory, `${moment}.db`);
    const child = children.start('register-and-claim', [file, '64']);
    const { lines } = await ended(child, (_, count) => count === moment && child.kill('SIGKILL'));
    expect(child.signalCode).toBe('SIGKILL');
    expect(lines.length).toBeGreaterThanOrEqual(moment);

    const store = openSqliteStore({ file });
    const gone = new Set(lines.filter((line) => line.startsWith('forgotten')).map((line) => line.split(' ')[1]));
    for (const line of lines) await expectThere(store, line, gone);
    await store.close();
    const db = new Sqlite(file);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    expect(db.pragma('foreign_key_check')).toEqual([]);
    db.close();
  });
});

async function expectThere(store: Store, line: string, gone: ReadonlySet<string | undefined>): Promise<void> {
  const [what, n] = line.split(' ');
  const id = ownershipId(`id${n}`);
  // It may have been forgotten without the word of it having got out.
  const mayBeGone = gone.has(n) || Number(n) % 10 === 0;
  const there = await store.things.at(address(`t${n}@x`));
  if (gone.has(n)) return expect(there, line).toBeUndefined();
  if (mayBeGone && there === undefined) return;
  if (what === 'registered') expect(await store.things.isThing(bare(`t${n}@x`)), line).toBe(true);
  if (what === 'claimed') expect(there?.ownership?.id, line).toBe(id);
  if (what === 'stored') {
    expect(await store.readings.history({ ownership: id }, 9), line).toEqual({
      readings: [reading(Number(n), `${n}`)],
    });
  }
}
