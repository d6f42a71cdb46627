import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite, { type Database } from 'better-sqlite3';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { AuditQuery } from '../../src/domain/audit.js';
import type { Store } from '../../src/domain/ports.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { readAudit } from '../../src/store/sqlite/read-audit.js';
import { bare, full, ownershipId } from './contract/samples.js';

let folder: string;
let store: Store;
let db: Database;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  const file = join(folder, 'a.db');
  store = openSqliteStore({ file, now: () => 1000, retentionAudit: 'off' });
  for (const at of [1, 999]) {
    await store.audit.append({ at, actor: full('ann@x/r'), action: 'share', subject: 't@x', outcome: 'done' });
  }
  await store.close();
  db = new Sqlite(file);
});
afterEach(() => {
  db.close();
  rmSync(folder, { recursive: true });
});

it.each([
  "UPDATE audit SET outcome = 'nothing' WHERE at = 1",
  'UPDATE audit SET id = 7 WHERE at = 1',
  'DELETE FROM audit',
  'DELETE FROM audit WHERE at = 1',
])('is only added to: %s', (sql) => {
  expect(() => db.prepare(sql).run()).toThrow(/the audit trail is only added to/);
  expect(db.prepare('SELECT outcome FROM audit').pluck().all()).toEqual(['done', 'done']);
});

it('loses what is past keeping, if that is said first', () => {
  db.prepare('UPDATE audit_expiry SET before = 2').run();
  expect(() => db.prepare('DELETE FROM audit').run()).toThrow(/still kept/);
  expect(db.prepare('DELETE FROM audit WHERE at = 1').run().changes).toBe(1);
});

const ID = ownershipId('id1');
it.each<[string, Omit<AuditQuery, 'domain'>]>([
  ['of all', {}],
  ['by actor', { actor: bare('ann@x') }],
  ['by session', { actor: full('ann@x/r') }],
  ['by action', { action: 'share' }],
  ['by Thing', { ownership: ID }],
  ['by all of these', { actor: bare('ann@x'), action: 'share', ownership: ID, from: 1, until: 2 }],
  ['of a viewer', { viewer: bare('ann@x') }],
  ['of a viewer, by all', { viewer: bare('ann@x'), actor: bare('b@x'), action: 'a', ownership: ID }],
])('is walked by an index that is in order of time: %s', (_, query) => {
  const prepare = vi.spyOn(db, 'prepare');
  readAudit(db, () => 0)({ ...query, domain: bare('things.x') }, 10);
  const [sql] = prepare.mock.calls.at(-1) ?? [];
  prepare.mockRestore();
  const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(PARAMETERS) as { detail: string }[];
  const walks = steps.map(({ detail }) => detail).filter((detail) => /^(SCAN|SEARCH) (a|ownership|o)\b/.test(detail));
  expect(walks).not.toEqual([]);
  for (const walk of walks) expect(walk).toMatch(/^SEARCH \S+ (EXISTS )?USING (COVERING )?INDEX \S+ \(/);
});

const PARAMETERS = Object.fromEntries(
  ['domain', 'viewer', 'actor', 'account', 'action', 'ownership', 'from', 'until', 'afterAt', 'afterId']
    .concat('keptSince', 'limit')
    .map((name) => [name, null]),
);
