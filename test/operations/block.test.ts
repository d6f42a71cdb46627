import { beforeEach, describe, expect, it } from 'vitest';
import { blockable, createBlocks } from '../../src/domain/block.js';
import type { OwnershipId } from '../../src/domain/thing.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { createStage, notesOf, OWNER, type Stage } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const ADMIN = 'admin@example.org/r';
const READER = 'reader@example.org/r';
const OTHER = 'other@example.org/r';

let stage: Stage;
let id: OwnershipId;
let to: string;
beforeEach(async () => {
  stage = createStage();
  const placed = { jid: 'boiler@example.org', owner: 'owner@example.org', isPublic: true };
  id = (await stage.place({ ...placed, sharedWith: ['*', bare(READER)] })) ?? expect.fail('not placed');
  to = `${id}@${DOMAIN}`;
});

async function block(who: string, reason = 'noise', from = ADMIN) {
  const { sessionid } = await stage.go('block', { from });
  const asked = await stage.go('block', { from, sessionid, values: { who, reason } });
  return asked.status === 'completed' || asked.form?.fields.some(({ name }) => name === 'who')
    ? asked
    : stage.go('block', { from, sessionid, action: 'complete' });
}
async function unblock(who: string) {
  const { sessionid } = await stage.go('unblock', { from: ADMIN });
  return stage.go('unblock', { from: ADMIN, sessionid, values: { who } });
}
async function ask(
  from: string,
  at = DOMAIN as string,
  payload = `<query xmlns='http://jabber.org/protocol/disco#items'/>`,
) {
  const answer = await stage.send(payload, { from, to: at }, 'get');
  return answer.attrs['type'] === 'error' ? decodeError(answer).condition : 'served';
}
const may = async (from: string) => {
  const thing = await stage.store.things.byOwnership(id);
  if (thing?.ownership === undefined) expect.fail('no Thing');
  const claimed = { ...thing, ownership: thing.ownership };
  const asker = { jid: bare(from), domain: from.split(/[@/]/)[1] ?? '' };
  return (['see', 'read', 'manage'] as const).filter((right) => stage.access.may(asker, right, claimed));
};

describe('who is blocked', () => {
  it.each([
    ['an owner', OWNER, 'owner@example.org', ['see', 'read', 'manage']],
    ['a reader', READER, 'READER@example.org', ['see', 'read']],
    ['a domain', OTHER, '@example.org', ['see', 'read']],
    ['a domain, without @', OTHER, 'Example.org', ['see', 'read']],
  ])('has no right at all, and has them again: %s', async (_, from, who, rights) => {
    expect([await may(from), await ask(from)]).toEqual([rights, 'served']);
    expect(notesOf(await block(who))).toEqual([expect.stringMatching(/^info: .* is blocked now\.$/)]);
    expect([await may(from), await ask(from), await ask(from, to)]).toEqual([[], 'forbidden', 'forbidden']);
    expect(notesOf(await unblock(who))).toEqual([expect.stringMatching(/^info: .* is blocked no longer\.$/)]);
    expect([await may(from), await ask(from), await ask(from, to)]).toEqual([rights, 'served', 'served']);
  });

  it('is nobody else, and no administrator', async () => {
    await block('reader@example.org');
    expect([await ask(OWNER), await ask(OTHER)]).toEqual(['served', 'served']);
    await block('example.org');
    expect([await ask(OWNER), await ask(ADMIN)]).toEqual(['forbidden', 'served']);
    expect(await stage.access.mayUse({ jid: bare('x@sub.example.org'), domain: 'sub.example.org' })).toBe(false);
  });

  it('may still ask what this is', async () => {
    await block('owner@example.org');
    expect(await ask(OWNER, DOMAIN, `<query xmlns='http://jabber.org/protocol/disco#info'/>`)).toBe('served');
  });

  it('comes no further with a command that he had begun', async () => {
    const begun = await stage.go('unshare', { from: OWNER, to });
    await block('owner@example.org');
    const step = { from: OWNER, to, sessionid: begun.sessionid, values: { with: '*' } };
    expect(await stage.play('unshare', step)).toMatchObject({ condition: 'forbidden' });
    expect((await stage.store.things.byOwnership(id))?.ownership?.sharedWith).toEqual(['*', bare(READER)]);
  });

  it('is who the store says, when it is asked again: also blocks that another component made', async () => {
    const elsewhere = createBlocks(stage.store.blocks);
    const at = { at: 1, actor: bare(ADMIN) };
    const entry = { ...at, action: 'block', subject: 'owner@example.org', outcome: 'done' };
    await elsewhere.put({ ...at, subject: bare(OWNER), reason: '' }, entry);
    expect(await ask(OWNER)).toBe('served');
    await stage.blocks.refresh();
    expect(await ask(OWNER)).toBe('forbidden');
  });
});

