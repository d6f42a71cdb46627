import { beforeEach, describe, expect, it } from 'vitest';
import {
  decodeCacheCleared,
  decodeCanRead,
  decodeClearCache,
  decodeFriendship,
  decodeIsFriend,
  decodeReadPermission,
  decodeUnfriend,
  encodeCacheCleared,
  encodeCanRead,
  encodeClearCache,
  encodeFriendship,
  encodeIsFriend,
  encodeReadPermission,
  encodeUnfriend,
} from '../../../src/xep/0324-provisioning/codec.js';
import { provisioningProtocol } from '../../../src/xep/0324-provisioning/index.js';
import type { Element } from '../../../src/xmpp/element.js';
import { parseJid } from '../../../src/xmpp/jid.js';
import type { Decoded } from '../../../src/xmpp/reader.js';
import { decodeError } from '../../../src/xmpp/stanza-error.js';
import { type Bench, bare, createBench, DOMAIN, get } from '../bench.js';
import { parseXml, payloadOf } from '../stanza-files.js';
import { roundTrip, testStanzas } from '../stanza-tests.js';

const mapped =
  <T, U>(decode: (payload: Element) => Decoded<T>, map: (value: T) => U) =>
  (payload: Element): Decoded<U> => {
    const decoded = decode(payload);
    return decoded.ok ? { ok: true, value: map(decoded.value) } : decoded;
  };

testStanzas('0324-provisioning', {
  isFriend: roundTrip(
    mapped(decodeIsFriend, ({ jid }) => jid.bare),
    encodeIsFriend,
  ),
  isFriendResponse: roundTrip(decodeFriendship, encodeFriendship),
  canRead: roundTrip(
    mapped(decodeCanRead, ({ jid, ...scope }) => ({ jid: jid.bare, ...scope })),
    encodeCanRead,
  ),
  canReadResponse: roundTrip(decodeReadPermission, encodeReadPermission),
  unfriend: roundTrip(
    mapped(decodeUnfriend, ({ jid }) => jid.bare),
    encodeUnfriend,
  ),
  clearCache: roundTrip(decodeClearCache, encodeClearCache),
  clearCacheResponse: roundTrip(decodeCacheCleared, encodeCacheCleared),
});

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

const ask = (payload: string, from: string, options: { to?: string; type?: string } = {}) =>
  bench.ask([provisioningProtocol({ domain: DOMAIN, ...bench })], get(payload, { from: `${from}/r`, ...options }));

async function isFriend(from: string, jid: string): Promise<boolean | string> {
  const answer = await ask(`<isFriend xmlns='urn:xmpp:iot:provisioning' jid='${jid}'/>`, from);
  if (answer.attrs['type'] === 'error') return decodeError(answer).condition;
  const decoded = decodeFriendship(payloadOf(answer));
  if (!decoded.ok) throw new Error(decoded.error.text);
  expect(decoded.value.jid).toBe(bare(jid));
  return decoded.value.isFriend;
}

async function canRead(from: string, jid: string, inner = '') {
  const answer = await ask(
    `<canRead xmlns='urn:xmpp:iot:provisioning' jid='${jid}' momentary='true'>${inner}</canRead>`,
    from,
  );
  const decoded = decodeReadPermission(payloadOf(answer));
  if (!decoded.ok) throw new Error(decoded.error.text);
  const { jid: repeated, types, mayRead, nodes, fields } = decoded.value;
  expect({ repeated, types }).toEqual({ repeated: bare(jid), types: ['momentary'] });
  return { mayRead, nodes: nodes.map(({ nodeId }) => nodeId), fields };
}

