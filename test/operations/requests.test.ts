import { beforeEach, describe, expect, it } from 'vitest';
import type { ReadRequest } from '../../src/domain/read-out/request.js';
import { isClaimed, type OwnershipId } from '../../src/domain/thing.js';
import { any, bare, field, full, sample } from '../domain/read-out/house.js';
import { createStage, notesOf, type Stage } from '../xep/0050-commands/stage.js';
import { DOMAIN } from '../xep/bench.js';

const JID = 'boiler@example.org';
const PHONE = 'owner@example.org/phone';
const DESK = 'owner@example.org/my desk ';
const EVE = 'eve@example.org/x';
const LATER = Date.UTC(2026, 0, 2);

let stage: Stage;
let id: OwnershipId;
beforeEach(async () => {
  stage = createStage();
  id = (await stage.place({ jid: JID, owner: 'owner@example.org', sharedWith: ['*'] })) ?? expect.fail('not placed');
  await stage.sessions.seen(full(`${JID}/d`));
});

/** A client asks by XEP-0323. */
async function ask(asker: string, seqnr: string, more: Partial<ReadRequest> = {}) {
  const request: ReadRequest = {
    seqnr: { value: Number(seqnr), text: seqnr },
    types: new Set(['momentary']),
    nodes: [],
    fields: [],
    tokens: {},
    ...more,
  };
  const thing = await stage.store.things.byOwnership(id);
  const place = more.nodes === undefined && isClaimed(thing) ? { thing } : 'component';
  const ends = { asker: any(asker), self: any(`${id}@${DOMAIN}`) };
  const verdict = await stage.devices.broker.request(ends, request, place);
  if (!verdict.accepted) throw new Error(verdict.refusal);
  verdict.begin();
  await settle();
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function requests(cancel?: string, from = PHONE) {
  const { sessionid } = await stage.go('requests', { from });
  return stage.go('requests', { from, sessionid, values: { cancel: cancel ?? [] } });
}

const node = { nodeId: JID, sourceId: '', cacheType: '' };
const toDesk = (): readonly string[] =>
  stage.devices.said.filter(({ to }) => to === DESK).map((each) => each.message.kind);

describe('the operation requests', () => {
  it('says that there are none', async () => {
    const answer = await requests();
    expect(notesOf(answer)).toEqual(['info: You have no requests in progress.']);
    expect(answer.form).toBeUndefined();
  });

  it('lists those of all sessions of the account, open and queued, as they were asked', async () => {
    await ask(PHONE, '007', { types: new Set(['momentary', 'status']), fields: ['T', 'H'] });
    stage.now += 1000;
    const bounds = { from: { ms: LATER - 1000 }, to: { ms: LATER } };
    await ask(DESK, '-7', { when: { ms: LATER }, nodes: [node], types: new Set(), ...bounds });
    await ask(EVE, '1');
    const begun = await stage.go('requests', { from: PHONE });
    expect(notesOf(begun)).toEqual(['info: You have 2 requests in progress.']);
    expect(begun.form?.fields).toMatchObject([{ name: 'cancel', type: 'list-single', values: [] }]);
    expect(begun.form?.fields[0]?.options).toEqual([
      { value: `7 ${PHONE}`, label: `${id}: momentary status of T, H, since 2026-01-01T12:00:00Z` },
      {
        value: `-7 ${DESK}`,
        label: `${JID}: all but history from 2026-01-01T23:59:59Z until 2026-01-02T00:00:00Z, due 2026-01-02T00:00:00Z`,
      },
    ]);
    const answer = await requests();
    expect(answer.form?.table?.columns.map(({ name }) => name)).toEqual([
      ...['request', 'session', 'seqnr', 'things', 'asked', 'state', 'time'],
    ]);
    expect(answer.form?.table?.rows).toEqual([
      [`7 ${PHONE}`, PHONE, '007', id, 'momentary status of T, H', 'open', '2026-01-01T12:00:00Z'],
      [
        `-7 ${DESK}`,
        DESK,
        '-7',
        JID,
        'all but history from 2026-01-01T23:59:59Z until 2026-01-02T00:00:00Z',
        'queued',
        '2026-01-02T00:00:00Z',
      ],
    ]);
  });

  it('cancels one that is open, from another session: nothing more comes of it, and the others go on', async () => {
    await ask(DESK, '1');
    await ask(PHONE, '1');
    expect(notesOf(await requests(`1 ${DESK}`))).toEqual(['info: The request is cancelled; nothing more comes of it.']);
    await stage.devices.report(JID, [sample('', stage.now, field('T', '1'))]);
    await settle();
    expect(toDesk()).toEqual([]);
    expect(stage.devices.said.map(({ to, message }) => `${to} ${message.kind}`)).toEqual([
      `${PHONE} fields`,
      `${PHONE} done`,
    ]);
    expect(notesOf(await requests())).toEqual(['info: You have no requests in progress.']);
  });

  it('cancels one that is queued: it never begins', async () => {
    await ask(DESK, '1', { when: { ms: LATER } });
    await ask(DESK, '2', { when: { ms: LATER } });
    expect(notesOf(await requests(`1 ${DESK.trim()}`))[0]).toContain('error: You have no request');
    await requests(`1 ${DESK}`);
    expect((await requests()).form?.table?.rows.map(([request]) => request)).toEqual([`2 ${DESK}`]);
    expect((await stage.store.queue.due(LATER, 9)).map(({ plan }) => plan.request.seqnr.value)).toEqual([2]);
  });

  it("neither shows nor cancels another's, and says the same of what never was", async () => {
    await ask(EVE, '1');
    await ask(EVE, '2', { when: { ms: LATER } });
    for (const cancel of [
      `1 ${EVE}`,
      `2 ${EVE}`,
      '1 eve@example.org',
      '9 nobody@example.org/r',
      '1',
      'x',
      `1  ${EVE}`,
    ]) {
      const refusal = `error: You have no request "${cancel}" in progress: it has ended, or never was. You have no requests in progress.`;
      expect(notesOf(await requests(cancel))).toEqual([refusal]);
    }
    expect(notesOf(await requests())).toEqual(['info: You have no requests in progress.']);
    expect(notesOf(await requests(undefined, 'admin@example.org/r'))).toEqual([
      'info: You have no requests in progress.',
    ]);
    expect((await requests(undefined, EVE)).form?.table?.rows).toHaveLength(2);
    await stage.devices.report(JID, [sample('', stage.now, field('T', '1'))]);
    await settle();
    expect(stage.devices.said.map(({ message }) => message.kind)).toEqual(['fields', 'done']);
  });

  it('refuses in words what ended while the form was open', async () => {
    await ask(PHONE, '1');
    const { sessionid, form } = await stage.go('requests', { from: PHONE });
    const [option] = form?.fields[0]?.options ?? [];
    await stage.devices.report(JID, [sample('', stage.now, field('T', '1'))]);
    await settle();
    const end = await stage.go('requests', { from: PHONE, sessionid, values: { cancel: option?.value ?? '' } });
    const none = 'it has ended, or never was. You have no requests in progress.';
    expect(notesOf(end)).toEqual([`error: You have no request "${option?.value}" in progress: ${none}`]);
  });

  it('shows a read-out by command as one too, while it is under way', async () => {
    const at = `${id}@${DOMAIN}`;
    const { sessionid } = await stage.go('read', { from: PHONE, to: at });
    const reading = stage.go('read', { from: PHONE, to: at, sessionid, values: {} });
    await settle();
    const [own] = await stage.devices.broker.requestsOf(bare('owner@example.org'));
    expect(own?.plan.request.seqnr.value).toBeGreaterThan(2 ** 31 - 1);
    await stage.devices.report(JID, [sample('', stage.now, field('T', '1'))]);
    await reading;
    expect(notesOf(await requests())).toEqual(['info: You have no requests in progress.']);
  });

  it('is not for who may not use the component, and not at a Thing', async () => {
    expect(await stage.play('requests', { from: 'x@elsewhere.example/r' })).toHaveProperty('condition');
    expect(await stage.play('requests', { from: PHONE, to: `${id}@${DOMAIN}` })).toMatchObject({
      condition: 'item-not-found',
    });
  });
});
