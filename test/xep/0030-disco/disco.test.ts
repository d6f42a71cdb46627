import { beforeEach, describe, expect, it } from 'vitest';
import type { ClaimedThing, OwnershipId, Tag } from '../../../src/domain/thing.js';
import { decodeInfo, decodeItems } from '../../../src/xep/0030-disco/codec.js';
import { discoProtocol } from '../../../src/xep/0030-disco/index.js';
import { pingProtocol } from '../../../src/xep/0199-ping/index.js';
import type { Protocol } from '../../../src/xmpp/protocol.js';
import { decodeError } from '../../../src/xmpp/stanza-error.js';
import { type Bench, bare, createBench, DOMAIN, get } from '../bench.js';
import { payloadOf } from '../stanza-files.js';

const SOMETHING: Protocol<ClaimedThing> = {
  name: 'something',
  features: { domain: ['urn:example:something', 'urn:xmpp:ping'], local: ['urn:example:reading'] },
};
const str = (name: string, value: string): Tag => ({ name, kind: 'str', value });

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

function ask(xml: string) {
  const table: readonly Protocol<ClaimedThing>[] = [
    discoProtocol({ ...bench, domain: DOMAIN, name: () => 'The place', protocols: () => table }),
    pingProtocol(),
    SOMETHING,
  ];
  return bench.ask(table, xml);
}

async function info(options: { from?: string; to?: string; node?: string } = {}) {
  const node = options.node === undefined ? '' : ` node='${options.node}'`;
  const answer = await ask(get(`<query xmlns='http://jabber.org/protocol/disco#info'${node}/>`, options));
  if (answer.attrs['type'] === 'error') return decodeError(answer);
  const decoded = decodeInfo(payloadOf(answer));
  return decoded.ok ? decoded.value : decoded.error;
}

async function items(options: { from?: string; to?: string; node?: string; set?: string } = {}) {
  const node = options.node === undefined ? '' : ` node='${options.node}'`;
  const set = options.set === undefined ? '' : `<set xmlns='http://jabber.org/protocol/rsm'>${options.set}</set>`;
  const answer = await ask(get(`<query xmlns='http://jabber.org/protocol/disco#items'${node}>${set}</query>`, options));
  if (answer.attrs['type'] === 'error') return decodeError(answer);
  const decoded = decodeItems(payloadOf(answer));
  return decoded.ok ? decoded.value : decoded.error;
}

const addressOf = (id: OwnershipId | undefined) => `${id}@${DOMAIN}`;

describe('disco#info of the component', () => {
  it('has the features of the whole table, each once, its own among them', async () => {
    expect(await info()).toEqual({
      identities: [{ category: 'component', type: 'generic', name: 'The place' }],
      features: [
        'http://jabber.org/protocol/disco#info',
        'http://jabber.org/protocol/disco#items',
        'http://jabber.org/protocol/rsm',
        'urn:example:something',
        'urn:xmpp:ping',
      ],
      forms: [],
    });
  });

  it('is for everyone, also those who may not use the component', async () => {
    expect(await info({ from: 'user@elsewhere.example/x' })).toMatchObject({ identities: [{ name: 'The place' }] });
  });

  it('knows no nodes', async () => {
    expect(await info({ node: 'thing@example.org' })).toMatchObject({ condition: 'item-not-found', type: 'cancel' });
  });

  it('repeats an empty node, which is none', async () => {
    expect(await info({ node: '' })).toMatchObject({ node: '', identities: [{ name: 'The place' }] });
  });
});

