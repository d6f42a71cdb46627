import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/domain/ports.js';
import type { OwnershipId } from '../../src/domain/thing.js';
import { createStage, notesOf, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const COMMANDS = 'http://jabber.org/protocol/commands';
const ADMIN = 'admin@example.org/desk';
const GENERALLY = 'Readings are kept for ever (as for all), all of each field (as for all).';

let stage: Stage;
let id: OwnershipId;
let to: string;
const audit: AuditEntry[] = [];
beforeEach(async () => {
  stage = createStage();
  id = (await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' })) ?? expect.fail('not placed');
  to = `${id}@${DOMAIN}`;
  audit.length = 0;
  const { put } = stage.store.retention;
  stage.store.retention.put = (ownership, retention, entry) => {
    audit.push(entry);
    return put(ownership, retention, entry);
  };
});

async function fill(values: NonNullable<Step['values']>) {
  const { sessionid } = await stage.go('retention', { from: ADMIN, to });
  return stage.go('retention', { from: ADMIN, to, sessionid, values });
}
/** Confirms what is asked. */
async function retention(values: NonNullable<Step['values']>) {
  const answer = await fill(values);
  const isAsked = answer.form?.fields[0]?.type === 'fixed';
  const { sessionid } = answer;
  return isAsked ? stage.go('retention', { from: ADMIN, to, sessionid, action: 'complete' }) : answer;
}

describe('the operation retention', () => {
  it('shows what holds where nothing is set, and changes nothing unless it is told to', async () => {
    const begun = await stage.go('retention', { from: ADMIN, to });
    expect(notesOf(begun)).toEqual([`info: ${GENERALLY}`]);
    expect(begun.form?.fields).toMatchObject([
      { name: 'days', type: 'text-single', values: [] },
      { name: 'count', type: 'text-single', values: [] },
    ]);
    const end = await stage.go('retention', { from: ADMIN, to, sessionid: begun.sessionid, values: {} });
    expect(notesOf(end)).toEqual([`info: ${GENERALLY}`]);
    expect(end.form?.fields).toMatchObject([
      { name: 'days', values: ['off'] },
      { name: 'count', values: ['off'] },
    ]);
    expect(audit).toEqual([]);
  });

  it('sets limits with an entry in the audit trail; one that is left out stays, an empty one is as for all', async () => {
    expect(notesOf(await retention({ days: ' 30 ' }))).toEqual([
      'info: Readings are kept for 30 days (set for this Thing), all of each field (as for all).',
    ]);
    expect(await stage.store.retention.of(id)).toEqual({ days: 30 });
    const begun = await stage.go('retention', { from: ADMIN, to });
    expect(begun.form?.fields).toMatchObject([{ values: ['30'] }, { values: [] }]);
    const both = await retention({ count: '1000' });
    expect(both.form?.fields).toMatchObject([{ values: ['30'] }, { values: ['1000'] }]);
    expect(await stage.store.retention.of(id)).toEqual({ days: 30, count: 1000 });
    await retention({ days: 'OFF', count: '' });
    expect(await stage.store.retention.of(id)).toEqual({ days: 'off' });
    expect(notesOf(await retention({ days: '' }))).toEqual([`info: ${GENERALLY}`]);
    expect(await stage.store.retention.of(id)).toEqual({});
    const entry = { at: stage.now, actor: ADMIN, action: 'retention', subject: 'boiler@example.org', ownership: id };
    expect(audit).toEqual([
      { ...entry, outcome: 'days: 30, count: as for all' },
      { ...entry, outcome: 'days: 30, count: 1000' },
      { ...entry, outcome: 'days: off, count: as for all' },
      { ...entry, outcome: 'days: as for all, count: as for all' },
    ]);
  });

  it.each<[Record<string, string>, Record<string, string>, boolean]>([
    [{}, { days: '30' }, true],
    [{}, { count: '1000' }, true],
    [{ days: '30' }, { days: '29.999' }, true],
    [{ days: '30' }, { days: '60', count: '5' }, true],
    [{ days: 'off' }, { days: '' }, false],
    [{ days: '30' }, { days: '30' }, false],
    [{ days: '30' }, { days: '' }, false],
    [{ count: '5' }, { count: '6' }, false],
    [{ days: '30', count: '5' }, { days: 'off', count: '' }, false],
  ])('asks before it deletes for good: %j becomes %j', async (before, after, isAsked) => {
    await retention(before);
    const held = await stage.store.retention.of(id);
    const answer = await fill(after);
    expect(answer.status).toBe(isAsked ? 'executing' : 'completed');
    if (!isAsked) return;
    expect(notesOf(answer)[0]).toMatch(/^warn: Keep less of the readings of boiler@example\.org\? Readings are kept /);
    expect(await stage.store.retention.of(id)).toEqual(held);
  });

  it('asks too where it is the general setting that keeps less', async () => {
    Object.assign(stage.services, { retention: { days: 7, count: 'off' } });
    expect((await fill({ days: '30' })).status).toBe('completed');
    expect((await fill({ days: '' })).status).toBe('executing');
  });

  it('shows the general setting as what holds, unless the Thing has limits of its own', async () => {
    Object.assign(stage.services, { retention: { days: 1, count: 500 } });
    const begun = await stage.go('retention', { from: ADMIN, to });
    expect(notesOf(begun)).toEqual([
      'info: Readings are kept for 1 day (as for all), the newest 500 of each field (as for all).',
    ]);
    const end = await retention({ days: '0.001', count: 'off' });
    expect(notesOf(end)).toEqual([
      'info: Readings are kept for 0.001 days (set for this Thing), all of each field (set for this Thing).',
    ]);
    await retention({ days: '0.001' });
    expect(audit).toHaveLength(1);
  });

  const number = (text: string) => `"${text}" will not do; use a number such as 30, or off.`;
  it.each([
    [{ days: 'soon' }, `days: ${number('soon')}`],
    [{ days: '-3' }, `days: ${number('-3')}`],
    [{ days: '1e3' }, `days: ${number('1e3')}`],
    [{ days: '0.00000001' }, `days: ${number('0.00000001')}`],
    [{ days: '0' }, 'days: Readings cannot be kept for 0 days; use more than 0, at most 36500, or off.'],
    [{ days: '40000' }, 'days: Readings cannot be kept for 40000 days; use more than 0, at most 36500, or off.'],
    [
      { days: '7', count: '1.5' },
      'count: 1.5 is not how many readings can be kept; use a whole number from 1 to 1000000000, or off.',
    ],
    [{ count: '0' }, 'count: 0 is not how many readings can be kept; use a whole number from 1 to 1000000000, or off.'],
  ])('refuses %j by its field, and changes nothing', async (values, fault) => {
    const back = await retention(values);
    expect([back.status, notesOf(back)[0]]).toEqual(['executing', `error: ${fault}`]);
    expect([await stage.store.retention.of(id), audit]).toEqual([{}, []]);
  });

  it('names both fields where both are wrong', async () => {
    const notes = notesOf(await retention({ days: 'x', count: 'y' }));
    expect(notes.slice(0, 2)).toEqual([`error: days: ${number('x')}`, `error: count: ${number('y')}`]);
  });

  it('is refused where the ownership has ended while the form was filled in', async () => {
    stage.store.retention.put = async () => false;
    expect(notesOf(await retention({ days: '1' }))).toEqual([
      'error: The Thing has no owner any more, or another one.',
    ]);
  });
});

describe('retention is for administrators', () => {
  const listed = async (from: string, at?: string) =>
    JSON.stringify(await stage.disco('items', COMMANDS, { from, ...(at !== undefined && { to: at }) })).includes(
      'thingstead:retention',
    );

  it('on every Thing, also on those that nobody showed them', async () => {
    expect([await listed(ADMIN), await listed(ADMIN, to)]).toEqual([true, true]);
    for (const thing of [id, 'boiler@example.org']) {
      const { sessionid } = await stage.go('retention', { from: ADMIN });
      await stage.go('retention', { from: ADMIN, sessionid, values: { thing } });
      const asked = await stage.go('retention', { from: ADMIN, sessionid, values: { days: '7' } });
      if (asked.status === 'executing') await stage.go('retention', { from: ADMIN, sessionid, action: 'complete' });
    }
    expect([await stage.store.retention.of(id), audit.length]).toEqual([{ days: 7 }, 1]);
  });

  it('on their own Things too', async () => {
    const own = await stage.place({ jid: 'lamp@example.org', owner: 'admin@example.org' });
    expect((await stage.go('retention', { from: ADMIN, to: `${own}@${DOMAIN}` })).status).toBe('executing');
    expect((await stage.go('record', { from: ADMIN, to: `${own}@${DOMAIN}` })).status).toBe('executing');
  });

  it('and forbidden to owners, readers, and the Thing', async () => {
    const reader = bare('reader@example.org');
    const shared = await stage.place({ jid: 'm@example.org', owner: 'owner@example.org', sharedWith: [reader, '*'] });
    for (const from of ['owner@example.org/r', 'reader@example.org/r', 'm@example.org/r']) {
      const at = `${shared}@${DOMAIN}`;
      expect([await listed(from), await listed(from, at)]).toEqual([false, false]);
      expect(await stage.play('retention', { from })).toMatchObject({ condition: 'forbidden' });
      expect(await stage.play('retention', { from, to: at })).toMatchObject({ condition: 'forbidden' });
      expect(await stage.disco('info', 'thingstead:retention', { from })).toBe('forbidden');
    }
  });
});
