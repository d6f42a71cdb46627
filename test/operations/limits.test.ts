import { describe, expect, it } from 'vitest';
import { MOST_SHARES } from '../../src/domain/sharing.js';
import { LIMITS } from '../../src/domain/tags.js';
import { SESSION_LIMITS } from '../../src/xep/0050-commands/sessions.js';
import { createStage, type Stage } from '../xep/0050-commands/stage.js';
import { bare } from '../xep/bench.js';

const from = 'admin@example.org/desk';

async function shown(stage: Stage): Promise<Readonly<Record<string, readonly string[]>>> {
  const { form } = await stage.go('limits', { from });
  expect(form?.table?.columns.map(({ name }) => name)).toEqual(['name', 'about', 'limit', 'use', 'most']);
  return Object.fromEntries((form?.table?.rows ?? []).map(([name = '', , ...rest]) => [name, rest]));
}

describe('limits', () => {
  it('are those that are in force, with their use', async () => {
    const stage = createStage();
    const sharedWith = [bare('ann@example.org'), '*'] as const;
    const tags = [{ name: 'SN', kind: 'str', value: '1' }] as const;
    const id = await stage.place({ jid: 'a@example.org', owner: 'owner@example.org', sharedWith, tags });
    await stage.store.failedClaims.add(['x@example.org', '*'], stage.now);
    await stage.store.failedClaims.add(['x@example.org', '@foreign.example', '*'], stage.now);
    stage.load = { ...stage.load, readOuts: { total: 5, greatest: { who: 'ann@example.org', count: 3 } } };
    await stage.go('things', { from });
    expect(await shown(stage)).toMatchObject({
      shares: [String(MOST_SHARES), '2', `2 (${id})`],
      tags: [String(LIMITS.tagsPerThing), '1', '1 (a@example.org)'],
      'failed-claims': ['10', '', '2 (x@example.org)'],
      'failed-claims-domain': ['100', '', '1 (@foreign.example)'],
      'failed-claims-total': ['1000', '2', ''],
      'read-outs': ['100', '5', '3 (ann@example.org)'],
      'command-sessions': [String(SESSION_LIMITS.perAccount), '1', '1 (admin@example.org)'],
      'command-sessions-total': [String(SESSION_LIMITS.total), '1', ''],
      'report-text': ['65536 characters', '', ''],
      registrations: ['1000', '', ''],
      readings: ['off', '', ''],
      things: ['5000', '', ''],
      retention: ['off', '', ''],
      'retention-ended': ['30 days', '', ''],
    });
  });

  it('that are lifted are off', async () => {
    const stage = createStage();
    const { readOuts } = stage.limits;
    stage.limits = { ...stage.limits, failedClaims: undefined, readOuts: { ...readOuts, perAsker: undefined } };
    expect(await shown(stage)).toMatchObject({ 'failed-claims': ['off', '', ''], 'read-outs': ['off', '0', ''] });
  });

  it('have a name each', async () => {
    const { form } = await createStage().go('limits', { from });
    const names = form?.table?.rows.map(([name]) => name) ?? [];
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(20);
  });
});
