import { beforeEach, describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../../../src/domain/ports.js';
import type { OwnershipId } from '../../../src/domain/thing.js';
import { createHouse, field, full, type House, NOON, node, sample, settle } from './house.js';

let house: House;
let id: OwnershipId;
beforeEach(async () => {
  house = createHouse();
  id = await house.place('device@example.org');
});

const DEVICE = 'device@example.org/d';
const question = (index = 0) => house.asked[index] ?? expect.fail(`question ${index} was not asked`);
const temperature = (value: string, nodeId = 'n1') => sample(nodeId, NOON, field('T', value));

/** The whole life of one question of which the device answers nothing more. */
async function readOne(): Promise<number> {
  await house.read({ nodes: [node(id)] });
  return question().seqnr;
}

describe('a device', () => {
  it('that answers in one message with done', async () => {
    const seqnr = await readOne();
    await house.report(DEVICE, seqnr, [temperature('1')], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, 'done 01']);
  });

  it('that answers in many messages, and done in one of its own', async () => {
    const seqnr = await readOne();
    await house.report(DEVICE, seqnr, [temperature('1')]);
    await house.report(DEVICE, seqnr, [temperature('2', 'n2')]);
    house.broker.done(full(DEVICE), seqnr);
    await settle();
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, `fields 01: ${id}/n2 T=2 momentary`, 'done 01']);
  });

  it('that has no values', async () => {
    const seqnr = await readOne();
    await house.report(DEVICE, seqnr, [], true);
    expect(house.heard()).toEqual(['done 01']);
  });

  it('that answers before, or without, accepting', async () => {
    house.device = () => undefined;
    const seqnr = await readOne();
    await house.report(DEVICE, seqnr, [temperature('1')], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, 'done 01']);
    question().answer({ kind: 'accepted' });
    await house.pass(60_000);
    expect(house.heard()).toEqual([]);
    expect(house.alarms.size).toBe(0);
  });

  it('that fails for some nodes: failures wait until all data is out', async () => {
    const seqnr = await readOne();
    const error = { node: node('n2'), timestamp: '2013-03-07T17:13:30', reason: 'Broken.' };
    await house.report(DEVICE, seqnr, [temperature('1')]);
    await house.fail(DEVICE, seqnr, [error]);
    await house.report(DEVICE, seqnr, [temperature('3', 'n3')], true);
    const failure = house.said.find(({ message }) => message.kind === 'failure')?.message;
    expect(failure).toMatchObject({ errors: [{ node: node(`${id}/n2`), timestamp: '2013-03-07T17:13:30' }] });
    expect(house.heard()).toEqual([
      `fields 01: ${id} T=1 momentary`,
      `fields 01: ${id}/n3 T=3 momentary`,
      `failure 01: ${id}/n2 Broken.`,
      'done 01',
    ]);
  });

  it('that fails as a whole', async () => {
    const seqnr = await readOne();
    await house.fail(DEVICE, seqnr, [{ node: node(''), timestamp: '', reason: '' }], true);
    expect(house.heard()).toEqual([`failure 01: ${id} The Thing reported a failure without saying which.`, 'done 01']);
  });

  it('that refuses', async () => {
    house.device = () => ({ kind: 'refused', reason: 'Access denied.' });
    await readOne();
    expect(house.heard()).toEqual([`failure 01: ${id} The Thing refused: Access denied.`, 'done 01']);
    expect(house.alarms.size).toBe(0);
  });

  it('that never answers is woken, and given up at the deadline', async () => {
    await readOne();
    await house.pass(29_999);
    expect(house.heard()).toEqual([]);
    expect(house.pings).toContain(DEVICE);
    await house.pass(1);
    expect(house.heard()).toEqual([`failure 01: ${id} The Thing did not answer within 30 seconds.`, 'done 01']);
    expect(house.alarms.size).toBe(0);
  });

  it('that never ends keeps what it sent', async () => {
    const seqnr = await readOne();
    await house.report(DEVICE, seqnr, [temperature('1')]);
    await house.pass(30_000);
    expect(house.heard()).toEqual([
      `fields 01: ${id} T=1 momentary`,
      `failure 01: ${id} The Thing did not finish its answer within 30 seconds; there may be more.`,
      'done 01',
    ]);
  });

  it('that answers late: the values are kept, and go to nobody', async () => {
    const seqnr = await readOne();
    await house.pass(30_000);
    house.heard();
    expect(await house.report(DEVICE, seqnr, [temperature('1')], true)).toMatchObject({ isPush: true, faults: [] });
    expect(house.heard()).toEqual([]);
    expect((await house.store.readings.history({ ownership: id }, 10)).readings).toHaveLength(1);
  });

  it('that answers twice', async () => {
    const seqnr = await readOne();
    await house.report(DEVICE, seqnr, [temperature('1')], true);
    house.heard();
    expect(await house.report(DEVICE, seqnr, [temperature('2')], true)).toMatchObject({ isPush: true });
    expect(house.heard()).toEqual([]);
  });

  it('that answers under a wrong number: kept, and not taken for an answer', async () => {
    const seqnr = await readOne();
    expect(await house.report(DEVICE, seqnr + 1, [temperature('1')], true)).toMatchObject({ isPush: true });
    expect(house.heard()).toEqual([]);
  });

  it('that answers from another resource', async () => {
    const seqnr = await readOne();
    await house.report('device@example.org/other', seqnr, [temperature('1')], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, 'done 01']);
  });

  it('cannot be spoken for by another JID', async () => {
    await house.place('mallory@example.org');
    const seqnr = await readOne();
    await house.report('mallory@example.org/d', seqnr, [temperature('666')], true);
    await house.fail('mallory@example.org/d', seqnr, [{ node: node(''), timestamp: '', reason: 'ha' }], true);
    house.broker.done(full('mallory@example.org/d'), seqnr);
    await settle();
    expect(house.heard()).toEqual([]);
  });

  it('that sends fields nobody asked for, and history: stored, not passed on', async () => {
    await house.read({ nodes: [node(id)], fields: ['T'] });
    const fields = [field('T', '1'), field('P', '2'), field('T', '3', 'status'), field('T', '4', 'historicalDay')];
    await house.report(DEVICE, question().seqnr, [sample('n1', NOON, ...fields.slice(0, 2))]);
    await house.report(DEVICE, question().seqnr, [sample('n1', NOON + 1, ...fields.slice(2))], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, 'done 01']);
    expect((await house.store.readings.history({ ownership: id }, 10)).readings).toHaveLength(3);
  });

  it('that names no types: its values count as momentary', async () => {
    const seqnr = await readOne();
    await house.report(DEVICE, seqnr, [sample('', NOON, { ...field('T', '1'), fieldTypes: new Set() })], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, 'done 01']);
  });

  it('that sends items which are refused: they are failures to the asker, and the others go on', async () => {
    const seqnr = await readOne();
    const future = sample('n1', NOON + 25 * 60 * 60 * 1000, field('T', '9'));
    const bad = { node: node('n1'), timestamp: '2026-01-01T12:00:00Z', reason: '"T": is no int.' };
    await house.report(DEVICE, seqnr, [temperature('1'), future], true, [bad]);
    expect(house.heard()).toEqual([
      `fields 01: ${id} T=1 momentary`,
      `failure 01: ${id} "T": is no int. | ${id} The time is more than a day in the future.`,
      'done 01',
    ]);
  });
});