describe('blocking', () => {
  it.each([
    ['admin@example.org', 'You cannot block yourself.'],
    [DOMAIN, 'That is the domain of this component.'],
    [`@${DOMAIN}`, 'That is the domain of this component.'],
    [`x@${DOMAIN}`, 'That is the domain of this component.'],
    ['owner@example.org/phone', 'neither a JID without resource nor a domain'],
    ['@owner@example.org', 'neither a JID without resource nor a domain'],
    ['', 'has to be given'],
    ['*', 'the setting allow'],
    ['a.example,b.example', 'neither a JID without resource nor a domain'],
    ['x@*', 'neither a JID without resource nor a domain'],
    ['@*', 'neither a JID without resource nor a domain'],
    ['xn--', 'neither a JID without resource nor a domain'],
    ['a,b@example.org', 'neither a JID without resource nor a domain'],
  ])('refuses to block %j', async (who, words) => {
    const [note = ''] = notesOf(await block(who));
    expect(note).toMatch(/^error: who: /);
    expect(note).toContain(words);
    expect(stage.blocks.all()).toEqual([]);
  });

  it('knows administrators beside the asker', () => {
    const isAdministrator = (jid: string) => jid === 'second@example.org';
    expect(blockable(bare('second@example.org'), bare(ADMIN), DOMAIN, isAdministrator)).toBe('administrator');
    expect(blockable('@example.org', bare(ADMIN), DOMAIN, isAdministrator)).toBe('yes');
  });

  it('asks before it does, shows who is blocked, and tells the audit trail who did it and why', async () => {
    const { sessionid, notes } = await stage.go('block', { from: ADMIN });
    expect(notes.map(({ text }) => text)).toEqual(['Nobody is blocked.']);
    const asked = await stage.go('block', { from: ADMIN, sessionid, values: { who: 'far.example', reason: 'spam' } });
    expect(notesOf(asked)).toEqual([expect.stringContaining('Block everyone of far.example (spam)?')]);
    expect(stage.blocks.all()).toEqual([]);
    await stage.go('block', { from: ADMIN, sessionid, action: 'complete' });
    expect(notesOf(await block('far.example', 'other'))).toEqual(['info: everyone of far.example is blocked already.']);
    const shown = 'Blocked are: everyone of far.example, since 2026-01-01T12:00:00Z, by admin@example.org/r (spam).';
    const begun = await stage.go('unblock', { from: ADMIN });
    expect(notesOf(begun)).toEqual([`info: ${shown}`]);
    expect(begun.form?.fields.find(({ name }) => name === 'who')?.options).toEqual([
      { value: '@far.example', label: 'everyone of far.example: spam' },
    ]);
    const near = 'error: everyone of near.example is not blocked. Blocked are: everyone of far.example.';
    expect(notesOf(await unblock('near.example'))).toEqual([near]);
    await unblock('@far.example');
    expect(notesOf(await unblock('far.example'))).toEqual([
      'error: everyone of far.example is not blocked. Nobody is.',
    ]);
    const { entries } = await stage.store.audit.read({ domain: DOMAIN }, 10);
    expect(entries.map(({ actor, action, subject, outcome }) => [actor, action, subject, outcome])).toEqual([
      [ADMIN, 'unblock', '@far.example', 'done'],
      [ADMIN, 'block', '@far.example', 'done: spam'],
    ]);
  });

  it('takes no reason that turns words round', async () => {
    const [note = ''] = notesOf(await block('far.example', 'noise \u202eflah'));
    expect(note).toMatch(/^error: reason: It holds a control character/);
    expect(stage.blocks.all()).toEqual([]);
  });

  it('is taken back whatever it is on', async () => {
    const entry = { at: 1, actor: bare(ADMIN), action: 'block', subject: '@*', outcome: 'done' };
    await stage.blocks.put({ subject: '@*', at: 1, actor: bare(ADMIN), reason: '' }, entry);
    expect(notesOf(await unblock('@*'))).toEqual(['info: everyone of * is blocked no longer.']);
  });

  it.each(['block', 'unblock'])('is for administrators: %s', async (name) => {
    expect(await stage.play(name)).toMatchObject({ condition: 'forbidden' });
  });
});