describe('isFriend', () => {
  const THING = 'thing@example.org';
  const OWNER = 'owner@example.org';
  const GUEST = 'guest@elsewhere.example';
  beforeEach(async () => {
    await bench.place({ jid: THING, owner: OWNER, isPublic: true, sharedWith: [bare(GUEST), '@example.org', '*'] });
    await bench.place({ jid: 'free@example.org' });
    await bench.place({ jid: 'self@example.org', owner: 'self@example.org', selfOwned: true, isPublic: true });
    await bench.place({ jid: 'rack@example.org', nodeId: 'a', owner: OWNER });
    await bench.place({ jid: 'rack@example.org', nodeId: 'b', owner: 'second@example.org' });
  });

  it.each([
    [THING, OWNER, true],
    [OWNER, THING, true],
    [THING, `${OWNER}/phone`, true],
    [THING, 'OWNER@Example.org', true],
    [THING, GUEST, true],
    ['rack@example.org', OWNER, true],
    ['rack@example.org', 'second@example.org', true],
    ['self@example.org', 'self@example.org', true],
    ['passer-by@example.org', 'self@example.org', false],
    [OWNER, 'self@example.org', false],
    // The component itself.
    [THING, DOMAIN, true],
    ['free@example.org', DOMAIN, true],
    [OWNER, DOMAIN, true],
    ['passer-by@example.org', DOMAIN, false],
    // Shared with a domain and with everyone makes no friends.
    [THING, 'passer-by@example.org', false],
    [THING, 'passer-by@elsewhere.example', false],
    [THING, 'example.org', false],
    ['passer-by@example.org', THING, false],
    [OWNER, GUEST, false],
    ['second@example.org', OWNER, false],
    [THING, 'rack@example.org', false],
    [THING, THING, false],
    ['free@example.org', OWNER, false],
    [OWNER, 'free@example.org', false],
    ['nobody@example.org', 'nobody-else@example.org', false],
    [THING, `aaaaaaaaaa@${DOMAIN}`, false],
  ])('%s and %s: %s', async (from, jid, expected) => expect(await isFriend(from, jid)).toBe(expected));

  it('is not true of who is blocked, by himself or with his domain, until that ends', async () => {
    const entry = { at: 1, actor: bare('admin@example.org'), action: 'block', subject: '', outcome: 'done' } as const;
    for (const [who, subject] of [
      [OWNER, bare(OWNER)],
      [GUEST, '@elsewhere.example'],
    ] as const) {
      await bench.blocks.put({ subject, actor: entry.actor, at: 1, reason: '' }, entry);
      expect(await isFriend(THING, who)).toBe(false);
      await bench.blocks.remove(subject, { ...entry, action: 'unblock' });
      expect(await isFriend(THING, who)).toBe(true);
    }
  });

  it('ends with the ownership', async () => {
    await bench.place({ jid: THING });
    expect(await isFriend(THING, OWNER)).toBe(false);
  });

  it('is remembered of Things that ask, after the answer, and of nobody else', async () => {
    const order: string[] = [];
    const friends = { asked: async (jid: string) => void order.push(jid) };
    const protocol = provisioningProtocol({ domain: DOMAIN, ...bench, store: { ...bench.store, friends } });
    const routes = protocol.iqs?.filter(({ name }) => name === 'isFriend') ?? [];
    const remembering = async (from: string, jid: string) => {
      const payload = parseXml(`<isFriend xmlns='urn:xmpp:iot:provisioning' jid='${jid}'/>`);
      const [asker, to] = [parseJid(from), parseJid(DOMAIN)];
      if (asker === undefined || to === undefined) throw new Error('no JID');
      const answer = await routes[0]?.handle({ id: 'q1', type: 'get', from: asker, to, payload });
      expect(order).toEqual([]);
      await answer?.after?.();
      return order.splice(0);
    };
    expect(await remembering(`${THING}/r`, OWNER)).toEqual([THING]);
    expect(await remembering('free@example.org/r', 'nobody@example.org')).toEqual(['free@example.org']);
    expect(await remembering(`${OWNER}/phone`, THING)).toEqual([]);
    expect(await remembering('passer-by@example.org/x', THING)).toEqual([]);
    // A question that cannot be read is none.
    expect(await remembering(`${THING}/r`, '')).toEqual([]);
  });

  it('is not answered to those who may not use the component', async () => {
    expect(await isFriend(GUEST, THING)).toBe('forbidden');
  });
});