describe('where a device is', () => {
  it('is asked at the session that last spoke for the Thing, then at the one last seen', async () => {
    const other = await house.place('two@example.org', { spokeFrom: 'two@example.org/old', online: false });
    for (const session of ['old', 'new']) await house.sessions.seen(full(`two@example.org/${session}`));
    house.device = ({ session }) => (session.endsWith('/old') ? { kind: 'gone' } : { kind: 'accepted' });
    await house.read({ nodes: [node(other)] });
    expect(house.asked.map(({ session }) => session)).toEqual(['two@example.org/old', 'two@example.org/new']);
    expect(new Set(house.asked.map(({ seqnr }) => seqnr)).size).toBe(2);
    expect(await house.sessions.of(full('two@example.org') as never)).toEqual(['two@example.org/new']);
  });

  it('skips sessions that answer no such questions, and keeps them', async () => {
    await house.sessions.seen(full('device@example.org/chat'));
    house.device = ({ session }) => (session.endsWith('/chat') ? { kind: 'unserved' } : { kind: 'accepted' });
    await house.read({ nodes: [node(id)] });
    expect(house.asked.map(({ session }) => session)).toEqual(['device@example.org/chat', DEVICE]);
    expect(await house.sessions.of('device@example.org' as never)).toHaveLength(2);
  });

  it('off line', async () => {
    const away = await house.place('away@example.org', { online: false });
    await house.read({ nodes: [node(away)] });
    expect(house.asked).toEqual([]);
    await house.pass(5_000);
    expect(house.heard()).toEqual([`failure 01: ${away} The Thing is off line.`, 'done 01']);
  });

  it('coming on line in the middle', async () => {
    const away = await house.place('away@example.org', { online: false });
    await house.read({ nodes: [node(away)] });
    await house.pass(3_000);
    await house.sessions.seen(full('away@example.org/d'));
    await settle();
    await house.report('away@example.org/d', question().seqnr, [temperature('1')], true);
    expect(house.heard()).toEqual([`fields 01: ${away} T=1 momentary`, 'done 01']);
    await house.pass(60_000);
    expect(house.heard()).toEqual([]);
  });

  it('gone between two questions: found out at once, and back again', async () => {
    house.device = () => ({ kind: 'gone' });
    await readOne();
    expect(await house.sessions.of('device@example.org' as never)).toEqual([]);
    house.device = () => ({ kind: 'accepted' });
    await house.sessions.seen(full(DEVICE));
    await settle();
    await house.report(DEVICE, question(1).seqnr, [temperature('1')], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, 'done 01']);
  });

  it('gone after it accepted, as a ping shows', async () => {
    await readOne();
    house.deviceAnswersPing = () => 'gone';
    await house.pass(3_000 + 5_000);
    expect(house.heard()).toEqual([`failure 01: ${id} The Thing is off line.`, 'done 01']);
  });

  it('gone while it was sending', async () => {
    const seqnr = await readOne();
    await house.report(DEVICE, seqnr, [temperature('1')]);
    await house.sessions.gone(full(DEVICE));
    await settle();
    expect(house.heard()).toEqual([
      `fields 01: ${id} T=1 momentary`,
      `failure 01: ${id} The Thing went off line while it was being read.`,
      'done 01',
    ]);
  });

  it('silent at one session, which may be gone: another is asked too', async () => {
    await house.sessions.seen(full('device@example.org/stale'));
    house.device = ({ session }) => (session.endsWith('/stale') ? undefined : { kind: 'accepted' });
    house.deviceAnswersPing = () => 'unclear';
    await house.read({ nodes: [node(id)] });
    await house.pass(3_000);
    expect(house.asked.map(({ session }) => session)).toEqual(['device@example.org/stale', DEVICE]);
    await house.report(DEVICE, question(1).seqnr, [temperature('1')], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, 'done 01']);
  });

  it('unknown, but for the session that spoke last: that one is tried', async () => {
    const other = await house.place('two@example.org', { spokeFrom: 'two@example.org/old', online: false });
    await house.read({ nodes: [node(other)] });
    expect(question().session).toBe('two@example.org/old');
  });

  it('given up, its late refusal does not end what another session answers', async () => {
    await house.sessions.seen(full('device@example.org/stale'));
    house.device = ({ session }) => (session.endsWith('/stale') ? undefined : { kind: 'accepted' });
    house.deviceAnswersPing = () => 'unclear';
    await house.read({ nodes: [node(id)] });
    await house.pass(3_000);
    question(0).answer({ kind: 'refused', reason: 'Too late.' });
    await settle();
    await house.report(DEVICE, question(1).seqnr, [temperature('1')], true);
    expect(house.heard()).toEqual([`fields 01: ${id} T=1 momentary`, 'done 01']);
  });

  it('is noted when it accepts and when it reports', async () => {
    const seqnr = await readOne();
    await house.report('device@example.org/other', seqnr, [temperature('1')], true);
    expect(house.spoken).toEqual([`${id} ${DEVICE}`, `${id} device@example.org/other`]);
  });
});

