import { beforeEach, describe, expect, it } from 'vitest';
import { registryProtocol } from '../../../src/xep/0347-registry/index.js';
import { createMessenger } from '../../../src/xep/messenger.js';
import { createCaller, type Question, type Reply } from '../../../src/xmpp/caller.js';
import { type Element, element, serialize } from '../../../src/xmpp/element.js';
import { parseJid } from '../../../src/xmpp/jid.js';
import type { Answer } from '../../../src/xmpp/protocol.js';
import { stanzaError } from '../../../src/xmpp/stanza-error.js';
import { at, bare, createWorld, full, type World } from '../../domain/world.js';
import { leaving } from '../../schemas/leaving.js';

const NS = 'urn:xmpp:iot:discovery';
const THING = 'thing@example.org/imc';
const OWNER = 'owner@example.org/phone';
const OTHER = 'other@example.org/laptop';
const TAGS = [
  str('SN', '394872348732948723'),
  str('MAN', 'www.ktc.se'),
  num('V', '1.20'),
  str('KEY', '4857402340298342'),
];

function str(name: string, value: string) {
  return element('str', { name, value });
}
function num(name: string, value: string) {
  return element('num', { name, value });
}

let world: World;
beforeEach(() => {
  world = createWorld();
});

/** Asks, and does what follows from the answer. */
async function ask(from: string, name: string, attributes: Record<string, string> = {}, ...tags: Element[]) {
  const answer = await answerTo(from, name, attributes, ...tags);
  await answer.after?.();
  if ('error' in answer) return `${answer.error.type} ${answer.error.condition}: ${answer.error.text}`;
  return answer.result === undefined ? 'empty' : serialize(answer.result);
}

async function answerTo(
  from: string,
  name: string,
  attributes: Record<string, string>,
  ...tags: Element[]
): Promise<Answer> {
  const routes = registryProtocol({ registry: world.registry, notifier: world.notifier, reach: world.reach }).iqs ?? [];
  const route = routes.find((one) => one.name === name);
  const [sender, domain] = [parseJid(from), parseJid('things.example.org')];
  if (route === undefined || sender === undefined || domain === undefined) throw new Error(`no ${name} from ${from}`);
  const payload = element(name, { xmlns: NS, ...attributes }, ...tags);
  return route.handle({ id: '1', type: 'set', from: sender, to: domain, payload });
}

describe('the protocol', () => {
  it('takes get and set alike, at the domain, from those who may use it', () => {
    const { iqs, features } = registryProtocol({
      registry: world.registry,
      notifier: world.notifier,
      reach: world.reach,
    });
    expect(features).toEqual({ domain: [NS], local: [] });
    expect(iqs?.map(({ name }) => name).sort()).toEqual([
      'disown',
      'mine',
      'register',
      'remove',
      'search',
      'unregister',
      'update',
    ]);
    for (const route of iqs ?? []) {
      expect(route).toMatchObject({ xmlns: NS, types: ['get', 'set'], at: 'domain' });
      expect(route.open).not.toBe(true);
    }
  });
});

describe('register', () => {
  it('is answered empty, and then the Thing is befriended and heard', async () => {
    expect(await ask(THING, 'register', {}, ...TAGS)).toBe('empty');
    expect(world.presence).toEqual(['subscribe thing@example.org']);
    expect(await world.sessions.of(bare(THING))).toEqual([THING]);
  });

  it('by one who is not asked to subscribe before the answer', async () => {
    await answerTo(THING, 'register', {}, ...TAGS);
    expect(world.presence).toEqual([]);
  });

  it('of a claimed Thing names the owner, the node and whether it is public', async () => {
    await ask(THING, 'register', { nodeId: 'imc1', sourceId: 's', cacheType: 'c' }, ...TAGS);
    await ask(OWNER, 'mine', { public: 'false' }, ...TAGS);
    expect(await ask(THING, 'register', { nodeId: 'imc1', sourceId: 's', cacheType: 'c' }, ...TAGS)).toBe(
      `<claimed xmlns="${NS}" jid="owner@example.org" nodeId="imc1" sourceId="s" cacheType="c" public="false"/>`,
    );
  });

  it('is refused with too many tags, naming the limit', async () => {
    const many = Array.from({ length: 65 }, (_, index) => str(`T${index}`, 'x'));
    expect(await ask(THING, 'register', {}, ...many)).toBe('modify bad-request: A Thing has at most 64 tags.');
    expect([world.presence, await world.thing(THING)]).toEqual([[], undefined]);
  });

  it('that cannot be read is refused, and changes nothing', async () => {
    expect(await ask(THING, 'register', {}, str('SN', '1'), str('sn', '2'))).toMatch(
      /^modify bad-request: .*SN is given twice/,
    );
    expect([world.presence, await world.thing(THING)]).toEqual([[], undefined]);
  });
});

