import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/domain/ports.js';
import type { OwnershipId } from '../../src/domain/thing.js';
import { periodText, readPeriod } from '../../src/operations/period.js';
import { createStage, notesOf, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { DOMAIN } from '../xep/bench.js';

let stage: Stage;
let id: OwnershipId;
let to: string;
const audit: AuditEntry[] = [];
beforeEach(async () => {
  stage = createStage();
  id = (await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' })) ?? expect.fail('not placed');
  to = `${id}@${DOMAIN}`;
  audit.length = 0;
  const { put, remove } = stage.store.recordings;
  stage.store.recordings.put = (recording, entry) => put(recording, note(entry));
  stage.store.recordings.remove = (ownership, entry) => remove(ownership, note(entry));
});

function note(entry: AuditEntry): AuditEntry {
  audit.push(entry);
  return entry;
}

async function record(values: NonNullable<Step['values']>) {
  const { sessionid } = await stage.go('record', { to });
  return stage.go('record', { to, sessionid, values });
}

describe('the operation record', () => {
  it('shows that nothing is recorded, and offers to', async () => {
    const begun = await stage.go('record', { to });
    expect(notesOf(begun)).toEqual(['info: The Thing is not recorded.']);
    expect(begun.form?.fields).toMatchObject([
      { name: 'period', values: ['off'] },
      {
        name: 'type',
        type: 'list-multi',
        values: ['momentary'],
        options: ['momentary', 'peak', 'status', 'computed', 'identity'].map((value) => ({ value })),
      },
    ]);
  });

  it('begins a recording, at once, with an entry in the audit trail', async () => {
    const end = await record({ period: '10 min', type: ['momentary', 'status'] });
    expect(notesOf(end)).toEqual(['info: The Thing is read every 10m (momentary, status).']);
    expect(end.form?.fields.map(({ name, values }) => [name, values])).toEqual([
      ['period', ['10m']],
      ['type', ['momentary', 'status']],
      ['next', ['2026-01-01T12:00:00Z']],
    ]);
    expect(await stage.store.recordings.of(id)).toEqual({
      ownership: id,
      periodMs: 600_000,
      types: new Set(['momentary', 'status']),
      due: stage.now,
    });
    expect(stage.changes).toBe(1);
    expect(audit).toEqual([
      {
        at: stage.now,
        actor: 'owner@example.org/phone',
        action: 'record',
        subject: 'boiler@example.org',
        ownership: id,
        outcome: 'every 10m: momentary status',
      },
    ]);
  });

  it('shows the present setting, the last run and its outcome; left as it is, nothing changes', async () => {
    await record({ period: '6h' });
    await stage.store.recordings.ran(id, { at: stage.now, outcome: '3 values were stored.' });
    const begun = await stage.go('record', { to });
    const words = 'The Thing is read every 6h (momentary). Last at 2026-01-01T12:00:00Z: 3 values were stored.';
    expect(notesOf(begun)).toEqual([`info: ${words}`]);
    expect(begun.form?.fields[0]?.values).toEqual(['6h']);
    const before = await stage.store.recordings.of(id);
    stage.now += 1000;
    const end = await stage.go('record', { to, sessionid: begun.sessionid, values: {} });
    expect(notesOf(end)).toEqual([`info: ${words}`]);
    expect(end.form?.fields.map(({ name }) => name)).toEqual(['period', 'type', 'next', 'last', 'outcome']);
    expect(await stage.store.recordings.of(id)).toEqual(before);
    expect([stage.changes, audit.length]).toEqual([1, 1]);
  });

  it('changes and ends a recording', async () => {
    await record({ period: '6h' });
    await record({ period: '6h', type: 'identity' });
    expect((await stage.store.recordings.of(id))?.types).toEqual(new Set(['identity']));
    const end = await record({ period: 'OFF' });
    expect(notesOf(end)).toEqual(['info: The Thing is not recorded any more; what was recorded is kept.']);
    expect(await stage.store.recordings.of(id)).toBeUndefined();
    expect(notesOf(await record({ period: '0' }))).toEqual(['info: The Thing is not recorded.']);
    expect(audit.map(({ outcome }) => outcome)).toEqual(['every 6h: momentary', 'every 6h: identity', 'off']);
  });

  it.each([
    [{ period: 'soon' }, 'error: period: "soon" is no period; use one like 30s, 10m, 6h or off.'],
    [{ period: '10' }, 'error: period: "10" is no period; use one like 30s, 10m, 6h or off.'],
    [{ period: '-5m' }, 'error: period: "-5m" is no period; use one like 30s, 10m, 6h or off.'],
    [{ period: '9s' }, 'error: period: "9s" will not do; use a period from 10s to 31d, or off.'],
    [{ period: '999999999d' }, 'error: period: "999999999d" will not do; use a period from 10s to 31d, or off.'],
    [
      { period: '1m', type: 'historical' },
      'error: type: "historical" is none of momentary, peak, status, computed, identity.',
    ],
    [{ period: '1m', type: [] }, 'error: type: This has to be given.'],
  ])('refuses %j by its field, and changes nothing', async (values, fault) => {
    expect(notesOf(await record(values))[0]).toBe(fault);
    expect(await stage.store.recordings.of(id)).toBeUndefined();
    expect(audit).toEqual([]);
  });

  it('is for the owner alone', async () => {
    const theirs = await stage.place({
      jid: 'm@example.org',
      owner: 'cy@example.org',
      sharedWith: ['*'],
      isPublic: true,
    });
    for (const from of ['owner@example.org/phone', 'admin@example.org/r', 'm@example.org/r']) {
      expect(await stage.play('record', { from, to: `${theirs}@${DOMAIN}` })).toMatchObject({ condition: 'forbidden' });
    }
    expect(await stage.play('record', { from: 'admin@example.org/r' })).toMatchObject({ condition: 'forbidden' });
  });

  it('is refused where the Thing has gone while the form was filled in', async () => {
    const { sessionid } = await stage.go('record');
    await stage.go('record', { sessionid, values: { thing: id } });
    stage.store.recordings.put = async () => false;
    const end = await stage.go('record', { sessionid, values: { period: '1h' } });
    expect(notesOf(end)).toEqual(['error: The Thing is not yours any more.']);
  });
});

describe('a period', () => {
  it.each([
    ['10s', 10_000],
    ['90 seconds', 90_000],
    ['1min', 60_000],
    ['60m', 3_600_000],
    ['2 HOURS', 7_200_000],
    ['1day', 86_400_000],
    ['31d', 31 * 86_400_000],
    ['0s', 'off'],
    ['off', 'off'],
  ])('%s is read', (text, value) => expect(readPeriod(text)).toEqual({ ok: true, value }));

  it('comes back as the same', () => {
    for (const text of ['10s', '90s', '1m', '90m', '1h', '25h', '1d', '31d']) {
      const read = readPeriod(text);
      expect(read.ok && read.value !== 'off' && periodText(read.value)).toBe(text);
    }
  });
});