describe('disco#info of a Thing', () => {
  it('says what it is, what can be done with it, and its tags', async () => {
    const id = await bench.place({
      jid: 'rack@example.org',
      nodeId: 'imc1',
      sourceId: 'MeteringTopology',
      owner: 'owner@example.org',
      isPublic: true,
      tags: [str('SN', '394872'), { name: 'V', kind: 'num', value: 1.2, text: '1.20' }, str('NAME', 'Boiler <1>')],
    });
    const field = (name: string, value: string) => ({ name, values: [value] });
    expect(await info({ to: addressOf(id) })).toEqual({
      identities: [{ category: 'client', type: 'bot', name: 'Boiler <1>' }],
      features: [
        'http://jabber.org/protocol/disco#info',
        'http://jabber.org/protocol/disco#items',
        'urn:example:reading',
        'urn:xmpp:ping',
      ],
      forms: [
        {
          type: 'result',
          formType: 'thingstead:thing',
          fields: [
            field('jid', 'rack@example.org'),
            field('nodeId', 'imc1'),
            field('sourceId', 'MeteringTopology'),
            field('cacheType', ''),
            field('owner', 'owner@example.org'),
            field('tag:SN', '394872'),
            field('tag:V', '1.20'),
            field('tag:NAME', 'Boiler <1>'),
          ],
        },
      ],
    });
  });

  it('has the SN for a name where it has no NAME, and none where it has neither', async () => {
    const named = await bench.place({ jid: 'a@example.org', owner: 'user@example.org', tags: [str('SN', '39')] });
    const nameless = await bench.place({ jid: 'b@example.org', owner: 'user@example.org' });
    expect(await info({ to: addressOf(named) })).toMatchObject({ identities: [{ name: '39' }] });
    expect(await info({ to: addressOf(nameless) })).toMatchObject({
      identities: [{ category: 'client', type: 'bot' }],
    });
  });

  it('says the same to those who may not see it as of one that never was', async () => {
    const id = await bench.place({ jid: 'a@example.org', owner: 'owner@example.org' });
    const refused = await info({ to: addressOf(id) });
    expect(refused).toMatchObject({ condition: 'item-not-found' });
    expect(await info({ to: `aaaaaaaaaa@${DOMAIN}` })).toEqual(refused);
  });

  it('knows no nodes, and has no items', async () => {
    const to = addressOf(await bench.place({ jid: 'a@example.org', owner: 'user@example.org' }));
    expect(await info({ to, node: 'x' })).toMatchObject({ condition: 'item-not-found' });
    expect(await items({ to })).toEqual({ items: [] });
    expect(await items({ to, node: 'x' })).toMatchObject({ condition: 'item-not-found' });
  });
});

