import { beforeEach, describe, expect, it } from 'vitest';
import { FIELD_TYPES } from '../../../src/domain/reading.js';
import type { OwnershipId } from '../../../src/domain/thing.js';
import { createHouse, field, full, type House, NOON, node, sample, settle } from './house.js';

let house: House;
beforeEach(() => {
  house = createHouse();
});

const DEVICE = 'device@example.org/d';
const seqnrOf = (index: number) => house.asked[index]?.seqnr ?? expect.fail(`question ${index} was not asked`);
const value = (text: string, nodeId = 'n1') => sample(nodeId, NOON, field('T', text));
const answer = (index: number, text: string, nodeId = 'n1') =>
  house.report(house.asked[index]?.session ?? '', seqnrOf(index), [value(text, nodeId)], true);

describe('what is asked of a device', () => {
  const types = async (asked: Parameters<House['read']>[0]) => {
    await house.place('device@example.org');
    await house.read({ ...asked });
    return [...(house.asked[0]?.types ?? [])];
  };
  const LIVE = ['momentary', 'peak', 'status', 'computed', 'identity'];

  it.each([
    ['one type', { types: new Set(['status'] as const) }, ['status']],
    ['no type: all but history', { types: new Set<never>() }, LIVE],
    ['all: what is live', { types: new Set(FIELD_TYPES) }, LIVE],
    [
      'peaks of a period: nothing of that',
      { types: new Set(['peak', 'status'] as const), from: { ms: 1 } },
      ['status'],
    ],
  ])('for %s', async (_case, asked, wanted) => {
    expect(await types(asked)).toEqual(wanted);
  });

  it('is nothing for history', async () => {
    expect(await types({ types: new Set(['historicalDay'] as const) })).toEqual([]);
    expect(house.heard()).toEqual(['done 01']);
  });

  it('is in the least form: no node for a Thing that stands alone, no names of fields', async () => {
    const id = await house.place('device@example.org');
    const behind = await house.place('rack@example.org', { nodeId: 'n7' });
    await house.read({ nodes: [node(id), node(behind)], fields: ['T'], tokens: { user: 'u' } });
    expect(house.asked.map(({ node: asked }) => asked)).toEqual([undefined, node('n7')]);
    expect(house.asked.map(({ tokens }) => tokens)).toEqual([{ user: 'u' }, { user: 'u' }]);
    expect(house.asked.map((asked) => 'fields' in asked)).toEqual([false, false]);
  });
});

describe('of several Things', () => {
  it('each is read beside the others, and done comes once', async () => {
    const a = await house.place('a@example.org');
    const b = await house.place('b@example.org');
    await house.read({ nodes: [node(a), node(b)] });
    await answer(1, '2');
    expect(house.heard()).toEqual([`fields 01: ${b} T=2 momentary`]);
    await answer(0, '1');
    expect(house.heard()).toEqual([`fields 01: ${a} T=1 momentary`, 'done 01']);
  });

  it('a bad one neither delays nor ends the others', async () => {
    const ids = [];
    for (const name of ['a', 'b', 'c']) ids.push(await house.place(`${name}@example.org`));
    house.device = ({ session }) =>
      session.startsWith('b') ? { kind: 'refused', reason: 'No.' } : { kind: 'accepted' };
    await house.read({ nodes: ids.map((id) => node(id)) });
    await answer(2, '3');
    expect(house.heard()).toEqual([`fields 01: ${ids[2]} T=3 momentary`]);
    await house.pass(30_000);
    expect(house.heard()).toEqual([
      `failure 01: ${ids[1]} The Thing refused: No. | ${ids[0]} The Thing did not answer within 30 seconds.`,
      'done 01',
    ]);
  });

  it('unknown and invisible ones are the same failure, and do not reach a device', async () => {
    const id = await house.place('device@example.org');
    const hidden = await house.place('secret@example.org', { owner: 'other@example.org' });
    await house.read({ nodes: [node(id), node(hidden), node('nobody'), node('x@y/z'), node(id, 'source')] });
    expect(house.asked).toHaveLength(1);
    await answer(0, '1');
    expect(house.heard()).toEqual([
      `fields 01: ${id} T=1 momentary`,
      `failure 01: ${hidden} No such node. | nobody No such node. | x@y/z No such node. | ${id} No such node.`,
      'done 01',
    ]);
  });

  it('those that may be seen and not read are failures too', async () => {
    const id = await house.place('device@example.org');
    const open = await house.place('open@example.org', { owner: 'other@example.org', isPublic: true });
    await house.read({ nodes: [node(id), node(open)] });
    await answer(0, '1');
    expect(house.heard()).toContain(`failure 01: ${open} You may not read this Thing.`);
  });

  it('one that is named twice is read once', async () => {
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id), node(id)] });
    await answer(0, '1');
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, 'done 01']);
  });
});

