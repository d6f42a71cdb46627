import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../src/domain/thing.js';
import { createIds } from '../../src/ids.js';
import { createStage, notesOf, OWNER, type Stage } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const NEW = 'new@example.org/phone';
const STRANGER = 'stranger@far.example/r';
const USER = 'user@example.org/phone';
const ADMIN = 'admin@example.org/r';
const READER = 'reader@example.org/r';

let stage: Stage;
let id: OwnershipId;
beforeEach(async () => {
  stage = createStage();
  id = (await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' })) ?? expect.fail('not placed');
});

async function read(from: string, values: Record<string, string> = {}) {
  const { sessionid } = await stage.go('audit', { from });
  return stage.go('audit', { from, sessionid, values });
}
async function rows(from: string, values: Record<string, string> = {}): Promise<string[]> {
  for (let n = 0; n < 3; n++) await turn(); // what follows from an answer
  const { form } = await read(from, values);
  const { columns = [], rows: given = [] } = form?.table ?? {};
  const names = columns.map(({ name }) => name);
  return given.map((row) =>
    ['actor', 'action', 'subject', 'outcome', 'thing'].map((name) => row[names.indexOf(name)] ?? '').join(' | '),
  );
}
async function share(from: string, thing: OwnershipId, who: string) {
  const to = `${thing}@${DOMAIN}`;
  const { sessionid } = await stage.go('share', { from, to });
  await stage.go('share', { from, to, sessionid, values: { with: who } });
}
/** Something of a stranger's for which everybody is refused. */
const probe = (from: string, local: string) =>
  stage.send(`<query xmlns='jabber:iq:version'/>`, { from, to: `${local}@${DOMAIN}` });

describe('the audit trail, read', () => {
  it('shows an owner what was done to his Things and by whom, and an administrator everything', async () => {
    await share(OWNER, id, 'reader@example.org');
    const row = `${OWNER} | share | boiler@example.org | with reader@example.org | ${id}`;
    expect(await rows(OWNER)).toEqual([row]);
    expect(await rows(ADMIN)).toEqual([row]);
    expect(await rows(ADMIN, { thing: id, action: 'share', actor: 'OWNER@example.org' })).toEqual([row]);
    expect(await rows(READER)).toEqual([]);
    expect(await rows(USER, { thing: id })).toEqual([]);
    expect(await rows(USER)).toEqual([`${USER} | audit | ${id} | item-not-found | `]);
    expect(notesOf(await read(READER))).toEqual(['info: There are no such entries.']);
  });

  it('shows an owner who asked for his Thing in vain, by each of its names, and the asker only what he asked', async () => {
    await probe(USER, id);
    await stage.services.refusals.note({
      actor: bare(USER),
      action: 'remove',
      subject: 'boiler@example.org',
      outcome: 'item-not-found',
    });
    const asked = [
      `user@example.org | remove | boiler@example.org | item-not-found | `,
      `${USER} | query | ${id}@${DOMAIN} | item-not-found | `,
    ];
    expect(await rows(OWNER)).toEqual(asked);
    expect(await rows(USER)).toEqual(asked);
    expect(await rows(NEW)).toEqual([]);
  });

  it('leaves the same row for an id that is private and for one that never was', async () => {
    await probe(USER, id);
    const [there] = await rows(USER);
    stage = createStage();
    await probe(USER, id);
    expect(await rows(USER)).toEqual([there]);
  });

  it('does not tell a Thing, which is an account too, what its ownership is', async () => {
    const entry = { at: stage.now, actor: bare('boiler@example.org'), action: 'update', subject: 'x', outcome: 'done' };
    await stage.store.audit.append({ ...entry, ownership: id });
    expect(await rows('boiler@example.org/d')).toEqual(['boiler@example.org | update | x | done | ']);
    expect(await rows('boiler@example.org/d', { thing: id })).toEqual([]);
    expect(await rows(OWNER)).toEqual([
      `boiler@example.org/d | audit | ${id} | item-not-found | `,
      `boiler@example.org | update | x | done | ${id}`,
    ]);
  });

  it('shows no owner what was of another’s time', async () => {
    stage.now = Date.now();
    await share(OWNER, id, 'reader@example.org');
    const address = { jid: bare('boiler@example.org'), nodeId: '', sourceId: '', cacheType: '' };
    const handedOver = stage.now + 10;
    const newId = createIds().ownership();
    await stage.store.things.changeAt(address, ({ thing }) => {
      if (thing?.ownership === undefined) expect.fail('no Thing');
      const ownership = {
        ...thing.ownership,
        id: newId,
        owner: bare(NEW),
        since: handedOver,
      };
      return {
        outcome: 0,
        writes: [{ write: 'thing', thing: { ...thing, ownership: { ...ownership, sharedWith: [] } }, at: handedOver }],
      };
    });
    const refusal = {
      action: 'remove',
      subject: 'boiler@example.org',
      outcome: 'item-not-found',
      isRefusal: true,
    } as const;
    for (const [at, actor] of [
      [-1, 'before'],
      [0, 'then'],
      [1, 'after'],
    ] as const) {
      await stage.store.audit.append({ ...refusal, at: handedOver + at, actor: bare(`${actor}@example.org`) });
    }
    stage.now += 20;
    await share(NEW, newId, 'other@example.org');
    const ofRefusal = (actor: string) => `${actor}@example.org | remove | boiler@example.org | item-not-found | `;
    expect(await rows(OWNER)).toEqual([
      ofRefusal('before'),
      `${OWNER} | share | boiler@example.org | with reader@example.org | ${id}`,
    ]);
    expect(await rows(NEW)).toEqual([
      `${NEW} | share | boiler@example.org | with other@example.org | ${newId}`,
      ofRefusal('after'),
    ]);
    expect(await rows(NEW, { thing: id })).toEqual([]);
    expect(await rows(OWNER, { thing: newId })).toEqual([]);
    // The last two are what was asked here in vain.
    expect(await rows(ADMIN)).toHaveLength(7);
  });

  it('comes page by page, and says how to go on', async () => {
    for (const who of ['a', 'b', 'c']) await share(OWNER, id, `${who}@example.org`);
    const first = await read(OWNER, { max: '2' });
    const [info, warning = ''] = notesOf(first);
    expect(info).toBe('info: 2 entries.');
    const before = first.form?.table?.rows.at(-1)?.[6] ?? expect.fail('there is no next page');
    expect(first.form?.table?.columns.at(-1)?.name).toBe('next');
    expect(warning).toBe(`warn: There are more; for the next page ask again, before ${before}.`);
    expect(await rows(OWNER, { max: '2', before })).toEqual([
      `${OWNER} | share | boiler@example.org | with a@example.org | ${id}`,
    ]);
    const whole = await read(OWNER, { max: '3' });
    expect([notesOf(whole), whole.form?.table?.columns.length]).toEqual([['info: 3 entries.'], 6]);
  });

  it.each([
    ['actor', 'a b@example.org', 'is no JID'],
    ['thing', 'Boiler', 'is no id of a Thing'],
    ['max', '1001', 'from 1 to 1000'],
    ['max', '0', 'from 1 to 1000'],
    ['before', '17', 'is not the end of a page'],
    ['from', 'yesterday', 'is no time'],
  ])('marks what is wrong: %s %s', async (field, value, words) => {
    const [note = ''] = notesOf(await read(OWNER, { [field]: value }));
    expect(note).toMatch(new RegExp(`^error: ${field}: .*${words}`));
  });
});

describe('what is refused leaves a row', () => {
  it('a command', async () => {
    expect(await stage.play('block', { from: USER })).toMatchObject({ condition: 'forbidden' });
    expect(await rows(USER)).toEqual([`${USER} | block | ${DOMAIN} | forbidden | `]);
  });

  it('anything of who may not use the component', async () => {
    await stage.send(`<query xmlns='jabber:iq:version'/>`, { from: STRANGER });
    expect(await rows(ADMIN)).toEqual([`${STRANGER} | query | ${DOMAIN} | forbidden | `]);
  });

  it.each<[string, (foreign: string) => Record<string, string>, string]>([
    ['my-things', (thing) => ({ thing }), 'item-not-found'],
    ['erase-former', (thing) => ({ thing }), 'item-not-found'],
    ['audit', (thing) => ({ thing }), 'item-not-found'],
    ['replace', (replaces) => ({ replaces }), 'item-not-found'],
    ['export', () => ({ all: 'true' }), 'forbidden'],
  ])(
    'what is named in the form of %s and is not for the asker, once, and never what may be a secret',
    async (name, values, outcome) => {
      const own = await stage.place({ jid: 'own@example.org', owner: 'user@example.org' });
      const foreign = (await stage.place({ jid: 'foreign@example.org', owner: 'owner@example.org' })) ?? '';
      const at = { from: USER, ...(name === 'replace' && { to: `${own}@${DOMAIN}` }) };
      const subjects = name === 'export' ? [DOMAIN] : [foreign, 'abcdefgh27'];
      for (const subject of subjects) {
        const { sessionid } = await stage.go(name, at);
        await stage.go(name, { ...at, sessionid, values: values(subject) });
      }
      const noted = subjects.map((subject) => `${USER} | ${name} | ${subject} | ${outcome} | `);
      expect((await rows(USER)).sort()).toEqual(noted.sort());
      if (name !== 'my-things' && name !== 'replace') return;
      const { sessionid } = await stage.go(name, at);
      await stage.go(name, { ...at, sessionid, values: values('SN 1 KEY 4857402340298342') });
      expect((await rows(ADMIN)).join()).not.toContain('4857402340298342');
      expect(await rows(USER)).toContain(`${USER} | ${name} |  | item-not-found | `);
    },
  );

  it("nothing of what is one's own", async () => {
    const own = (await stage.place({ jid: 'own@example.org', owner: 'user@example.org' })) ?? '';
    for (const name of ['my-things', 'audit']) {
      const { sessionid } = await stage.go(name, { from: USER });
      await stage.go(name, { from: USER, sessionid, values: { thing: own } });
    }
    expect(await rows(ADMIN)).toEqual([]);
  });

  it.each([
    ['abcdefgh27', 'abcdefgh27'],
    ['Boiler@Example.org', 'boiler@example.org'],
    ['iotdisco:SN=1;KEY=4857402340298342', ''],
    ['iotdisco:SN=1@2;KEY=4857402340298342', ''],
    ['4857402340298342', ''],
  ])('a Thing that one may not have, named as %s, by nothing that may be a secret', async (name, subject) => {
    await stage.place({ jid: 'own@example.org', owner: 'user@example.org' });
    const { sessionid } = await stage.go('share', { from: USER });
    const answer = await stage.go('share', { from: USER, sessionid, values: { thing: name } });
    expect(notesOf(answer)[0]).toMatch(/There is no such Thing/);
    expect(await rows(USER)).toEqual([`${USER} | share | ${subject} | item-not-found | `]);
    expect(await rows(OWNER)).toEqual(subject.includes('@') ? await rows(USER) : []);
  });
});