describe('disco#items of the component', () => {
  it("lists the asker's own Things, those shared with it, then public ones, by their addresses", async () => {
    const open = await bench.place({ jid: 'open@example.org', owner: 'owner@example.org', isPublic: true });
    await bench.place({ jid: 'closed@example.org', owner: 'owner@example.org' });
    await bench.place({ jid: 'unclaimed@example.org' });
    const shared = await bench.place({
      jid: 'shared@example.org',
      owner: 'owner@example.org',
      sharedWith: [bare('user@example.org')],
    });
    const own = await bench.place({ jid: 'own@example.org', owner: 'user@example.org', tags: [str('NAME', 'Mine')] });
    expect(await items()).toEqual({
      items: [{ jid: addressOf(own), name: 'Mine' }, { jid: addressOf(shared) }, { jid: addressOf(open) }],
    });
  });

  it('is empty where there is nothing to see', async () => {
    await bench.place({ jid: 'closed@example.org', owner: 'owner@example.org' });
    expect(await items()).toEqual({ items: [] });
    expect(await items({ set: '<max>10</max>' })).toEqual({ items: [] });
  });

  it('is not for those who may not use the component', async () => {
    expect(await items({ from: 'user@elsewhere.example/x' })).toMatchObject({ condition: 'forbidden', type: 'auth' });
  });

  it('of a JID lists those of its Things that the asker may see', async () => {
    const seen = await bench.place({ jid: 'rack@example.org', nodeId: 'a', owner: 'user@example.org' });
    await bench.place({ jid: 'rack@example.org', nodeId: 'b', owner: 'owner@example.org' });
    await bench.place({ jid: 'other@example.org', owner: 'user@example.org' });
    expect(await items({ node: 'rack@example.org' })).toEqual({
      node: 'rack@example.org',
      items: [{ jid: addressOf(seen) }],
    });
    expect(await items({ node: 'RACK@example.org' })).toEqual({
      node: 'RACK@example.org',
      items: [{ jid: addressOf(seen) }],
    });
  });

  it.each(['thing@example.org/imc', 'a b@example.org', '@'])('knows no other nodes: %s', async (node) => {
    await bench.place({ jid: 'thing@example.org', owner: 'user@example.org', isPublic: true });
    expect(await items({ node })).toMatchObject({ condition: 'item-not-found', type: 'cancel' });
  });

  it('of a JID lists all of them to an administrator, who may see all', async () => {
    const hidden = await bench.place({ jid: 'rack@example.org', owner: 'owner@example.org' });
    const from = 'admin@example.org/phone';
    expect(await items({ node: 'rack@example.org', from })).toMatchObject({ items: [{ jid: addressOf(hidden) }] });
    expect(await items({ from })).toEqual({ items: [] });
  });

  it.each([
    'closed@example.org',
    'closed@example.org/x',
    'nobody@example.org',
    '@',
    'http://jabber.org/protocol/commands',
  ])('of %s, where there is nothing to see, is not found', async (node) => {
    await bench.place({ jid: 'closed@example.org', owner: 'owner@example.org' });
    const refused = await items({ node });
    expect(refused).toEqual({
      condition: 'item-not-found',
      type: 'cancel',
      text: `There is nothing at the node "${node}".`,
    });
    expect(await items({ node, set: '<max>0</max>' })).toEqual(refused);
  });

  describe('in pages', () => {
    let ids: readonly (OwnershipId | undefined)[];
    beforeEach(async () => {
      const placed: (OwnershipId | undefined)[] = [];
      for (let index = 0; index < 101; index++) {
        placed.push(await bench.place({ jid: `t${index}@example.org`, owner: 'owner@example.org', isPublic: true }));
      }
      ids = placed;
    });
    const jids = (from: number, to: number) => ids.slice(from, to).map((id) => ({ jid: addressOf(id) }));

    it('says that there is more, even where no page was asked for', async () => {
      expect(await items()).toEqual({
        items: jids(0, 100),
        set: { first: { uid: `0.${ids[0]}`, index: 0 }, last: `99.${ids[99]}`, count: 101 },
      });
    });

    it('goes on after the last item', async () => {
      expect(await items({ set: `<after>99.${ids[99]}</after>` })).toEqual({
        items: jids(100, 101),
        set: { first: { uid: `100.${ids[100]}`, index: 100 }, last: `100.${ids[100]}`, count: 101 },
      });
    });

    it('goes back, to the end, and to a place', async () => {
      expect(await items({ set: `<max>2</max><before>50.${ids[50]}</before>` })).toMatchObject({ items: jids(48, 50) });
      expect(await items({ set: '<max>2</max><before/>' })).toMatchObject({ items: jids(99, 101) });
      expect(await items({ set: '<max>2</max><index>7</index>' })).toMatchObject({ items: jids(7, 9) });
    });

    it('counts', async () => {
      expect(await items({ set: '<max>0</max>' })).toEqual({ items: [], set: { count: 101 } });
    });

    it('gives 100 at most', async () => {
      expect(await items({ set: '<max>5000</max>' })).toMatchObject({ items: jids(0, 100) });
    });

    it('does not know an item that is not in the list', async () => {
      expect(await items({ set: '<after>99.aaaaaaaaaa</after>' })).toMatchObject({ condition: 'item-not-found' });
    });

    it('refuses what is no page', async () => {
      expect(await items({ set: '<max>-1</max>' })).toMatchObject({ condition: 'bad-request' });
    });
  });
});
