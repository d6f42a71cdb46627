import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../src/domain/thing.js';
import { full, num, str } from '../domain/world.js';
import { createStage, notesOf, OWNER, type Stage } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const READER = 'reader@example.org/r';
const ADMIN = 'admin@example.org/r';
const STRANGER = 'stranger@example.org/r';

let stage: Stage;
let id: OwnershipId;
beforeEach(async () => {
  stage = createStage();
  const placed = await stage.place({
    jid: 'boiler@example.org',
    nodeId: 'n1',
    owner: 'owner@example.org',
    sharedWith: [bare('reader@example.org'), '@example.net'],
    tags: [str('NAME', 'Boiler'), num('V', '1.20')],
  });
  id = placed ?? expect.fail('not placed');
});

async function ask(thing: string, from = OWNER) {
  const { sessionid } = await stage.go('my-things', { from });
  return stage.go('my-things', { from, sessionid, values: { thing } });
}
async function facts(thing: string, from = OWNER) {
  const { form } = await ask(thing, from);
  return Object.fromEntries(form?.fields.map(({ name, values }) => [name, values]) ?? []);
}

describe('the list of my-things', () => {
  it("has one's own Things and those shared with one, with whom only for the owner", async () => {
    const shared = await stage.place({
      jid: 'meter@example.org',
      owner: 'cy@example.org',
      sharedWith: [bare('owner@example.org'), '@example.org'],
    });
    await stage.place({ jid: 'public@example.org', owner: 'cy@example.org', isPublic: true });
    const begun = await stage.go('my-things');
    expect(begun.form?.fields).toMatchObject([
      {
        name: 'thing',
        type: 'list-single',
        validation: { open: true },
        values: [],
        options: [
          { value: id, label: 'Boiler (boiler@example.org n1)' },
          { value: shared, label: 'meter@example.org' },
        ],
      },
    ]);
    const list = await ask('');
    expect(notesOf(list)).toEqual([
      `info: 2 Things: Boiler (boiler@example.org n1), ${id}; meter@example.org, ${shared}.`,
    ]);
    expect(list.form?.table?.rows).toEqual([
      [
        id,
        'Boiler (boiler@example.org n1)',
        'boiler@example.org',
        'owner@example.org',
        'private',
        'reader@example.org, @example.net',
      ],
      [shared, 'meter@example.org', 'meter@example.org', 'cy@example.org', 'private', ''],
    ]);
    expect((await ask('', READER)).form?.table?.rows.map((row) => row.at(-1))).toEqual(['']);
  });

  it('is empty for who has none', async () => {
    const begun = await stage.go('my-things', { from: STRANGER });
    expect(begun.form?.fields[0]).not.toHaveProperty('options');
    const none = await ask('', STRANGER);
    expect(notesOf(none)).toEqual(['info: You have no Things, and none are shared with you.']);
    expect(none.form).toBeUndefined();
  });
});

describe('one of my-things', () => {
  it('is shown to its owner with all that is set for it, and what can be done', async () => {
    const entry = { at: 1, actor: full(OWNER), action: 'record', subject: 'boiler@example.org n1', outcome: '' };
    const recording = { ownership: id, periodMs: 600_000, types: new Set(['momentary'] as const), due: 1 };
    await stage.store.recordings.put(recording, entry);
    await stage.store.recordings.ran(id, { at: stage.now, outcome: '3 values were stored.' });
    await stage.store.retention.put(id, { days: 30 }, entry);
    await stage.store.sessions.seen(full('boiler@example.org/d'), 1);
    await offer(stage.now + 1000);
    const { operations, ...others } = await facts(id);
    expect(others).toEqual({
      thing: [id],
      label: ['Boiler (boiler@example.org n1)'],
      address: [`${id}@${DOMAIN}`],
      jid: ['boiler@example.org'],
      nodeId: ['n1'],
      visibility: ['private'],
      owner: ['owner@example.org'],
      tags: ['NAME:Boiler', '#V:1.20'],
      since: ['1970-01-01T00:00:00.001Z'],
      zone: ['Europe/Berlin'],
      online: ['yes'],
      shared: ['reader@example.org', '@example.net'],
      offer: ['new@example.org, with its history, until 2026-01-01T12:00:01Z'],
      period: ['10m'],
      last: ['2026-01-01T12:00:00Z'],
      days: ['30'],
      count: ['off'],
    });
    expect(operations).toContain('Rename a Thing, change its tags (thingstead:update)');
    expect(operations).toContain('Record a Thing (thingstead:record)');
    expect(operations?.join()).not.toContain('thingstead:retention');
    expect(operations?.join()).not.toContain('thingstead:claim');
  });

  it('has no offer that is past, and says that it is off line', async () => {
    await offer(stage.now);
    expect(await facts(id)).not.toHaveProperty('offer');
    expect(await facts(id)).toMatchObject({ online: ['no'] });
  });

  it('shows readers and those who only see it no more than that', async () => {
    await offer(stage.now + 1000);
    const forReader = await facts(id, READER);
    const { operations, ...others } = forReader;
    const seen = ['thing', 'label', 'address', 'jid', 'nodeId', 'visibility', 'owner', 'tags'];
    expect(Object.keys(others)).toEqual([...seen, 'since', 'zone', 'online']);
    expect(operations?.join() ?? '').not.toContain('thingstead:share');
    expect(JSON.stringify(forReader)).not.toMatch(/new@example|example\.net|reader@/);

    const open = await stage.place({ jid: 'open@example.org', owner: 'cy@example.org', isPublic: true });
    expect(Object.keys(await facts(open ?? '', STRANGER))).toEqual(seen.filter((name) => !/nodeId|tags/.test(name)));
  });

  it('shows administrators what is set, and what they can do', async () => {
    const forAdmin = await facts(id, ADMIN);
    expect(forAdmin).toMatchObject({ shared: ['reader@example.org', '@example.net'], days: ['off'], count: ['off'] });
    expect(forAdmin['operations']).toContain("Keep a Thing's readings (thingstead:retention)");
    expect(forAdmin['operations']?.join()).not.toContain('thingstead:update');
  });

  it('is found by its JID where it stands alone', async () => {
    const alone = await stage.place({ jid: 'alone@example.org', owner: 'owner@example.org' });
    expect(await facts('ALONE@example.org')).toMatchObject({ thing: [alone] });
  });

  it('is not there, nor was it ever, for who may not see it', async () => {
    for (const name of [id, 'aaaaaaaaaa', 'boiler@example.org', 'nobody@example.org', '*', 'a@b/c']) {
      const back = await ask(name, STRANGER);
      expect(back.status).toBe('executing');
      expect(notesOf(back)).toEqual(['error: thing: There is no such Thing that you may see.']);
    }
  });
});

async function offer(until: number): Promise<void> {
  const thing = await stage.store.things.byOwnership(id);
  if (thing?.ownership === undefined) return expect.fail('no Thing');
  const zoned = { zone: 'Europe/Berlin', offer: { to: bare('new@example.org'), withHistory: true, until } };
  const after = { ...thing, ownership: { ...thing.ownership, ...zoned } };
  const write = { write: 'thing', thing: after, at: 1 } as const;
  await stage.store.things.changeAt(thing.address, () => ({ outcome: undefined, writes: [write] }));
}