describe('mine', () => {
  beforeEach(() => ask(THING, 'register', {}, ...TAGS));

  it.each([
    [{}, 'true'],
    [{ public: 'true' }, 'true'],
    [{ public: '0' }, 'false'],
  ])('%j is answered with the Thing, and then the Thing is told', async (attributes, isPublic) => {
    expect(await ask(OWNER, 'mine', attributes as Record<string, string>, ...TAGS)).toBe(
      `<claimed xmlns="${NS}" jid="thing@example.org" public="${isPublic}"/>`,
    );
    expect(world.tells).toMatchObject([{ session: THING, news: { kind: 'claimed', isPublic: isPublic === 'true' } }]);
  });

  it('tells the Thing after the answer, not before', async () => {
    await answerTo(OWNER, 'mine', {}, ...TAGS);
    expect(world.tells).toEqual([]);
  });

  it('of what is not there, or is another’s, is the same failure', async () => {
    await ask(OWNER, 'mine', {}, ...TAGS);
    const failed = 'cancel item-not-found: The claim failed.';
    expect(await ask(OTHER, 'mine', {}, ...TAGS)).toBe(failed);
    expect(await ask(OTHER, 'mine', {}, str('SN', '1'), str('KEY', 'x'))).toBe(failed);
    expect(await ask(OTHER, 'mine', {}, ...TAGS.slice(0, 3))).toBe(failed);
  });

  it('of one who failed too often has to wait', async () => {
    world = createWorld({ limits: { perJid: 1, perDomain: 10, inTotal: 10 } });
    await ask(OTHER, 'mine', {}, str('SN', '1'), str('KEY', 'x'));
    expect(await ask(OTHER, 'mine', {}, ...TAGS)).toMatch(/^wait resource-constraint: /);
  });
});

describe('update', () => {
  const room = str('ROOM', '101');

  it('by the Thing is answered empty where it is claimed', async () => {
    await ask(THING, 'register', {}, ...TAGS);
    await ask(OWNER, 'mine', {}, ...TAGS);
    expect(await ask(THING, 'update', {}, room)).toBe('empty');
    expect(await ask(THING, 'update', { jid: 'Thing@example.org/x' }, str('CLASS', 'PLC'))).toBe('empty');
    expect((await world.thing(THING))?.tags.map(({ name }) => name)).toEqual(['SN', 'MAN', 'V', 'ROOM', 'CLASS']);
  });

  it('by a Thing that nobody owns is answered disowned, with its node', async () => {
    await ask(THING, 'register', { nodeId: 'imc1' }, ...TAGS);
    expect(await ask(THING, 'update', { nodeId: 'imc1' }, room)).toBe(`<disowned xmlns="${NS}" nodeId="imc1"/>`);
  });

  it('by one who is not registered is item-not-found, and nothing is kept of him', async () => {
    expect(await ask('anna@example.org/1', 'update', {}, room)).toBe(
      'cancel item-not-found: No such Thing is registered.',
    );
    expect(await world.sessions.of(bare('anna@example.org'))).toEqual([]);
  });

  it('by a Thing that was removed brings it the news', async () => {
    await ask(THING, 'register', {}, ...TAGS);
    await ask(OWNER, 'mine', {}, ...TAGS);
    world.answer = () => 'gone';
    await ask(OWNER, 'remove', { jid: 'thing@example.org' });
    world.tells.length = 0;
    world.answer = () => 'acknowledged';
    expect(await ask(THING, 'update', {}, room)).toMatch(/^cancel item-not-found/);
    expect(world.tells).toMatchObject([{ news: { kind: 'removed' } }]);
  });

  it('by the owner names the Thing; of another’s there is none', async () => {
    await ask(THING, 'register', {}, ...TAGS);
    await ask(OWNER, 'mine', {}, ...TAGS);
    expect(await ask(OWNER, 'update', { jid: 'thing@example.org' }, room)).toBe('empty');
    expect(await ask(OTHER, 'update', { jid: 'thing@example.org' }, room)).toBe(
      'cancel item-not-found: You own no such Thing.',
    );
    expect(await ask(OWNER, 'update', { jid: 'thing@example.org' }, str('KEY', ''))).toMatch(
      /^modify bad-request: KEY/,
    );
    expect(await world.sessions.of(bare(OWNER))).toEqual([]);
  });

  it('of KEY by the Thing empties it, and no more', async () => {
    await ask(THING, 'register', {}, ...TAGS);
    await ask(OWNER, 'mine', {}, ...TAGS);
    expect(await ask(THING, 'update', {}, str('KEY', 'new-secret'))).not.toContain('new-secret');
    expect(await ask(THING, 'update', {}, str('KEY', ''))).toBe('empty');
  });
});