describe('a request without nodes', () => {
  it("means the asker's own Things and those shared by JID, not those shared otherwise", async () => {
    const own = await house.place('own@example.org');
    const shared = await house.place('shared@example.org', {
      owner: 'other@example.org',
      sharedWith: [full('owner@example.org') as never],
    });
    await house.place('all@example.org', { owner: 'other@example.org', sharedWith: ['*'], isPublic: true });
    await house.read();
    await answer(0, '1');
    await answer(1, '2');
    expect(house.heard()).toEqual([`fields 01: ${own} T=1 momentary`, `fields 01: ${shared} T=2 momentary`, 'done 01']);
  });

  it('is refused for one who has none, and for one who has too many', async () => {
    expect(await house.read()).toMatchObject({ accepted: false, refusal: 'no-things' });
    for (let n = 0; n <= 100; n++) await house.place('rack@example.org', { nodeId: `n${n}`, online: n === 0 });
    expect(await house.read()).toMatchObject({ accepted: false, refusal: 'too-many-things' });
  });
});

describe('names', () => {
  it('at its own address are those of the device; the nameless get the id', async () => {
    const id = await house.place('device@example.org');
    await house.read({ at: id });
    await house.report(DEVICE, seqnrOf(0), [value('1', 'n1'), value('2', 'n2'), value('3', '')], true);
    expect(house.said[0]?.from).toBe(`${id}@things.example.org/x`);
    expect(house.heard()).toEqual([`fields 01: n1 T=1 momentary; n2 T=2 momentary; ${id} T=3 momentary`, 'done 01']);
  });

  it('at the component repeat what was asked; the first node ever reported is the Thing itself', async () => {
    const id = await house.place('device@example.org');
    await house.report(DEVICE, 1, [value('0', 'n2')]);
    await house.read({ nodes: [node(id), node('device@example.org')] });
    await house.report(DEVICE, seqnrOf(0), [value('1', 'n1'), value('2', 'n2')], true);
    expect(house.heard()).toEqual([
      `fields 01: ${id}/n1 T=1 momentary; ${id} T=2 momentary`,
      'fields 01: device@example.org/n1 T=1 momentary; device@example.org T=2 momentary',
      'done 01',
    ]);
  });

  it('of further nodes can be asked for', async () => {
    const id = await house.place('device@example.org');
    await house.report(DEVICE, 1, [value('0', 'n1'), value('0', 'n/2')]);
    await house.read({ nodes: [node(`${id}/n/2`)] });
    await house.report(DEVICE, seqnrOf(0), [value('1', 'n1'), value('2', 'n/2')], true);
    expect(house.heard()).toEqual([`fields 01: ${id}/n/2 T=2 momentary`, 'done 01']);
    expect(await house.read({ nodes: [node(`${id}/n1`)] })).toMatchObject({ refusal: 'not-found' });
  });

  it('of nodes asked for at its own address choose; what never came is no such node', async () => {
    const id = await house.place('device@example.org');
    await house.read({ at: id, nodes: [node('n2'), node('n3')] });
    await house.report(DEVICE, seqnrOf(0), [value('1', 'n1'), value('2', 'n2')], true);
    expect(house.heard()).toEqual(['fields 01: n2 T=2 momentary', 'failure 01: n3 No such node.', 'done 01']);
  });

  it('of a node that is a Thing of its own are shown to who may read that one', async () => {
    const id = await house.place('device@example.org');
    const mine = await house.place('device@example.org', { nodeId: 'mine' });
    await house.place('device@example.org', { nodeId: 'theirs', owner: 'other@example.org' });
    await house.read({ nodes: [node(id)] });
    await house.report(DEVICE, seqnrOf(0), [value('1', ''), value('2', 'mine'), value('3', 'theirs')], true);
    const bad = { node: node('theirs'), timestamp: '', reason: 'secret' };
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, `fields 01: ${mine} T=2 momentary`, 'done 01']);
    await house.read({ nodes: [node(id)], seqnr: 2 });
    await house.fail(DEVICE, seqnrOf(1), [bad], true);
    expect(house.heard()).toEqual(['done 02']);
    expect((await house.store.readings.history({ ownership: id }, 10)).readings).toHaveLength(1);
  });

  it('of a node that is a Thing of its own come once where both are asked for', async () => {
    const id = await house.place('device@example.org');
    const part = await house.place('device@example.org', { nodeId: 'part' });
    await house.read({ nodes: [node(id), node(part)] });
    await house.report(DEVICE, seqnrOf(0), [value('1', ''), value('2', 'part')], true);
    await house.report(DEVICE, seqnrOf(1), [value('3', 'part')], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, `fields 01: ${part} T=3 momentary`, 'done 01']);
  });

  it('of a further node beside its whole Thing come once', async () => {
    const id = await house.place('device@example.org');
    await house.report(DEVICE, 1, [value('0', 'n1'), value('0', 'n2')]);
    await house.read({ nodes: [node(`${id}/n2`), node(id)] });
    await house.report(DEVICE, seqnrOf(0), [value('1', 'n1'), value('2', 'n2')], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary; ${id}/n2 T=2 momentary`, 'done 01']);
  });

  it('of a failure are those asked for, each once', async () => {
    const id = await house.place('device@example.org');
    house.device = () => ({ kind: 'refused', reason: 'No.' });
    await house.read({ at: id, nodes: [node('n2'), node('n3')] });
    expect(house.heard()).toEqual(['failure 01: n2 The Thing refused: No. | n3 The Thing refused: No.', 'done 01']);
  });

  it('of a node behind a concentrator bring no other nodes with them', async () => {
    const a = await house.place('rack@example.org', { nodeId: 'a' });
    await house.place('rack@example.org', { nodeId: 'b' });
    await house.read({ nodes: [node(a)] });
    const odd = await house.report(
      'rack@example.org/d',
      seqnrOf(0),
      [value('1', 'a'), value('2', 'b'), value('3', 'c')],
      true,
    );
    expect(odd.faults).toMatchObject([{ node: node('c'), reason: 'No Thing is registered for this node.' }]);
    expect(house.heard()).toEqual([
      `fields 01: ${a} T=1 momentary`,
      `failure 01: ${a}/c No Thing is registered for this node.`,
      'done 01',
    ]);
  });
});

describe('sequence numbers', () => {
  it('that are open for the session cannot be used again, and are free after the end', async () => {
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)] });
    expect(await house.read({ nodes: [node(id)] })).toMatchObject({ accepted: false, refusal: 'seqnr-in-use' });
    expect(await house.read({ nodes: [node(id)], asker: 'owner@example.org/desk' })).toMatchObject({ accepted: true });
    await answer(0, '1');
    expect(await house.read({ nodes: [node(id)] })).toMatchObject({ accepted: true });
  });

  it('of requests that were refused are free', async () => {
    const id = await house.place('device@example.org');
    expect(await house.read({ nodes: [node('nobody')] })).toMatchObject({ refusal: 'not-found' });
    expect(await house.read({ nodes: [node(id)] })).toMatchObject({ accepted: true });
  });

  it('that two requests use at the same time go to one', async () => {
    const id = await house.place('device@example.org');
    const both = await Promise.all([house.read({ nodes: [node(id)] }), house.read({ nodes: [node(id)] })]);
    expect(both.filter(({ accepted }) => accepted)).toHaveLength(1);
  });

  it('toward devices lie from 2^30 to 2^31 - 1', async () => {
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)] });
    expect(seqnrOf(0)).toBeGreaterThanOrEqual(2 ** 30);
    expect(seqnrOf(0)).toBeLessThan(2 ** 31);
  });
});

describe('cancel', () => {
  let id: OwnershipId;
  beforeEach(async () => {
    id = await house.place('device@example.org');
  });
  const phone = full('owner@example.org/phone');

  it('of what is not open is told so', async () => {
    expect(await house.broker.cancel(phone, 1)).toBe(false);
    await house.read({ nodes: [node(id)] });
    expect(await house.broker.cancel(full('owner@example.org/desk'), 1)).toBe(false);
    await answer(0, '1');
    expect(await house.broker.cancel(phone, 1)).toBe(false);
  });

  it('ends a read-out without another word; what the device still sends is kept', async () => {
    await house.read({ nodes: [node(id)] });
    expect(await house.broker.cancel(phone, 1)).toBe(true);
    await answer(0, '1');
    await house.pass(60_000);
    expect(house.heard()).toEqual([]);
    expect((await house.store.readings.history({ ownership: id }, 10)).readings).toHaveLength(1);
    expect(await house.read({ nodes: [node(id)] })).toMatchObject({ accepted: true });
  });

  it('before it began keeps the device from being asked', async () => {
    const ends = { asker: phone, self: full('things.example.org') };
    const request = { seqnr: { value: 1, text: '1' }, types: new Set(['momentary'] as const), fields: [], tokens: {} };
    const verdict = await house.broker.request(ends, { ...request, nodes: [node(id)] }, 'component');
    expect(await house.broker.cancel(phone, 1)).toBe(true);
    if (verdict.accepted) verdict.begin();
    await settle();
    expect(house.asked).toEqual([]);
  });
});

describe('requests for the same at the same time', () => {
  let id: OwnershipId;
  beforeEach(async () => {
    id = await house.place('device@example.org', { sharedWith: [full('friend@example.org') as never] });
  });

  it('share a read-out', async () => {
    await house.read({ nodes: [node(id)], tokens: { user: 'u' } });
    await house.read({ nodes: [node(id)], tokens: { user: 'u' }, asker: 'friend@example.org/x', seqnr: 5 });
    expect(house.asked).toHaveLength(1);
    await answer(0, '1');
    expect(house.said.map(({ to }) => to).sort()).toEqual([
      ...['friend@example.org/x', 'friend@example.org/x'],
      ...['owner@example.org/phone', 'owner@example.org/phone'],
    ]);
  });

  it('do not share it if tokens, types or Things differ', async () => {
    await house.read({ nodes: [node(id)], tokens: { user: 'u' } });
    await house.read({ nodes: [node(id)], tokens: { user: 'v' }, seqnr: 2 });
    await house.read({ nodes: [node(id)], tokens: { service: 'u' }, seqnr: 3 });
    await house.pass(1);
    expect(house.asked).toHaveLength(3);
    for (let asked = 0; asked < 3; asked++) await answer(asked, '1');
    await house.read({ nodes: [node(id)], tokens: { service: 'v' }, seqnr: 4 });
    await house.read({ nodes: [node(id)], tokens: { device: 'v' }, seqnr: 5 });
    await house.read({ nodes: [node(id)], tokens: { device: 'w' }, seqnr: 6 });
    await house.read({ nodes: [node(id)], tokens: { device: 'w' }, types: new Set(['status']), seqnr: 7 });
    expect(house.asked).toHaveLength(7);
  });

  it('do not share it once data has come', async () => {
    await house.read({ nodes: [node(id)] });
    await house.report(DEVICE, seqnrOf(0), [value('1')]);
    await house.read({ nodes: [node(id)], seqnr: 2 });
    expect(house.asked).toHaveLength(2);
  });

  it('do not share it once a failure has come, which the later one would never hear of', async () => {
    await house.read({ nodes: [node(id)] });
    await house.fail(DEVICE, seqnrOf(0), [{ node: node('n2'), timestamp: '', reason: 'Broken.' }]);
    await house.read({ nodes: [node(id)], seqnr: 2 });
    expect(house.asked).toHaveLength(2);
  });

  it('go on when one of them is cancelled', async () => {
    await house.read({ nodes: [node(id)] });
    await house.read({ nodes: [node(id)], seqnr: 2 });
    await house.broker.cancel(full('owner@example.org/phone'), 1);
    await answer(0, '1');
    expect(house.heard()).toEqual([`fields 02: ${id} T=1 momentary`, 'done 02']);
  });
});

describe('limits', () => {
  it('of questions to one device at once: the others wait', async () => {
    house = createHouse({ settings: { perDevice: 1 } });
    const a = await house.place('rack@example.org', { nodeId: 'a' });
    const b = await house.place('rack@example.org', { nodeId: 'b' });
    await house.read({ nodes: [node(a), node(b)] });
    expect(house.asked).toHaveLength(1);
    await answer(0, '1', 'a');
    expect(house.asked).toHaveLength(2);
    await answer(1, '2', 'b');
    expect(house.heard()).toEqual([`fields 01: ${a} T=1 momentary`, `fields 01: ${b} T=2 momentary`, 'done 01']);
  });

  it('of questions are not spent on one that was cancelled while it waited', async () => {
    house = createHouse({ settings: { perDevice: 1 } });
    const a = await house.place('rack@example.org', { nodeId: 'a' });
    const b = await house.place('rack@example.org', { nodeId: 'b' });
    await house.read({ nodes: [node(a)] });
    await house.read({ nodes: [node(b)], seqnr: 2 });
    await house.broker.cancel(full('owner@example.org/phone'), 2);
    await answer(0, '1', 'a');
    expect(house.asked).toHaveLength(1);
    expect(house.alarms.size).toBe(0);
  });

  it('of waiting for a busy device', async () => {
    house = createHouse({ settings: { perDevice: 1 } });
    const a = await house.place('rack@example.org', { nodeId: 'a' });
    const b = await house.place('rack@example.org', { nodeId: 'b' });
    await house.read({ nodes: [node(a)] });
    await house.pass(1);
    await house.read({ nodes: [node(b)], seqnr: 2, types: new Set(['status']) });
    await house.pass(29_999);
    await house.pass(30_000);
    expect(house.heard()).toEqual([
      `failure 01: ${a} The Thing did not answer within 30 seconds.`,
      'done 01',
      `failure 02: ${b} The Thing did not answer within 30 seconds.`,
      'done 02',
    ]);
  });

  it('of read-outs of one account', async () => {
    house = createHouse({ settings: { perAsker: 2 } });
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)] });
    await house.read({ nodes: [node(id)], seqnr: 2, asker: 'owner@example.org/desk' });
    expect(await house.read({ nodes: [node(id)], seqnr: 3 })).toMatchObject({ refusal: 'too-many-requests' });
    await answer(0, '1');
    expect(await house.read({ nodes: [node(id)], seqnr: 3 })).toMatchObject({ accepted: true });
  });

  it.each(['begin at once', 'are queued'])(
    'of read-outs asked for all at a time: the first are taken, and %s',
    async (how) => {
      house = createHouse({ settings: { perAsker: 3 } });
      const id = await house.place('device@example.org');
      const later = how === 'are queued' && { when: { ms: house.now + 60_000 } };
      const asked = [1, 2, 3, 4, 5].map((seqnr) => house.read({ nodes: [node(id)], seqnr, ...later }));
      const verdicts = await Promise.all(asked);
      expect(verdicts.map(({ accepted }) => accepted)).toEqual([true, true, true, false, false]);
    },
  );
});

describe('rights', () => {
  it.each([
    ['the owner', 'owner@example.org/x', {}, 'read'],
    ['an administrator', 'admin@example.org/x', {}, 'read'],
    ['a JID it is shared with', 'friend@example.org/x', { sharedWith: ['friend@example.org'] }, 'read'],
    ['a domain it is shared with', 'friend@example.org/x', { sharedWith: ['@example.org'] }, 'read'],
    ['everyone', 'friend@example.org/x', { sharedWith: ['*'] }, 'read'],
    ['passers-by, of a public Thing', 'friend@example.org/x', { isPublic: true }, 'forbidden'],
    ['passers-by', 'friend@example.org/x', {}, 'not-found'],
    ['the Thing itself', 'device@example.org/d', {}, 'not-found'],
  ])('of %s', async (_who, asker, change, outcome) => {
    const id = await house.place('device@example.org', change as object);
    const verdict = await house.read({ nodes: [node(id)], asker });
    expect(verdict.accepted ? 'read' : verdict.refusal).toBe(outcome);
  });

  it('are judged again before each message', async () => {
    const id = await house.place('device@example.org', { sharedWith: [full('friend@example.org') as never] });
    await house.read({ nodes: [node(id)], asker: 'friend@example.org/x' });
    await house.report(DEVICE, seqnrOf(0), [value('1')]);
    await house.change(id, { sharedWith: [] });
    await house.report(DEVICE, seqnrOf(0), [value('2')]);
    expect(house.heard()).toEqual([
      `fields 01: ${id} T=1 momentary`,
      `failure 01: ${id} You may not read this Thing.`,
      'done 01',
    ]);
  });

  it('are judged again before a failure that the device reports', async () => {
    const id = await house.place('device@example.org', { sharedWith: [full('friend@example.org') as never] });
    await house.read({ nodes: [node(id)], asker: 'friend@example.org/x' });
    await house.change(id, { sharedWith: [] });
    await house.fail(DEVICE, seqnrOf(0), [{ node: node('cellar'), timestamp: '', reason: 'Flooded.' }], true);
    expect(house.heard()).toEqual([`failure 01: ${id} You may not read this Thing.`, 'done 01']);
  });

  it('are judged before limits, so that a Thing which one may not see stays unseen', async () => {
    house = createHouse({ settings: { perAsker: 1 } });
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)] });
    expect(await house.read({ nodes: [node('nobody')], seqnr: 2 })).toMatchObject({ refusal: 'not-found' });
    expect(await house.read({ nodes: [node(id)], seqnr: 2 })).toMatchObject({ refusal: 'too-many-requests' });
  });

  it('end with the ownership', async () => {
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)] });
    const next = {
      id: 'otherother' as OwnershipId,
      owner: full('other@example.org') as never,
      sharedWith: ['*'] as const,
    };
    await house.change(id, next);
    await answer(0, '1');
    expect(house.heard()).toEqual([`failure 01: ${id} You may not read this Thing.`, 'done 01']);
  });
});

describe('the end', () => {
  it('of one reader is none of others', async () => {
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)] });
    await house.read({ nodes: [node(id)], asker: 'owner@example.org/desk', seqnr: 2 });
    house.broker.readerGone(full('owner@example.org/phone'));
    await answer(0, '1');
    expect(house.heard()).toEqual([`fields 02: ${id} T=1 momentary`, 'done 02']);
  });

  it('of the reader ends its read-outs', async () => {
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)] });
    house.broker.readerGone(full('owner@example.org/phone'));
    await answer(0, '1');
    expect(house.heard()).toEqual([]);
    expect(await house.read({ nodes: [node(id)] })).toMatchObject({ accepted: true });
  });

  it('of the connection ends them too: what is lost cannot be told', async () => {
    const id = await house.place('device@example.org');
    await house.read({ nodes: [node(id)] });
    house.isConnected = false;
    await house.report(DEVICE, seqnrOf(0), [value('1')]);
    house.isConnected = true;
    await house.report(DEVICE, seqnrOf(0), [value('2')], true);
    expect(house.heard()).toEqual([]);
  });

  it('of the service is told', async () => {
    const a = await house.place('a@example.org');
    const away = await house.place('away@example.org', { online: false });
    await house.read({ nodes: [node(a), node(away)] });
    await house.broker.stop();
    expect(house.heard()).toEqual([
      `failure 01: ${a} The service is about to stop; try again later. | ${away} The service is about to stop; try again later.`,
      'done 01',
    ]);
    expect(house.alarms.size).toBe(0);
  });
});

it('says of a hundred Things what there is to say in the time of a good one', async () => {
  const nodes = [];
  for (let n = 0; n < 100; n++) nodes.push(node(await house.place(`t${n}@example.org`)));
  const isSilent = (session: string) => Number(session.slice(1, session.indexOf('@'))) % 10 === 3;
  const isRude = (session: string) => Number(session.slice(1, session.indexOf('@'))) % 10 === 7;
  house.device = ({ session }) =>
    isRude(session) ? { kind: 'refused', reason: 'Go away.' } : isSilent(session) ? undefined : { kind: 'accepted' };
  await house.read({ nodes });
  expect(house.asked).toHaveLength(100);
  for (const { session, seqnr } of [...house.asked]) {
    if (!isSilent(session) && !isRude(session)) await house.report(session, seqnr, [value('1', '')], true);
  }
  expect(house.heard()).toHaveLength(80);
  await house.pass(30_000);
  const end = house.said.flatMap(({ message }) => (message.kind === 'failure' ? message.errors : []));
  expect(end).toHaveLength(20);
  expect(house.heard().at(-1)).toBe('done 01');
});
