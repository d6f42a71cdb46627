import { beforeEach, describe, expect, it } from 'vitest';
import { decideUnclaimedDeletion } from '../../src/domain/deletion.js';
import type { Stored } from '../../src/domain/ports.js';
import { full } from '../domain/world.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const ADMIN = 'admin@example.org/desk';
const METER = bare('meter@example.org');
const TAGS = [{ kind: 'str', name: 'SN', value: '1' }] as const;
const NONE = 'error: device: There is no Thing with exactly this JID, node, source and cache type';

let stage: Stage;
beforeEach(async () => {
  stage = createStage();
  await stage.register(METER, TAGS);
  await stage.register(METER, TAGS, { nodeId: ' a b', sourceId: 's', cacheType: 'c' });
});

async function fill(values: Record<string, string>) {
  const { sessionid } = await stage.go('delete-unclaimed', { from: ADMIN });
  return stage.go('delete-unclaimed', { from: ADMIN, sessionid, values });
}
async function run(values: Record<string, string>) {
  const { sessionid } = await fill(values);
  return stage.go('delete-unclaimed', { from: ADMIN, sessionid, action: 'complete' });
}
const nodes = async () => (await stage.store.things.ofJid(METER)).map(({ address }) => address.nodeId);
const trail = async () =>
  (await stage.store.audit.read({ action: 'delete', domain: DOMAIN }, 9)).entries.map(
    ({ actor, subject, outcome }) => `${actor} ${subject}: ${outcome}`,
  );

describe('an unclaimed Thing', () => {
  it('is deleted by its address, after a question; the Thing is owed the news, and the audit trail has it', async () => {
    expect(notesOf(await fill({ device: 'Meter@example.org', reason: 'gone' }))).toEqual([
      'warn: Take 1 (meter@example.org) out of the registry? Nobody owns it.',
    ]);
    expect(await nodes()).toHaveLength(2);
    expect(notesOf(await run({ device: 'Meter@example.org', reason: 'gone' }))).toEqual([
      'info: meter@example.org is out of the registry.',
    ]);
    expect(await nodes()).toEqual([' a b']);
    expect(await trail()).toEqual([`${ADMIN} meter@example.org: gone`]);
    expect(await stage.store.notices.owedTo(METER)).toMatchObject([{ news: { kind: 'removed' } }]);
    expect([stage.woken, stage.forgotten]).toEqual([[METER], [METER]]);
    await stage.register(METER, TAGS);
    expect(await nodes()).toHaveLength(2);
  });

  it('is named to the character, behind a concentrator too', async () => {
    for (const nodeId of ['a b', ' a b ', ' A b']) {
      expect(notesOf(await fill({ device: METER, nodeId, sourceId: 's', cacheType: 'c' }))[0]).toContain(NONE);
    }
    await run({ device: METER, nodeId: ' a b', sourceId: 's', cacheType: 'c' });
    expect(await nodes()).toEqual(['']);
  });

  it('is none where somebody owns it, also if only since the question', async () => {
    const owned = await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' });
    const fault = `error: device: owner@example.org owns it; use delete, with its id ${owned}.`;
    expect(notesOf(await fill({ device: 'boiler@example.org' }))).toEqual([fault]);
    const { sessionid } = await fill({ device: METER });
    const id = await stage.place({ jid: METER, owner: 'owner@example.org' });
    const end = await stage.go('delete-unclaimed', { from: ADMIN, sessionid, action: 'complete' });
    expect(notesOf(end)[0]).toContain(`use delete, with its id ${id}`);
    expect([(await nodes()).length, await trail()]).toEqual([2, []]);
  });

  it('is judged by what is stored, in the transaction', async () => {
    const intervention = { from: full(ADMIN), reason: '', noticeId: 'n' };
    const decide = (stored: Stored) => decideUnclaimedDeletion(stored, intervention, stage.now);
    const id = await stage.place({ jid: 'boiler@example.org', owner: 'owner@example.org' });
    const address = { jid: bare('boiler@example.org'), nodeId: '', sourceId: '', cacheType: '' };
    expect(await stage.store.things.changeAt(address, decide)).toMatchObject({
      outcome: 'not-unclaimed',
      thing: { ownership: { id } },
    });
    expect(await stage.store.things.at(address)).toMatchObject({ ownership: { id } });
  });

  it.each(['nobody@example.org', 'meter@example.org/d', 'a b@c'])('is not %s', async (jid) => {
    expect((await fill({ device: jid })).status).toBe('executing');
    expect([(await nodes()).length, await trail()]).toEqual([2, []]);
  });
});