describe('remove', () => {
  it('is answered at once; then the Thing is told, and its subscription ends', async () => {
    await ask(THING, 'register', {}, ...TAGS);
    await ask(OWNER, 'mine', {}, ...TAGS);
    expect(await ask(OTHER, 'remove', { jid: 'thing@example.org' })).toBe(
      'cancel item-not-found: You own no such Thing.',
    );
    expect(await ask(OWNER, 'remove', { jid: 'thing@example.org/x' })).toBe('empty');
    expect(world.tells.map(({ news }) => news.kind)).toEqual(['claimed', 'removed']);
    expect(world.presence).toEqual(['subscribe thing@example.org', 'unsubscribe thing@example.org']);
  });
});

describe('unregister', () => {
  it('is answered empty, of what was there and of what was not', async () => {
    await ask(THING, 'register', {}, ...TAGS);
    await ask(THING, 'register', { nodeId: 'imc1' }, ...TAGS);
    expect(await ask(THING, 'unregister', { nodeId: 'imc1' })).toBe('empty');
    expect(world.presence).toEqual(['subscribe thing@example.org']);
    expect(await ask(THING, 'unregister')).toBe('empty');
    expect(await ask('anna@example.org/1', 'unregister')).toBe('empty');
    expect(world.presence).toEqual(['subscribe thing@example.org', 'unsubscribe thing@example.org']);
    expect(await world.store.things.ofJid(bare(THING))).toEqual([]);
  });
});

describe('disown', () => {
  beforeEach(async () => {
    await ask(THING, 'register', {}, ...TAGS);
    await ask(OWNER, 'mine', {}, ...TAGS);
  });

  it.each([
    ['acknowledged', 'empty'],
    ['refused', 'cancel not-allowed: The Thing did not acknowledge; it has to be on line to be disowned.'],
    ['silent', 'cancel not-allowed: The Thing did not acknowledge; it has to be on line to be disowned.'],
  ] as const)('of a Thing that has %s it is answered: %s', async (told, expected) => {
    world.answer = () => told;
    expect(await ask(OWNER, 'disown', { jid: 'thing@example.org' })).toBe(expected);
  });

  it('of another’s finds none', async () => {
    expect(await ask(OTHER, 'disown', { jid: 'thing@example.org' })).toBe(
      'cancel item-not-found: You own no such Thing.',
    );
    expect(await ask(OWNER, 'disown', { jid: 'thing@example.org', nodeId: 'x' })).toMatch(/^cancel item-not-found/);
  });
});

describe('search', () => {
  it('shows owner, JID, node and tags as they came, never KEY, and whether there is more', async () => {
    for (const nodeId of ['1', '2']) await ask(THING, 'register', { nodeId, selfOwned: 'true' }, ...TAGS);
    const man = element('strEq', { name: 'man', value: 'www.ktc.se' });
    expect(await ask(OTHER, 'search', { maxCount: '1' }, man)).toBe(
      `<found xmlns="${NS}" more="true"><thing owner="thing@example.org" jid="thing@example.org" nodeId="1">` +
        '<str name="SN" value="394872348732948723"/><str name="MAN" value="www.ktc.se"/><num name="V" value="1.20"/></thing></found>',
    );
    expect(await ask(OTHER, 'search', { offset: '1' }, man)).toMatch(/more="false"><thing [^>]*nodeId="2"/);
    expect(await ask(OTHER, 'search', { offset: '2' }, man)).toBe(`<found xmlns="${NS}" more="false"/>`);
    expect(await ask(OTHER, 'search', {}, element('strEq', { name: 'KEY', value: '4857402340298342' }))).toBe(
      `<found xmlns="${NS}" more="false"/>`,
    );
  });
});

