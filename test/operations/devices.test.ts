import { beforeEach, describe, expect, it } from 'vitest';
import { full } from '../store/contract/samples.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';

const from = 'admin@example.org/desk';

let stage: Stage;
beforeEach(async () => {
  stage = createStage();
  await stage.place({ jid: 'hub@example.org', nodeId: 'n1' });
  await stage.place({ jid: 'hub@example.org', nodeId: 'n2' });
  await stage.store.sessions.seen(full('hub@example.org/b'), Date.UTC(2026, 0, 1));
  await stage.store.sessions.seen(full('hub@example.org/a'), Date.UTC(2026, 0, 2));
  await stage.store.sessions.seen(full('lamp@elsewhere.example/x'), 1);
});

async function run(values: Record<string, string>) {
  const { sessionid } = await stage.go('devices', { from });
  return stage.go('devices', { from, sessionid, values });
}

describe('devices that are on line', () => {
  it('are listed with their Things and when they were heard of', async () => {
    const { notes, form } = await run({});
    expect(notes.map(({ text }) => text)).toEqual(['3 sessions are on line.']);
    expect(form?.table?.rows).toEqual([
      ['hub@example.org/a', 'hub@example.org', '2', '2026-01-02T00:00:00Z'],
      ['hub@example.org/b', 'hub@example.org', '2', '2026-01-01T00:00:00Z'],
      ['lamp@elsewhere.example/x', 'lamp@elsewhere.example', '0', '1970-01-01T00:00:00.001Z'],
    ]);
  });

  it.each([
    ['HUB@example.org', ['hub@example.org/a', 'hub@example.org/b']],
    ['elsewhere.example', ['lamp@elsewhere.example/x']],
    ['nobody@example.org', []],
  ])('are found by %s', async (filter, expected) => {
    expect((await run({ filter })).form?.table?.rows.map(([session]) => session) ?? []).toEqual(expected);
  });

  it('come page by page', async () => {
    const first = await run({ max: '1', filter: 'example.org' });
    expect(notesOf(first)[1]).toBe('warn: There are more; the next ones come after hub@example.org/a.');
    expect(first.form?.table?.columns.at(-1)?.name).toBe('next');
    expect(first.form?.table?.rows[0]?.at(-1)).toBe('hub@example.org/a');
    const second = await run({ max: '1', filter: 'example.org', after: 'hub@example.org/a' });
    expect([second.form?.table?.rows[0]?.[0], notesOf(second)]).toEqual([
      'hub@example.org/b',
      ['info: 3 sessions are on line.'],
    ]);
    expect(notesOf(await run({ after: 'z' }))).toEqual(['info: 3 sessions are on line. No more match.']);
  });

  it.each(['hub@example.org/a', 'a b@example.org', '@'])('are not looked for by %s', async (filter) => {
    const back = await run({ filter });
    expect([back.status, notesOf(back)[0]]).toEqual(['executing', expect.stringContaining('neither a JID')]);
  });
});
