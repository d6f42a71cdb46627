import { beforeEach, describe, expect, it } from 'vitest';
import {
  type CommandSessions,
  createCommandSessions,
  SESSION_LIMITS,
} from '../../../src/xep/0050-commands/sessions.js';
import { full } from '../../domain/world.js';

const [ANN, BOB] = [full('ann@example.org/r'), full('bob@example.org/r')];

let now = 0;
let sessions: CommandSessions<{ readonly n: number }>;
beforeEach(() => {
  now = 1_000_000;
  sessions = createCommandSessions({ now: () => now });
});

function open(asker = ANN, n = 0): string {
  const id = sessions.create(asker);
  sessions.put(id, asker, { n });
  return id;
}

describe('sessions of commands', () => {
  it('are taken out once, by who began them', () => {
    const id = open(ANN, 7);
    expect(sessions.take(id, BOB)).toBe('unknown');
    expect(sessions.take(id, full('ann@example.org/other'))).toBe('unknown');
    expect(sessions.take(id, ANN)).toEqual({ n: 7 });
    expect(sessions.take(id, ANN)).toBe('expired');
    expect(sessions.size).toBe(0);
  });

  it.each(['', 'x', 'a'.repeat(38), 'ü'.repeat(38), 'a'.repeat(5000)])('that never were are unknown: %#', (id) => {
    expect(sessions.take(id, ANN)).toBe('unknown');
  });

  it('have names that are not to be guessed from others', () => {
    const ids = Array.from({ length: 1000 }, () => sessions.create(ANN));
    expect(new Set(ids).size).toBe(1000);
    const [one = '', other = ''] = ids;
    expect(one).toHaveLength(38);
    expect(sessions.take(one.slice(0, 16) + other.slice(16), ANN)).toBe('unknown');
    expect(createCommandSessions({ now: () => now }).take(one, ANN)).toBe('unknown');
  });

  it('end ten minutes after their last step', () => {
    const id = open();
    now += SESSION_LIMITS.idleMs - 1;
    const state = sessions.take(id, ANN);
    if (typeof state === 'string') return expect.fail(state);
    sessions.put(id, ANN, state);
    now += SESSION_LIMITS.idleMs - 1;
    expect(sessions.take(id, ANN)).toEqual({ n: 0 });
    sessions.put(id, ANN, state);
    now += SESSION_LIMITS.idleMs;
    expect(sessions.take(id, ANN)).toBe('expired');
  });

  it('are ten an account over all its resources; the one left alone longest gives way', () => {
    const ids = Array.from({ length: 10 }, () => open());
    const [first = '', second = ''] = ids;
    const kept = sessions.take(first, ANN);
    if (typeof kept === 'string') return expect.fail(kept);
    sessions.put(first, ANN, kept);
    open(BOB);
    open(full('ann@example.org/other'));
    expect(sessions.size).toBe(11);
    expect(sessions.take(second, ANN)).toBe('expired');
    expect(sessions.take(first, ANN)).toEqual({ n: 0 });
  });

  it('end for an account that has most of them, where there are too many in all', () => {
    const few = [open(BOB), open(BOB)];
    for (let n = 0; n < 1000; n++) for (let each = 0; each < 10; each++) open(full(`user${n}@example.org/r`));
    expect(sessions.size).toBe(SESSION_LIMITS.total);
    const mine = open(ANN);
    for (let n = 1000; n < 1010; n++) for (let each = 0; each < 10; each++) open(full(`user${n}@example.org/r`));
    expect(sessions.size).toBe(SESSION_LIMITS.total);
    expect(few.map((id) => sessions.take(id, BOB))).toEqual([{ n: 0 }, { n: 0 }]);
    expect(sessions.take(mine, ANN)).toEqual({ n: 0 });
    expect(sessions.use().greatest?.count).toBe(10);
  });

  it('make room by their own, where nobody has more', () => {
    sessions = createCommandSessions({ now: () => now }, { ...SESSION_LIMITS, total: 3 });
    const [first, second] = [open(BOB), open(BOB)];
    const own = open(ANN);
    const next = open(ANN);
    expect([sessions.take(own, ANN), sessions.take(next, ANN)]).toEqual(['expired', { n: 0 }]);
    expect([sessions.take(first, BOB), sessions.take(second, BOB)]).toEqual([{ n: 0 }, { n: 0 }]);
  });

  it('do not grow beyond a total, whoever opens them and walks away', () => {
    const first = open(BOB);
    for (let n = 0; n < 20_000; n++) open(full(`user${n}@example.org/r`));
    expect(sessions.size).toBe(SESSION_LIMITS.total);
    expect(sessions.take(first, BOB)).toBe('expired');
    for (let n = 0; n < 10_000; n++) open(ANN);
    expect(sessions.size).toBeLessThanOrEqual(SESSION_LIMITS.total);
    now += SESSION_LIMITS.idleMs;
    open(ANN);
    expect(sessions.size).toBe(1);
  });
});