describe('a Thing that has asked who its friends are', () => {
  it.each(['unregister', 'disown', 'remove'])('is told at once who is none any more: %s', async (name) => {
    await ask(THING, 'register', {}, ...TAGS);
    await ask(OWNER, 'mine', {}, ...TAGS);
    await world.store.friends.asked(bare(THING));
    await (name === 'unregister' ? ask(THING, name) : ask(OWNER, name, { jid: bare(THING) }));
    const lost = world.tells.flatMap(({ news }) => (news.kind === 'friends' ? [news.lost] : []));
    expect(lost).toEqual([[bare(OWNER)]]);
  });
});

describe('the messenger', () => {
  async function tell(reply: Reply) {
    const asked: Question[] = [];
    const asking = async (question: Question) => {
      asked.push(question);
      return reply;
    };
    const caller = { ...createCaller(() => true), ask: asking };
    const late: string[] = [];
    const address = { ...at(THING, 'imc1'), cacheType: 'c' };
    const news = { kind: 'claimed', owner: bare(OWNER), isPublic: false } as const;
    const messenger = createMessenger(caller, () => true, bare('things.example.org'));
    const told = await messenger.tell(full(THING), address, news, 1234, () => void late.push('late'));
    return { told, asked, late };
  }
  const result: Reply = { kind: 'result', payload: undefined };
  const error = (condition: 'gone' | 'forbidden'): Reply => ({
    kind: 'error',
    error: stanzaError(condition),
    stanza: element('iq'),
  });

  it('asks by IQ set from the domain, with the deadline', async () => {
    const { asked } = await tell(result);
    expect(asked).toMatchObject([{ to: THING, from: 'things.example.org', type: 'set', timeoutMs: 1234 }]);
    expect(asked.map(({ payload }) => serialize(payload))).toEqual([
      `<claimed xmlns="${NS}" jid="owner@example.org" nodeId="imc1" cacheType="c" public="false"/>`,
    ]);
  });

  it.each([
    [result, 'acknowledged'],
    [error('forbidden'), 'refused'],
    [error('gone'), 'gone'],
    [{ kind: 'silent' } as Reply, 'silent'],
    [{ kind: 'silent', unsent: true } as Reply, 'unsent'],
  ])('takes %j for %s', async (reply, told) => expect((await tell(reply)).told).toBe(told));

  it('names those who are friends no longer, for this session alone, before it asks to forget', async () => {
    const sent: string[] = [];
    const caller = {
      ask: async ({ payload, ...question }: Question) => {
        sent.push(serialize(payload));
        expect(question).toMatchObject({ to: THING, from: 'things.example.org', type: 'set', timeoutMs: 1234 });
        return result;
      },
    };
    const send = leaving.through((stanza) => sent.push(serialize(stanza)) > 0);
    const messenger = createMessenger(caller, send, bare('things.example.org'));
    const news = { kind: 'friends', lost: [bare(OWNER), bare(OTHER)] } as const;
    expect(await messenger.tell(full(THING), at(THING), news, 1234, () => undefined)).toBe('acknowledged');
    const unfriend = (jid: string) =>
      `<message type="headline" from="things.example.org" to="${THING}">` +
      `<unfriend xmlns="urn:xmpp:iot:provisioning" jid="${bare(jid)}"/></message>`;
    expect(sent).toEqual([unfriend(OWNER), unfriend(OTHER), '<clearCache xmlns="urn:xmpp:iot:provisioning"/>']);
  });

  it('passes on a late result, and no late error', async () => {
    const { asked, late } = await tell({ kind: 'silent' });
    asked[0]?.onLate?.(error('forbidden'));
    expect(late).toEqual([]);
    asked[0]?.onLate?.(result);
    expect(late).toEqual(['late']);
  });
});
