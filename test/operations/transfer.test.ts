import { beforeEach, describe, expect, it } from 'vitest';
import { momentText } from '../../src/domain/date-time.js';
import { bareOf } from '../../src/domain/jid.js';
import { isClaimed, type OwnershipId } from '../../src/domain/thing.js';
import { OFFER_MS } from '../../src/domain/transfer.js';
import { accept } from '../../src/operations/accept.js';
import { decline } from '../../src/operations/decline.js';
import { transfer } from '../../src/operations/transfer.js';
import { full } from '../domain/world.js';
import { reading } from '../store/contract/samples.js';
import { createStage, notesOf, OWNER, type Stage, type Step } from '../xep/0050-commands/stage.js';
import { bare, DOMAIN } from '../xep/bench.js';

const ANNA = 'anna@example.org/phone';
const BERT = 'bert@example.org/phone';
const BOILER = 'boiler@example.org';

let stage: Stage;
let id: OwnershipId;
let to: string;
beforeEach(async () => {
  stage = createStage();
  stage.now = Date.now(); // the store's own clock judges which former ownerships are kept
  const sharedWith = [bare('reader@example.org')];
  id = (await stage.place({ jid: BOILER, owner: 'owner@example.org', isPublic: false, sharedWith })) ?? expect.fail();
  to = `${id}@${DOMAIN}`;
  await stage.store.readings.add([{ ownership: id, readings: [reading(1, '1'), reading(2, '2')] }]);
});

/** Goes through the form, where there is one, and the question. */
async function run(name: string, { values, ...step }: Step = {}) {
  const at = { to, ...step };
  const { sessionid } = await stage.go(name, at);
  const asked = values ? await stage.go(name, { ...at, sessionid, values }) : undefined;
  return asked?.status === 'completed' ? asked : stage.go(name, { ...at, sessionid, action: 'complete' });
}
const offer = (history = 'false', who = 'anna@example.org') => run('transfer', { values: { to: who, history } });
const boiler = () => stage.store.things.ofJid(bare(BOILER)).then(([thing]) => thing ?? expect.fail('it is gone'));
const until = () => momentText({ ms: stage.now + OFFER_MS });
const history = async (ownership: OwnershipId) =>
  (await stage.store.readings.history({ ownership }, 9)).readings.map(({ value }) => value);
const trail = async () =>
  (await stage.store.audit.read({ action: 'transfer', domain: DOMAIN }, 99)).entries
    .toReversed()
    .map(({ actor, outcome, ownership }) => [actor, outcome, ownership]);
const sees = (from: string) => stage.disco('info', '', { from, to }).then((said) => said !== 'item-not-found');
const commandsOf = async (from: string, at = to) => {
  const items = await stage.disco('items', 'http://jabber.org/protocol/commands', { from, to: at });
  return typeof items === 'string'
    ? items
    : items.map((item) => String('node' in item && item.node).replace('thingstead:', ''));
};

