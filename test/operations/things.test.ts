import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../src/domain/thing.js';
import { full } from '../store/contract/samples.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';

const from = 'admin@example.org/desk';

let stage: Stage;
let id: OwnershipId;
beforeEach(async () => {
  stage = createStage();
  const name = { name: 'NAME', kind: 'str', value: 'Cellar' } as const;
  id = (await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org', tags: [name] })) ?? expect.fail();
  await stage.place({ jid: 'lamp@example.org', tags: [{ name: 'SN', kind: 'str', value: '7' }] });
  await stage.place({ jid: 'hub@example.org', nodeId: 'n-1', owner: 'other@example.org', isPublic: true });
  await stage.place({
    jid: 'hub@example.org',
    nodeId: 'n-2',
    owner: 'hub@example.org',
    selfOwned: true,
    isPublic: true,
  });
});

async function run(values: Record<string, string>) {
  const { sessionid } = await stage.go('things', { from });
  return stage.go('things', { from, sessionid, values });
}
const rows = async (values: Record<string, string>) => (await run(values)).form?.table?.rows ?? [];
const named = async (values: Record<string, string>) =>
  (await rows(values)).map(([, , jid, nodeId]) => `${jid} ${nodeId}`.trim());

describe('all Things', () => {
  it('are listed, claimed or not, with what administrators look for', async () => {
    await stage.store.sessions.seen(full('lamp@example.org/r'), 1);
    const { notes, form } = await run({});
    expect(notes.map(({ text }) => text)).toEqual(['4 Things.']);
    expect(form?.table?.columns.map(({ name }) => name)).toEqual([
      ...['thing', 'label', 'jid', 'nodeId', 'sourceId', 'cacheType', 'owner', 'state', 'since', 'online'],
    ]);
    const boiler = ['boiler@example.org', '', '', '', 'owner@example.org', 'private', '1970-01-01T00:00:00.001Z', 'no'];
    expect(form?.table?.rows.slice(0, 2)).toEqual([
      [id, 'Cellar (boiler@example.org)', ...boiler],
      ['', '7 (lamp@example.org)', 'lamp@example.org', '', '', '', '', 'not to be claimed', '', 'yes'],
    ]);
  });

  it.each([
    ['all', ['boiler@example.org', 'lamp@example.org', 'hub@example.org n-1', 'hub@example.org n-2']],
    ['claimed', ['boiler@example.org', 'hub@example.org n-1', 'hub@example.org n-2']],
    ['unclaimed', ['lamp@example.org']],
    ['public', ['hub@example.org n-1', 'hub@example.org n-2']],
    ['self-owned', ['hub@example.org n-2']],
    ['offered', []],
  ])('of the state %s', async (state, expected) => {
    expect(await named({ state })).toEqual(expected);
  });

  it.each([
    ['owner@', ['boiler@example.org']],
    ['CELL', ['boiler@example.org']],
    ['hub@example.org', ['hub@example.org n-1', 'hub@example.org n-2']],
    ['n-2', ['hub@example.org n-2']],
    ['%', []],
  ])('that have %s', async (filter, expected) => {
    expect(await named({ filter })).toEqual(expected);
  });

  it('come page by page, each with where the next begins', async () => {
    const first = await run({ max: '3' });
    expect(first.form?.table?.rows).toHaveLength(3);
    const after = first.form?.table?.rows.at(-1)?.at(-1) ?? '';
    expect([first.form?.table?.columns.at(-1)?.name, notesOf(first)[1]]).toEqual([
      'next',
      `warn: There are more; the next ones come after ${after}.`,
    ]);
    expect(await named({ max: '3', after })).toEqual(['hub@example.org n-2']);
    expect(notesOf(await run({ after: '99' }))).toEqual(['info: No more Things match.']);
    expect(notesOf(await run({ filter: 'nothing like it' }))).toEqual(['info: No Thing matches.']);
  });

  it.each([
    ['boiler@example.org', { thing: ['presently'], owner: ['owner@example.org'], tags: ['NAME:Cellar'] }],
    ['LAMP@example.org', { jid: ['lamp@example.org'], state: ['not to be claimed'], tags: ['SN:7'], online: ['no'] }],
  ])('and of %s, which is one, all is shown', async (filter, facts) => {
    const { form } = await run({ filter });
    const found = Object.fromEntries((form?.fields ?? []).map(({ name, values }) => [name, values]));
    expect(found).toMatchObject({ ...facts, ...('thing' in facts && { thing: [id] }) });
    expect(form?.table).toBeUndefined();
  });

  it('and of an id too', async () => {
    const { form } = await run({ filter: id });
    expect(form?.fields.find(({ name }) => name === 'thing')?.values).toEqual([id]);
  });

  it.each([
    ['max', '501', 'use a whole number from 1 to 500'],
    ['max', '0', 'use a whole number from 1 to 500'],
    ['after', '-1', 'use a whole number of at least 0'],
    ['state', 'stolen', 'none of all, claimed'],
  ])('are not listed with %s %s', async (field, value, fault) => {
    const back = await run({ [field]: value });
    expect([back.status, notesOf(back)[0]]).toEqual(['executing', expect.stringContaining(fault)]);
  });
});
