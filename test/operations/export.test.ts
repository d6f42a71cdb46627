import { beforeEach, describe, expect, it } from 'vitest';
import type { CommandAnswer } from '../../src/xep/0050-commands/codec.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';

const ADMIN = 'admin@example.org/desk';
const ANNA = 'anna@example.org/phone';

let stage: Stage;
beforeEach(() => {
  stage = createStage();
});

async function exporting(from: string, values: Record<string, string> = {}) {
  const { sessionid } = await stage.go('export', { from });
  return stage.go('export', { from, sessionid, values });
}

const linesOf = ({ form }: CommandAnswer) => (form?.table?.rows ?? []).map(([, line = '']) => JSON.parse(line));
const nextOf = ({ form }: CommandAnswer) => (form?.table?.rows ?? []).map(([, , next]) => next).filter(Boolean);

/** All pages. */
async function whole(from: string, values: Record<string, string> = {}) {
  const found: { jid: string; owner?: string }[] = [];
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const page = await exporting(from, { ...values, after });
    found.push(...linesOf(page));
    [after] = nextOf(page);
  }
  return found;
}

describe('an export', () => {
  it("gives one's own Things as an import takes them, without KEY, and nobody else's", async () => {
    const tags = [
      { name: 'SN', kind: 'str', value: ' two\nlines ' },
      { name: 'LAT', kind: 'num', value: 59.3, text: '59.30' },
    ] as const;
    const id = await stage.place({ jid: 'a@example.org', nodeId: 'n', owner: 'anna@example.org', tags });
    await stage.place({ jid: 'b@example.org', owner: 'bert@example.org', isPublic: true, sharedWith: ['*'] });
    await stage.place({ jid: 'c@example.org', owner: 'bert@example.org', sharedWith: ['@example.org'] });
    await stage.place({ jid: 'd@example.org' });
    const answer = await exporting(ANNA);
    expect(answer.form?.table?.rows.map(([thing]) => thing)).toEqual([id]);
    expect(nextOf(answer)).toEqual([]);
    expect(linesOf(answer)).toEqual([
      {
        jid: 'a@example.org',
        nodeId: 'n',
        owner: 'anna@example.org',
        public: false,
        tags: { SN: ' two\nlines ', '#LAT': '59.30' },
      },
    ]);
    expect(notesOf(await exporting('nobody@example.org/r'))).toEqual(['info: There are none.']);
  });

  it('gives administrators all, claimed or not, and nobody else', async () => {
    await stage.place({ jid: 'a@example.org', owner: 'anna@example.org' });
    await stage.place({ jid: 'd@example.org' });
    expect(await whole(ADMIN, { all: 'true' })).toEqual([
      { jid: 'a@example.org', owner: 'anna@example.org', public: false },
      { jid: 'd@example.org' },
    ]);
    expect(await whole(ADMIN)).toEqual([]);
    expect(notesOf(await exporting(ANNA, { all: 'true' }))[0]).toBe(
      'error: all: Only administrators may see all Things; leave this out to have your own.',
    );
  });

  it.each([
    [ADMIN, { all: 'true' }],
    [ANNA, {}],
  ])('goes on page after page, each Thing once (%s)', async (from, values) => {
    const jids = Array.from({ length: 250 }, (_, index) => `m${index}@example.org`);
    for (const jid of jids) await stage.place({ jid, owner: 'anna@example.org' });
    await stage.place({ jid: 'z@example.org', owner: 'bert@example.org', isPublic: true });
    const found = (await whole(from, values)).filter(({ owner }) => owner === 'anna@example.org');
    expect(found.map(({ jid }) => jid)).toEqual(jids);
  });

  it('has shorter pages where tags are long', async () => {
    const value = 'x'.repeat(128);
    const tags = Array.from({ length: 64 }, (_, at) => ({ name: `T${at}`, kind: 'str', value }) as const);
    for (let at = 0; at < 60; at++) await stage.place({ jid: `m${at}@example.org`, owner: 'anna@example.org', tags });
    const page = await exporting(ANNA);
    expect(JSON.stringify(linesOf(page)).length).toBeLessThan(100_000);
    expect(nextOf(page)).toEqual([String(linesOf(page).length)]);
    expect((await whole(ANNA)).length).toBe(60);
  });
});