describe('a Thing that is offered', () => {
  it('stays with its owner, and shows itself to whom it is offered, but none of its readings', async () => {
    expect([await sees(ANNA), await commandsOf(ANNA)]).toEqual([false, 'item-not-found']);
    expect((await commandsOf(ANNA, DOMAIN)).includes('accept')).toBe(false);
    expect(notesOf(await offer())).toEqual([
      `info: The Thing is offered to anna@example.org, without its readings, until ${until()}. It is yours until that is accepted.`,
    ]);
    expect([await sees(ANNA), await sees(BERT)]).toEqual([true, false]);
    expect(await commandsOf(ANNA)).toEqual(['accept', 'decline']);
    expect(await commandsOf(ANNA, DOMAIN)).toEqual(expect.arrayContaining(['accept', 'decline']));
    expect(await commandsOf(BERT, DOMAIN)).not.toContain('accept');
    expect(await stage.disco('items', '', { from: ANNA })).toMatchObject([{ jid: to }]);
    expect(await stage.play('history', { from: ANNA, to })).toMatchObject({ condition: 'forbidden' });
    const thing = await boiler();
    expect(thing.ownership).toMatchObject({ id, owner: 'owner@example.org', sharedWith: ['reader@example.org'] });
    expect(stage.woken).toEqual([]);
    expect(await trail()).toEqual([[OWNER, `offered to anna@example.org without its readings, until ${until()}`, id]]);
  });

  it('is not taken from one who may not use the component, until he may again', async () => {
    await offer();
    const owner = 'owner@example.org';
    const subject = bare(owner);
    const entry = { at: 1, actor: bare('admin@example.org'), action: 'block', subject, outcome: '' };
    await stage.blocks.put({ subject, actor: bare('admin@example.org'), at: 1, reason: '' }, entry);
    expect(notesOf(await run('accept', { from: ANNA }))).toEqual([
      `error: ${owner} may not use this component now; the offer waits as long as it is open.`,
    ]);
    expect((await boiler()).ownership).toMatchObject({ id, owner, offer: { to: 'anna@example.org' } });
    await stage.blocks.remove(subject, entry);
    await run('accept', { from: ANNA });
    expect((await boiler()).ownership?.owner).toBe('anna@example.org');
  });

  it('is among those that one may choose from, for one who owns others too', async () => {
    await stage.place({ jid: 'hers@example.org', owner: 'anna@example.org' });
    await offer();
    const { form } = await stage.go('accept', { from: ANNA });
    expect(form?.fields[0]?.options).toEqual([{ value: id, label: expect.stringContaining(BOILER) }]);
    const { form: others } = await stage.go('transfer', { from: ANNA });
    expect(others?.fields[0]?.options?.map(({ label }) => label)).toEqual(['hers@example.org']);
  });

  it('asks before, saying exactly what happens', async () => {
    const asked = async (values: Record<string, string>) => {
      const { sessionid } = await stage.go('transfer', { to });
      return notesOf(await stage.go('transfer', { to, sessionid, values }))[0] ?? '';
    };
    const begun = await stage.go('transfer', { to });
    expect(notesOf(begun)).toEqual(['info: The Thing is offered to nobody.']);
    expect(begun.form?.fields).toMatchObject([
      { name: 'to', type: 'jid-single', values: [] },
      { name: 'history', type: 'boolean', values: ['false'] },
    ]);
    expect(await asked({ to: 'Anna@example.org' })).toMatch(
      /Offer .*boiler.* to anna@example\.org\? .* none of the readings/,
    );
    expect(await asked({ to: 'anna@example.org', history: 'true' })).toContain(
      'All readings go to the new owner for good',
    );
    expect(await boiler()).not.toHaveProperty('ownership.offer');
    await offer('true');
    expect(await asked({ to: 'bert@example.org' })).toContain('The offer to anna@example.org ends.');
    expect(await asked({ to: '' })).toContain('Take back the offer');
    const again = await stage.go('transfer', { to });
    expect(again.form?.fields).toMatchObject([{ values: ['anna@example.org'] }, { values: ['true'] }]);
    const confirmation = (await stage.go('accept', { from: ANNA, to })).notes[0]?.text;
    expect(confirmation).toMatch(/from owner@example\.org\? All its readings so far come with it\./);
  });

  it.each([
    ['owner@example.org', 'to: owner@example.org owns the Thing already.'],
    ['Owner@Example.org', 'to: owner@example.org owns the Thing already.'],
    [BOILER, `to: ${BOILER} is the Thing itself.`],
    ['anna@far.example', 'to: anna@far.example may not use this component.'],
    ['blocked@example.org', 'to: blocked@example.org may not use this component.'],
    ['anna@example.org/phone', 'is no account without resource'],
    ['a b@example.org', 'is no account without resource'],
    ['a;b@example.org', 'is no account without resource'],
    ['example.org', '"example.org" is no account without resource; use one like anna@example.org.'],
  ])('to %s is refused by its field, and nothing changes', async (who, fault) => {
    const block = { subject: bare('blocked@example.org'), actor: bare('admin@example.org'), at: 1, reason: '' };
    await stage.blocks.put(block, { at: 1, actor: block.actor, action: 'block', subject: block.subject, outcome: '' });
    const { sessionid } = await stage.go('transfer', { to });
    const back = await stage.go('transfer', { to, sessionid, values: { to: who } }); // before anything is asked
    expect([back.status, notesOf(back)[0]]).toEqual(['executing', expect.stringContaining(fault)]);
    expect([(await boiler()).ownership?.offer, await trail()]).toEqual([undefined, []]);
  });

  it('is offered to one at a time: another offer takes the place of the first', async () => {
    await offer();
    await offer('true', 'bert@example.org');
    expect([await sees(ANNA), await sees(BERT)]).toEqual([false, true]);
    expect(await stage.play('accept', { from: ANNA, to })).toMatchObject({ condition: 'item-not-found' });
    expect((await boiler()).ownership?.offer).toMatchObject({ to: 'bert@example.org', withHistory: true });
  });

  it('is taken back with an empty field', async () => {
    expect(notesOf(await run('transfer', { values: { to: '' } }))).toEqual(['info: The Thing is offered to nobody.']);
    await offer();
    expect(notesOf(await run('transfer', { values: { to: '' } }))).toEqual([
      'info: The offer is taken back; the Thing stays yours.',
    ]);
    expect([await sees(ANNA), (await boiler()).ownership?.offer]).toEqual([false, undefined]);
    expect((await trail()).at(-1)).toEqual([OWNER, 'withdrawn; it was offered to anna@example.org', id]);
  });

  it('cannot be one that is its own owner', async () => {
    const own = await stage.place({
      jid: 'own@example.org',
      owner: 'own@example.org',
      selfOwned: true,
      isPublic: true,
    });
    const at = { from: 'own@example.org/d', to: `${own}@${DOMAIN}` };
    const { sessionid } = await stage.go('transfer', at);
    const back = await stage.go('transfer', { ...at, sessionid, values: { to: 'anna@example.org' } });
    expect(notesOf(back)[0]).toContain('error: to: The Thing is its own owner');
  });

  it('is for the owner to offer, and for nobody else: not readers, administrators or whom it is offered to', async () => {
    await offer();
    for (const from of ['reader@example.org/r', 'admin@example.org/r', ANNA]) {
      expect(await stage.play('transfer', { from, to })).toMatchObject({ condition: 'forbidden' });
    }
    for (const name of ['accept', 'decline']) {
      for (const from of [OWNER, 'reader@example.org/r', 'admin@example.org/r']) {
        expect(await stage.play(name, { from, to })).toMatchObject({ condition: 'forbidden' });
      }
    }
  });
});

