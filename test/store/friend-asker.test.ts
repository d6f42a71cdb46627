import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { bare } from './contract/samples.js';

it('a Thing that asks again who its friends are costs no write', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-asker-'));
  const file = join(folder, 'thingstead.db');
  const store = openSqliteStore({ file });
  const reader = new Sqlite(file, { readonly: true });
  try {
    const version = () => reader.pragma('data_version', { simple: true }); // another one after each commit
    const fresh = version();
    await store.friends.asked(bare('t@x'));
    const once = version();
    expect(once).not.toBe(fresh);
    await store.friends.asked(bare('t@x'));
    expect(version()).toBe(once);
    await store.friends.asked(bare('u@x'));
    expect(version()).not.toBe(once);
  } finally {
    reader.close();
    await store.close();
    rmSync(folder, { recursive: true });
  }
});