describe('what is refused of a report', () => {
  const refused = async (from: string, nodeId: string) => {
    const { faults, arrivals } = await house.report(from, 1, [temperature('1', nodeId)]);
    expect(arrivals).toEqual([]);
    return faults.map(({ node: where, timestamp, reason }) => [where.nodeId, timestamp, reason]);
  };
  const AT = '2026-01-01T12:00:00.000Z';

  it('that of a Thing without owner, though the JID has another that is claimed', async () => {
    await house.place('device@example.org', { nodeId: 'free', owner: undefined });
    expect(await refused(DEVICE, 'free')).toEqual([['free', AT, 'Nobody owns the Thing of this node.']]);
  });

  it('that of an ownership which ended in the same moment', async () => {
    house.store.readings.add = async (items) => items.map(() => false);
    expect(await refused(DEVICE, 'n1')).toEqual([['n1', AT, 'Nobody owns the Thing of this node.']]);
  });

  it('what is more than a day ahead, and nothing that is less', async () => {
    const day = 24 * 60 * 60 * 1000;
    const late = sample('n1', NOON + day + 1, field('T', '1'));
    const soon = sample('n1', NOON + day, field('T', '1'));
    expect((await house.report(DEVICE, 1, [late, soon])).faults).toMatchObject([
      { timestamp: '2026-01-02T12:00:00.001Z' },
    ]);
  });
});

