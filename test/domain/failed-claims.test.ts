import { beforeEach, describe, expect, it } from 'vitest';
import { createFailedClaims, FAILED_CLAIM_LIMITS, type FailedClaims } from '../../src/domain/failed-claims.js';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { full } from './world.js';

const HOUR = 60 * 60 * 1000;
let now: number;
let failed: FailedClaims;
const create = (limits: typeof FAILED_CLAIM_LIMITS | undefined) =>
  createFailedClaims(openSqliteStore({ file: ':memory:' }).failedClaims, { now: () => now }, ['example.org'], limits);
beforeEach(() => {
  now = Date.UTC(2026, 0, 1);
  failed = create({ perJid: 3, perDomain: 5, inTotal: 9 });
});

const attempt = (jid: string, outcome: 'claimed' | 'failed') =>
  failed.attempt(
    full(jid),
    async () => outcome,
    (claimed) => claimed === 'failed',
  );
const may = async (jid: string) => (await attempt(jid, 'claimed')) === 'claimed';
async function fail(jid: string, times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) expect(await attempt(jid, 'failed')).toBe('failed');
}

describe('failed claims', () => {
  it('are counted a bare JID: another resource is the same claimant, another user is not', async () => {
    await fail('a@example.org/1', 2);
    expect(await may('a@example.org/1')).toBe(true);
    await fail('a@example.org/2', 1);
    expect([await may('a@example.org/3'), await may('b@example.org/1')]).toEqual([false, true]);
  });

  it('are counted a foreign domain, and not our own', async () => {
    for (const user of ['a', 'b', 'c', 'd', 'e']) {
      expect(await may('z@far.example/1')).toBe(true);
      await fail(`${user}@far.example/1`, 1);
    }
    expect([await may('z@far.example/1'), await may('z@other.example/1')]).toEqual([false, true]);
    failed = create({ perJid: 3, perDomain: 5, inTotal: 9 });
    for (const user of ['a', 'b', 'c', 'd', 'e', 'f']) await fail(`${user}@example.org/1`, 1);
    expect(await may('z@example.org/1')).toBe(true);
  });

  it('are counted in total', async () => {
    for (const user of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']) {
      expect(await may('z@example.org/1')).toBe(true);
      await fail(`${user}@${user}.example/1`, 1);
    }
    expect(await may('z@example.org/1')).toBe(false);
  });

  it('are forgotten after an hour', async () => {
    await fail('a@example.org/1', 3);
    now += HOUR;
    expect(await may('a@example.org/1')).toBe(false);
    now += 1;
    expect(await may('a@example.org/1')).toBe(true);
  });

  it('that come in a burst are let through hardly more than one by one', async () => {
    const outcomes = await Promise.all(Array.from({ length: 500 }, () => attempt('a@example.org/1', 'failed')));
    expect(outcomes.filter((outcome) => outcome === 'failed')).toHaveLength(3);
    expect(await may('b@example.org/1')).toBe(true);
  });

  it('do not keep claims that succeed from being many', async () => {
    const outcomes = await Promise.all(Array.from({ length: 500 }, () => attempt('a@example.org/1', 'claimed')));
    expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(500);
  });

  it('that end with an error do not keep others from their turn', async () => {
    const broken = () =>
      failed.attempt(
        full('a@example.org/1'),
        () => Promise.reject(new Error('disk')),
        () => false,
      );
    for (let time = 0; time < 5; time += 1) await expect(broken()).rejects.toThrow('disk');
    expect(await may('a@example.org/1')).toBe(true);
  });

  it('do not count where there are no limits', async () => {
    failed = create(undefined);
    await fail('a@example.org/1', 2000);
    expect(await may('a@example.org/1')).toBe(true);
  });

  it('have limits of which that of a domain leaves room for several users', () => {
    const { perJid, perDomain, inTotal } = FAILED_CLAIM_LIMITS;
    expect([perJid, perDomain, inTotal]).toEqual([10, 100, 1000]);
  });
});
