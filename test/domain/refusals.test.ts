import { beforeEach, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/domain/audit.js';
import { createRefusals, type Refusals } from '../../src/domain/refusals.js';
import { full } from './world.js';

let now: number;
let written: AuditEntry[];
let alarms: { readonly at: number; readonly run: () => void }[];
let faults: unknown[];
let isFull: boolean;
let refusals: Refusals;
beforeEach(() => {
  now = 1_000_000;
  [written, alarms, faults, isFull] = [[], [], [], false];
  const timers = {
    after(ms: number, run: () => void) {
      const alarm = { at: now + ms, run };
      alarms.push(alarm);
      return () => {
        alarms = alarms.filter((each) => each !== alarm);
      };
    },
  };
  const append = async (entry: AuditEntry) => {
    if (isFull) throw new Error('full');
    written.push(entry);
  };
  refusals = createRefusals({ append }, { now: () => now }, timers, (fault) => faults.push(fault));
});

const ASKED = { actor: full('ann@x/r'), action: 'req', subject: 't@x', outcome: 'item-not-found' };
const outcomes = () => written.map(({ at, actor, outcome }) => `${at - 1_000_000} ${actor}: ${outcome}`);
function pass(ms: number): void {
  now += ms;
  const due = alarms.filter(({ at }) => at <= now);
  alarms = alarms.filter(({ at }) => at > now);
  for (const { run } of due) run();
}

it('one is written at once, its repetitions once a minute, by their number', async () => {
  for (let n = 0; n < 1000; n++) await refusals.note(ASKED);
  await refusals.note({ ...ASKED, actor: full('bert@x/r') });
  expect(outcomes()).toEqual(['0 ann@x/r: item-not-found', '0 bert@x/r: item-not-found']);
  pass(60_000);
  expect(outcomes().slice(2)).toEqual(['60000 ann@x/r: item-not-found, 999 more within a minute']);
  await refusals.note(ASKED);
  pass(60_000);
  expect(outcomes().slice(3)).toEqual(['60000 ann@x/r: item-not-found']);
  expect(written.every(({ isRefusal }) => isRefusal)).toBe(true);
});

it('those that differ in anything are each written', async () => {
  const others = [{ action: 'cancel' }, { subject: 'u@x' }, { outcome: 'forbidden' }, { actor: full('ann@x/s') }];
  for (const more of [{}, ...others]) await refusals.note({ ...ASKED, ...more });
  expect(written).toHaveLength(5);
});

it('what was counted is written when the component stops', async () => {
  await refusals.note(ASKED);
  await refusals.note(ASKED);
  await refusals.stop();
  expect(outcomes().at(-1)).toBe('0 ann@x/r: item-not-found, 1 more within a minute');
  expect(alarms).toEqual([]);
});

it('counts only so many different ones at a time, and writes the others', async () => {
  for (let n = 0; n < 10_001; n++) await refusals.note({ ...ASKED, subject: `t${n}@x` });
  for (let n = 0; n < 3; n++) await refusals.note({ ...ASKED, subject: 't10000@x' });
  expect(written).toHaveLength(10_004);
  expect(alarms).toHaveLength(10_000);
});

it('bounds what the asker made, and fails for nobody', async () => {
  await refusals.note({ ...ASKED, action: 'a'.repeat(1000), subject: 's'.repeat(10_000) });
  expect([written[0]?.action.length, written[0]?.subject.length]).toEqual([64, 2048]);
  isFull = true;
  await refusals.note({ ...ASKED, subject: 'other' });
  expect(faults).toEqual([new Error('full')]);
});