describe('a clock that is off by about a multiple of a quarter of an hour', () => {
  const MINUTE = 60_000;
  const at = async (late: number, ...types: Parameters<typeof field>[2][]) => {
    await house.read({ nodes: [node(id)] });
    const seqnr = house.asked.at(-1)?.seqnr ?? 0;
    await house.report(DEVICE, seqnr, [sample('n1', house.now - late, field('T', '1', ...types))], true);
    return house.mistaken.splice(0);
  };

  it.each([
    [0, []],
    [60 * MINUTE, [-60]],
    [-120 * MINUTE, [120]],
    [61 * MINUTE, [-60]],
    [-345 * MINUTE, [345]],
    [62 * MINUTE, []],
    [89_000, []],
    [30 * 24 * 60 * MINUTE, []],
  ])('%s ms late is told once', async (late, minutes) => {
    expect(await at(late)).toEqual(minutes.map((each) => `${id} ${each}`));
    expect(await at(late)).toEqual([]);
  });

  it('is no matter of what is not momentary, nor of pushes', async () => {
    expect(await at(60 * MINUTE, 'status')).toEqual([]);
    await house.report(DEVICE, 1, [sample('n1', NOON - 60 * MINUTE, field('T', '1'))]);
    expect(house.mistaken).toEqual([]);
  });
});

it('tells the asker when the store cannot take what was read', async () => {
  const seqnr = await readOne();
  house.store.readings.add = async () => Promise.reject(new StoreUnavailable('full'));
  await expect(house.report(DEVICE, seqnr, [temperature('1')], true)).rejects.toThrow('full');
  await settle();
  expect(house.heard()).toEqual([
    `failure 01: ${id} What the Thing reported could not be stored; try again later.`,
    'done 01',
  ]);
});
