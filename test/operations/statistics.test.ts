import { expect, it } from 'vitest';
import { full } from '../store/contract/samples.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';
import { bare } from '../xep/bench.js';

const from = 'admin@example.org/desk';

async function shown(stage: Stage) {
  const answer = await stage.go('statistics', { from });
  const facts = answer.form?.fields.map(({ name, values }): [string, string] => [name, values.join()]) ?? [];
  return { notes: notesOf(answer), facts: Object.fromEntries(facts) };
}

it('statistics count what there is, and what is under way', async () => {
  const stage = createStage();
  await stage.place({ jid: 'a@example.org', owner: 'owner@example.org', isPublic: true });
  await stage.place({ jid: 'b@example.org' });
  await stage.store.sessions.seen(full('a@example.org/r'), 1);
  await stage.store.failedClaims.add(['x@example.org', '*'], stage.now - 60 * 60 * 1000);
  await stage.store.failedClaims.add(['x@example.org', '*'], stage.now - 60 * 60 * 1000 - 1);
  const words = { to: bare('owner@example.org'), text: 'News.', isUnasked: true };
  await stage.store.words.owe(words, 1);
  stage.load = { ...stage.load, readOuts: { total: 3 } };
  await stage.go('things', { from }); // left open
  const { notes, facts } = await shown(stage);
  expect(notes).toEqual(['info: 2 Things, 1 owner.']);
  expect(facts).toMatchObject({
    things: '2',
    claimed: '1',
    public: '1',
    'self-owned': '0',
    owners: '1',
    sessions: '1',
    'failed-claims': '1',
    'read-outs': '3',
    'command-sessions': '1',
    uptime: '61',
    memory: '2000000',
    'delay-p50': '0.25',
    'delay-p99': '12.5',
    words: '1',
    version: '0.0.0',
    log: '0',
  });
  expect(Number(facts['database'])).toBeGreaterThan(0);
  expect(Object.values(facts).every((value) => value !== '' && value !== 'NaN' && value !== 'undefined')).toBe(true);
});

it('statistics of nothing are nothing', async () => {
  const { notes, facts } = await shown(createStage());
  expect([notes, facts['things'], facts['readings'], facts['audit-entries']]).toEqual([
    ['info: 0 Things, 0 owners.'],
    '0',
    '0',
    '0',
  ]);
});
