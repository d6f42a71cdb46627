import { beforeEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/domain/ports.js';
import type { Collected } from '../../src/domain/read-out/collect.js';
import type { OwnershipId } from '../../src/domain/thing.js';
import { settle } from '../domain/read-out/house.js';
import { full } from '../domain/world.js';
import { createStage, notesOf, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { DOMAIN } from '../xep/bench.js';

let stage: Stage;
let to: string;
let id: OwnershipId;
beforeEach(async () => {
  stage = createStage();
  id = (await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' })) ?? expect.fail('not placed');
  to = `${id}@${DOMAIN}`;
  await stage.store.sessions.seen(full('boiler@example.org/d'), 1);
});

async function backfill(values: NonNullable<Step['values']> = {}) {
  const { sessionid } = await stage.go('backfill', { to });
  return stage.go('backfill', { to, sessionid, values });
}
const comesTo = (collected: Partial<Collected>): void => {
  stage.collect = async () => ({ values: 0, faults: [], reason: undefined, ...collected });
};
const FAULT = { node: { nodeId: '', sourceId: '', cacheType: '' }, timestamp: '', reason: 'Page 3 is worn out.' };

describe('the operation backfill', () => {
  it('asks the device once for all that it remembers', async () => {
    const entries: AuditEntry[] = [];
    const { append } = stage.store.audit;
    stage.store.audit.append = (entry) => append(entries[entries.push(entry) - 1] ?? entry);
    comesTo({ values: 42 });
    expect(notesOf(await backfill())).toEqual(['info: 42 values were stored.']);
    expect(stage.collected).toHaveLength(1);
    const [[asked] = []] = stage.collected;
    expect(asked?.thing.ownership.id).toBe(id);
    expect(asked && [...asked.types]).toHaveLength(9);
    expect(asked && [...asked.types].every((type) => type.startsWith('historical'))).toBe(true);
    expect(asked).not.toHaveProperty('from');
    expect(entries).toMatchObject([{ action: 'backfill', subject: 'boiler@example.org', outcome: 'asked' }]);
    expect(stage.alarms).toEqual([]);
  });

  it('asks for a period and for types', async () => {
    await backfill({ from: '2026-01-01', until: '2026-01-01T13:00:00+01:00', type: 'historicalHour' });
    const [[asked] = []] = stage.collected;
    expect(asked).toMatchObject({
      types: new Set(['historicalHour']),
      from: { ms: Date.UTC(2026, 0, 1) },
      to: { ms: Date.UTC(2026, 0, 1, 12) },
    });
  });

  it('says what else the device said', async () => {
    comesTo({ values: 1, faults: [FAULT] });
    expect(notesOf(await backfill())).toEqual(['info: 1 value was stored.', 'warn: Page 3 is worn out.']);
    comesTo({ values: 0 });
    expect(notesOf(await backfill())).toEqual(['info: No values came.']);
    comesTo({ reason: 'The Thing refused: no memory.' });
    expect(notesOf(await backfill())).toEqual(['error: The Thing refused: no memory.']);
  });

  it('does not keep the asker waiting for a slow device', async () => {
    let finish: (collected: Collected) => void = () => undefined;
    stage.collect = (_asked, onProgress) => {
      onProgress?.(7);
      return new Promise((resolve) => {
        finish = resolve;
      });
    };
    const end = backfill();
    await settle();
    expect(stage.alarms).toMatchObject([{ at: stage.now + 4000 }]);
    stage.alarms[0]?.run();
    expect(notesOf(await end)).toEqual([
      'info: The Thing is still answering; what it sends is stored as it comes. 7 values were stored.',
    ]);
    finish({ values: 9, faults: [], reason: undefined });
    await settle();
  });

  it('is refused while the Thing is off line', async () => {
    await stage.store.sessions.gone(full('boiler@example.org/d'));
    expect(notesOf(await backfill())).toEqual(['error: The Thing is off line; try again when it is there.']);
    expect(stage.collected).toEqual([]);
  });

  it.each([
    [{ from: 'yesterday' }, 'from: "yesterday" is no time; use one like 2026-03-07T16:24:30Z, or 2026-03-07.'],
    [{ until: '2026-02-30' }, 'until: "2026-02-30" is no time; use one like 2026-03-07T16:24:30Z, or 2026-03-07.'],
    [
      { from: '2026-02-02', until: '2026-02-01' },
      'until: 2026-02-01T00:00:00Z is before 2026-02-02T00:00:00Z, from when it is to begin; use a later time.',
    ],
    [{ type: ['historicalDay', 'momentary'] }, 'type: "momentary" is none of historicalSecond'],
  ])('refuses %j by its field', async (values, fault) => {
    const back = await backfill(values);
    expect(back.status).toBe('executing');
    expect(notesOf(back)[0]).toContain(`error: ${fault}`);
    expect(stage.collected).toEqual([]);
  });
});