describe('canRead', () => {
  const RACK = 'rack@example.org';
  const ALL = { mayRead: true, nodes: [], fields: [] };
  const NONE = { mayRead: false, nodes: [], fields: [] };

  it('is true for those whom the access table lets read, and for no others', async () => {
    await bench.place({
      jid: 'thing@example.org',
      owner: 'owner@example.org',
      isPublic: true,
      sharedWith: ['@friends.example'],
    });
    const may = async (jid: string) => (await canRead('thing@example.org', jid)).mayRead;
    expect(await may('owner@example.org/phone')).toBe(true);
    expect(await may('admin@example.org')).toBe(true);
    expect(await may('anyone@friends.example')).toBe(true);
    expect(await may('passer-by@example.org')).toBe(false);
    expect(await may('nobody@friends.example.evil')).toBe(false);
    // Who asks the Thing in the name of readers has judged them before.
    expect(await may(DOMAIN)).toBe(true);
  });

  it('is false for who is no Thing, and for a Thing without an owner', async () => {
    await bench.place({ jid: 'thing@example.org', owner: 'owner@example.org' });
    await bench.place({ jid: 'free@example.org' });
    expect(await canRead('owner@example.org', 'owner@example.org')).toEqual(NONE);
    expect(await canRead('owner@example.org', DOMAIN)).toEqual(NONE);
    expect(await canRead('free@example.org', 'owner@example.org')).toEqual(NONE);
    expect(await canRead('free@example.org', DOMAIN)).toEqual(NONE);
  });

  it('repeats the nodes and fields that it allows', async () => {
    await bench.place({ jid: RACK, nodeId: 'a', owner: 'owner@example.org' });
    await bench.place({ jid: RACK, nodeId: 'b', owner: 'second@example.org' });
    const nodes = "<node nodeId='a'/><node nodeId='b'/><field name='Energy'/>";
    expect(await canRead(RACK, 'owner@example.org', nodes)).toEqual({
      mayRead: true,
      nodes: ['a'],
      fields: ['Energy'],
    });
    expect(await canRead(RACK, 'admin@example.org', nodes)).toEqual({
      mayRead: true,
      nodes: ['a', 'b'],
      fields: ['Energy'],
    });
    expect(await canRead(RACK, 'third@example.org', nodes)).toEqual(NONE);
  });

  it('names the nodes that it allows where not all of them are, and none was asked for', async () => {
    await bench.place({ jid: RACK, nodeId: 'a', owner: 'owner@example.org' });
    await bench.place({ jid: RACK, nodeId: 'b', owner: 'second@example.org' });
    await bench.place({ jid: RACK, nodeId: 'c' });
    expect(await canRead(RACK, 'owner@example.org')).toEqual({ mayRead: true, nodes: ['a'], fields: [] });
    expect(await canRead(RACK, 'third@example.org')).toEqual(NONE);
  });

  it('never says more than it knows of a Thing that stands alone among others', async () => {
    await bench.place({ jid: RACK, owner: 'owner@example.org' });
    await bench.place({ jid: RACK, nodeId: 'b', owner: 'second@example.org' });
    expect(await canRead(RACK, 'owner@example.org')).toEqual(NONE);
    expect(await canRead(RACK, 'second@example.org')).toEqual({ mayRead: true, nodes: ['b'], fields: [] });
    expect(await canRead(RACK, 'admin@example.org')).toEqual(ALL);
  });

  it('finds the Thing of a node exactly, by its nodeId alone, or as one of the Thing that stands alone', async () => {
    await bench.place({ jid: RACK, nodeId: 'a', sourceId: 's', owner: 'owner@example.org' });
    await bench.place({ jid: RACK, nodeId: 'b', sourceId: 's', owner: 'owner@example.org' });
    await bench.place({ jid: RACK, nodeId: 'b', sourceId: 't', owner: 'second@example.org' });
    const may = async (jid: string, node: string) => (await canRead(RACK, jid, node)).mayRead;
    expect(await may('owner@example.org', "<node nodeId='a' sourceId='s'/>")).toBe(true);
    expect(await may('owner@example.org', "<node nodeId='a'/>")).toBe(true);
    expect(await may('owner@example.org', "<node nodeId='b' sourceId='s'/>")).toBe(true);
    expect(await may('owner@example.org', "<node nodeId='b' sourceId='t'/>")).toBe(false);
    expect(await may('owner@example.org', "<node nodeId='b'/>")).toBe(false);
    expect(await may('owner@example.org', "<node nodeId='z'/>")).toBe(false);
    await bench.place({ jid: RACK, owner: 'second@example.org' });
    expect(await may('second@example.org', "<node nodeId='z'/>")).toBe(true);
    expect(await may('owner@example.org', "<node nodeId='z'/>")).toBe(false);
  });
});

it('is announced of the component, and of no Thing', () => {
  const { features } = provisioningProtocol({ domain: DOMAIN, ...bench });
  expect(features).toEqual({ domain: ['urn:xmpp:iot:provisioning'], local: [] });
});

describe('all else of provisioning', () => {
  it.each(['getToken', 'canControl', 'canAccess', 'clearCache'])('%s is not implemented', async (name) => {
    const answer = await ask(`<${name} xmlns='urn:xmpp:iot:provisioning'/>`, 'thing@example.org');
    expect(decodeError(answer)).toMatchObject({ condition: 'feature-not-implemented', type: 'cancel' });
  });

  it('isFriend as a set is a bad request, and so is one without a jid', async () => {
    const set = await ask("<isFriend xmlns='urn:xmpp:iot:provisioning' jid='a@b'/>", 'thing@example.org', {
      type: 'set',
    });
    expect(decodeError(set).condition).toBe('bad-request');
    expect(
      await ask("<isFriend xmlns='urn:xmpp:iot:provisioning'/>", 'thing@example.org').then(decodeError),
    ).toMatchObject({
      condition: 'bad-request',
    });
  });

  it('is asked of the component, not of a Thing', async () => {
    const id = await bench.place({ jid: 'thing@example.org', owner: 'owner@example.org' });
    const to = `${id}@${DOMAIN}`;
    const answer = await ask("<isFriend xmlns='urn:xmpp:iot:provisioning' jid='a@b'/>", 'owner@example.org', { to });
    expect(decodeError(answer).condition).toBe('feature-not-implemented');
  });
});