describe('an offer that is accepted', () => {
  it('gives the Thing to the other, private and shared with nobody, under a new id, and the readings stay behind', async () => {
    const before = await boiler();
    const [disowning, ownership] = [{ until: stage.now + 4000 }, { ...before.ownership, zone: 'Europe/Berlin' }];
    const change = { write: 'thing', at: 1, thing: { ...before, disowning, ownership, claimDigest: 'x' } } as const;
    await stage.store.things.changeAt(before.address, () => ({ outcome: undefined, writes: [change as never] }));
    await offer();
    stage.now += OFFER_MS - 1;
    const end = await run('accept', { from: ANNA });
    const after = await boiler();
    const fresh = after.ownership?.id ?? expect.fail('nobody owns it');
    expect(fresh).not.toBe(id);
    expect(notesOf(end)).toEqual([`info: The Thing is yours now. Its id is ${fresh}.`]);
    expect(after).toEqual({
      address: before.address,
      tags: before.tags,
      claimDigest: 'x',
      ownership: {
        id: fresh,
        owner: 'anna@example.org',
        isPublic: false,
        selfOwned: false,
        since: stage.now,
        sharedWith: [],
        zone: 'Europe/Berlin',
      },
    });
    expect([await history(fresh), await history(id)]).toEqual([[], []]);
    expect(await stage.store.former.of(bare('owner@example.org'), 9)).toMatchObject([{ id, readings: 2 }]);
    expect(stage.woken).toEqual([BOILER]);
    expect(await stage.store.notices.owedTo(bare(BOILER))).toMatchObject([
      { news: { kind: 'claimed', owner: 'anna@example.org', isPublic: false } },
    ]);
    for (const from of [OWNER, 'reader@example.org/r', ANNA]) expect(await sees(from)).toBe(false);
    expect((await trail()).slice(1)).toEqual([
      [ANNA, 'accepted by anna@example.org, without its readings', id],
      [ANNA, 'taken over from owner@example.org, without its readings', fresh],
    ]);
  });

  it('with the readings takes them along for good: who has it again has none of them', async () => {
    await offer('true');
    await run('accept', { from: ANNA });
    const fresh = (await boiler()).ownership?.id ?? expect.fail('nobody owns it');
    expect(await history(fresh)).toEqual(['1', '2']);
    expect(await stage.store.former.of(bare('owner@example.org'), 9)).toMatchObject([{ readings: 0 }]);
    const back = { from: ANNA, to: `${fresh}@${DOMAIN}` };
    await run('transfer', { ...back, values: { to: 'owner@example.org' } });
    await run('accept', { from: OWNER, to: back.to });
    expect((await boiler()).ownership).toMatchObject({ id, owner: 'owner@example.org', sharedWith: [] });
    expect(await history(id)).toEqual([]);
  });

  it('gives who had the Thing before the old id and history back, joined with what comes along', async () => {
    await offer();
    await run('accept', { from: ANNA });
    const fresh = (await boiler()).ownership?.id ?? expect.fail('nobody owns it');
    await stage.store.readings.add([{ ownership: fresh, readings: [reading(2, '2 of hers'), reading(3, '3')] }]);
    const hers = { from: ANNA, to: `${fresh}@${DOMAIN}` };
    await run('transfer', { ...hers, values: { to: 'owner@example.org', history: 'true' } });
    await run('accept', { from: OWNER, to: hers.to });
    expect((await boiler()).ownership?.id).toBe(id);
    expect(await history(id)).toEqual(['1', '2 of hers', '3']);
  });

  it('ends recordings and what waits to be read for those who could read it before', async () => {
    const recording = { ownership: id, periodMs: 60_000, types: new Set(['momentary'] as const), due: 1 };
    const entry = { at: 1, actor: bare('owner@example.org'), action: 'record', subject: BOILER, outcome: 'on' };
    await stage.store.recordings.put(recording, entry);
    const thing = await boiler();
    const reader = { asker: 'reader@example.org/r', self: to };
    const request = {
      seqnr: { value: 7, text: '7' },
      types: new Set(['momentary']),
      nodes: [],
      names: [],
      tokens: {},
      when: { ms: stage.now + 1000 },
    };
    const { broker, said } = stage.devices;
    const verdict = await broker.request(reader as never, request as never, { thing } as never);
    expect(verdict).toMatchObject({ accepted: true, queued: true });
    if (verdict.accepted) verdict.begin();
    await offer('true');
    await run('accept', { from: ANNA });
    expect(await stage.store.recordings.due(stage.now, 9)).toEqual([]);
    stage.now += 2000;
    await broker.resume();
    const kinds = () => said.map(({ message }) => message.kind);
    await expect.poll(kinds).toEqual(['started', 'failure', 'done']);
  });
});

