import Sqlite, { type Database } from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../src/domain/ports.js';
import { type GroupCommit, groupCommit } from '../../src/store/sqlite/group-commit.js';

let db: Database;
let commit: GroupCommit;
let transactions: number;

beforeEach(() => {
  transactions = 0;
  db = new Sqlite(':memory:', { verbose: (sql) => void (sql === 'COMMIT' && transactions++) });
  db.exec('CREATE TABLE parent (id INTEGER PRIMARY KEY) STRICT');
  db.exec(
    'CREATE TABLE item (id INTEGER PRIMARY KEY, text TEXT, parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED) STRICT',
  );
  commit = groupCommit(db);
});
afterEach(() => db.close());

const insert = (id: number, text = '', parent: number | null = null) => {
  db.prepare('INSERT INTO item VALUES (?, ?, ?)').run(id, text, parent);
  return id;
};
const there = () => db.prepare('SELECT id FROM item ORDER BY id').pluck().all();
const numbers = (length: number) => Array.from({ length }, (_, n) => n + 1);

describe('group commit', () => {
  it('commits together what arrives together, in the order of arrival', async () => {
    const order: number[] = [];
    const results = await Promise.all(
      numbers(5).map((id) =>
        commit.run(() => {
          order.push(id);
          return insert(id);
        }),
      ),
    );
    expect([results, order, there(), transactions]).toEqual([numbers(5), numbers(5), numbers(5), 1]);
  });

  it('undoes alone the unit that throws, and rejects it alone', async () => {
    const outcomes = await Promise.allSettled([
      commit.run(() => insert(1)),
      commit.run(() => {
        insert(2);
        throw new Error('no');
      }),
      commit.run(() => insert(3)),
      commit.run(() => insert(1)),
      commit.run(() => insert(4)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(outcomes[1]).toMatchObject({ reason: new Error('no') });
    expect(there()).toEqual([1, 3, 4]);
    expect(commit.lastWrite().ok).toBe(true);
  });

  it('tells nobody of success before the commit has returned', async () => {
    let inTransaction: boolean | undefined;
    await commit
      .run(() => insert(1))
      .then(() => {
        inTransaction = db.inTransaction;
      });
    expect(inTransaction).toBe(false);
  });

  it('rejects all that wrote when the commit fails, keeps nothing of it, and goes on after', async () => {
    const outcomes = await Promise.allSettled([
      commit.run(() => there().length),
      commit.run(() => insert(1)),
      commit.run(() => insert(2, '', 99)), // found out by COMMIT, which is what a failing disk is
      commit.run(() => insert(3)),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected']);
    for (const outcome of outcomes.slice(1)) expect(outcome).toMatchObject({ reason: expect.any(StoreUnavailable) });
    expect(there()).toEqual([]);
    expect(commit.lastWrite().ok).toBe(false);
    await commit.run(() => insert(1));
    expect(there()).toEqual([1]);
    expect(commit.lastWrite().ok).toBe(true);
  });

  it('refuses what has no room by name, keeps what has, and resumes when there is room', async () => {
    db.pragma(`max_page_count = ${Number(db.pragma('page_count', { simple: true })) + 4}`);
    const outcomes = await Promise.allSettled([
      commit.run(() => insert(1, 'small')),
      commit.run(() => insert(2, 'x'.repeat(100_000))),
      commit.run(() => insert(3, 'small')),
    ]);
    expect(outcomes[1]).toMatchObject({ reason: expect.any(StoreUnavailable) });
    expect(String(outcomes[1]?.status === 'rejected' && outcomes[1].reason)).toContain('full');
    // Whether or not SQLite gave up the whole transaction: who was told of success is there, and nobody else.
    const kept = [1, 3].filter((id) => outcomes[id - 1]?.status === 'fulfilled');
    expect(there()).toEqual(kept);
    db.pragma('max_page_count = 1000000');
    await commit.run(() => insert(4, 'x'.repeat(100_000)));
    expect(there()).toEqual([...kept, 4]);
  });

  it('bounds a batch by time, and runs the rest in their order', async () => {
    const slow = (id: number) =>
      commit.run(() => {
        for (const until = performance.now() + 5; performance.now() < until; );
        return insert(id);
      });
    expect(await Promise.all(numbers(6).map(slow))).toEqual(numbers(6));
    expect(transactions).toBeGreaterThan(1);
    expect(there()).toEqual(numbers(6));
  });

  it('runs what waits when it is closed, and then refuses', async () => {
    const waiting = numbers(3).map((id) => commit.run(() => insert(id)));
    await commit.close();
    expect(there()).toEqual([1, 2, 3]);
    expect(await Promise.all(waiting)).toEqual([1, 2, 3]);
    await expect(commit.run(() => insert(4))).rejects.toBeInstanceOf(StoreUnavailable);
  });
});