describe('an offer that is not accepted', () => {
  it('is over when it is declined; everything else is as it was', async () => {
    const before = await boiler();
    await offer('true');
    const end = await stage.go('decline', { from: ANNA, to });
    expect(notesOf(end)).toEqual(['info: The offer is declined; the Thing stays with owner@example.org.']);
    expect([await boiler(), await history(id), stage.woken]).toEqual([before, ['1', '2'], []]);
    expect([await sees(ANNA), await sees('reader@example.org/r')]).toEqual([false, true]);
    expect((await trail()).at(-1)).toEqual([ANNA, 'declined by anna@example.org', id]);
  });

  it('is void after seven days, to the millisecond, and leaves everything as it was', async () => {
    const before = await boiler();
    await offer('true');
    const end = until();
    stage.now += OFFER_MS;
    expect(notesOf(await run('accept', { from: ANNA }))).toEqual([
      `error: The offer was open until ${end}; ask the owner for another one.`,
    ]);
    expect(notesOf(await stage.go('transfer', { to }))).toEqual(['info: The Thing is offered to nobody.']);
    const { offer: kept, ...ownership } = (await boiler()).ownership ?? expect.fail('nobody owns it');
    expect([{ ...(await boiler()), ownership }, kept?.to]).toEqual([before, 'anna@example.org']);
    expect([await history(id), stage.woken, await trail()]).toEqual([
      ['1', '2'],
      [],
      expect.objectContaining({ length: 1 }),
    ]);
  });

  it.each([
    ['accepted and taken back', accept, transfer],
    ['taken back and accepted', transfer, accept],
    ['declined and accepted', decline, accept],
    ['accepted and declined', accept, decline],
  ])('that is %s at once is one of both, and the other changes nothing', async (_, ...both) => {
    await offer();
    const thing = await boiler();
    if (!isClaimed(thing)) expect.fail('nobody owns it');
    const runs = await Promise.all(
      both.map(async (operation) => {
        const session = full(operation === transfer ? OWNER : ANNA);
        const asker = { jid: bareOf(session), domain: 'example.org', session };
        const submitted = await operation.submit(new Map([['to', []]]), { services: stage.services, asker, thing });
        return 'run' in submitted ? submitted.run : expect.fail('not understood');
      }),
    );
    const ends = await Promise.all(runs.map((each) => each()));
    expect(ends.map(({ outcome }) => outcome).sort()).toEqual(['done', 'refused']);
    const isPassed = both[ends.findIndex(({ outcome }) => outcome === 'done')] === accept;
    expect((await boiler()).ownership?.owner).toBe(isPassed ? 'anna@example.org' : 'owner@example.org');
    expect(await trail()).toHaveLength(isPassed ? 3 : 2);
  });

  it('of which another offer was made is not accepted in its stead', async () => {
    await offer();
    const { sessionid } = await stage.go('accept', { from: ANNA });
    await stage.go('accept', { from: ANNA, sessionid, values: { thing: id } });
    await offer('false', 'bert@example.org');
    const end = await stage.play('accept', { from: ANNA, sessionid, action: 'complete' });
    expect(end).toMatchObject({ condition: 'forbidden' });
    expect((await boiler()).ownership?.owner).toBe('owner@example.org');
  });
});
