import { beforeEach, describe, expect, it } from 'vitest';
import { createAccess } from '../../../src/domain/access.js';
import type { Contact } from '../../../src/domain/ports.js';
import { createSessions } from '../../../src/domain/sessions.js';
import { type ClaimedThing, isClaimed } from '../../../src/domain/thing.js';
import { createOnlineAnnouncer, createPresenceHandler } from '../../../src/xep/presence/handler.js';
import { type Element, element } from '../../../src/xmpp/element.js';
import { parseJid } from '../../../src/xmpp/jid.js';
import type { PresenceType } from '../../../src/xmpp/protocol.js';
import { bare, createWorld, full, TAGS, type World } from '../../domain/world.js';
import { leaving } from '../../schemas/leaving.js';

const DOMAIN = 'things.example.org';
const THING = 'thing@example.org/imc';
const OWNER = 'owner@example.org/phone';

let world: World;
let sent: Element[];
let handle: ReturnType<typeof createPresenceHandler>;
let announce: ReturnType<typeof createOnlineAnnouncer>;
let thing: ClaimedThing;

beforeEach(async () => {
  world = createWorld();
  sent = [];
  const deps = {
    domain: DOMAIN,
    reach: world.reach,
    contacts: world.store.contacts,
    sessions: world.sessions,
    things: world.store.things,
    access: createAccess([bare('admin@example.org')], ['example.org']),
    send: leaving.through((stanza) => sent.push(stanza) > 0),
  };
  handle = createPresenceHandler(deps);
  announce = createOnlineAnnouncer(deps);
  await world.register(THING, TAGS);
  await world.claim(OWNER, TAGS);
  thing = await claimedThing();
});

async function claimedThing(): Promise<ClaimedThing> {
  const found = await world.thing(THING);
  if (!isClaimed(found)) throw new Error('not claimed');
  return found;
}

const jid = (text: string) => {
  const parsed = parseJid(text);
  if (parsed === undefined) throw new Error(`${text} is no JID`);
  return parsed;
};
/** Presence of a type to the domain, or to the Thing's brokered address. */
function receive(type: PresenceType, from: string, target?: ClaimedThing) {
  const to = jid(target === undefined ? DOMAIN : `${target.ownership.id}@${DOMAIN}/any`);
  return handle({ type, from: jid(from), to, stanza: element('presence'), ...(target && { target }) });
}
const contact = async (who: string, local = '') => {
  const all = await world.store.contacts.all();
  return all.find((one) => one.jid === bare(who) && one.local === local);
};
const save = (who: string, ours: Contact['ours'], { local = '', theirs = false }: Partial<Contact> = {}) =>
  world.store.contacts.change(bare(who), local, () => ({ ours, theirs }));
const shown = () => sent.map(({ attrs: { type = 'available', from, to } }) => `${type} ${from} ${to}`);

describe('the domain', () => {
  it('grants a subscription to whoever reaches it, shows that it is there, and asks for none in return', async () => {
    await receive('subscribe', 'anna@example.org/1');
    expect(shown()).toEqual([`subscribed ${DOMAIN} anna@example.org`, `available ${DOMAIN} anna@example.org`]);
    expect(await contact('anna@example.org')).toEqual({
      jid: 'anna@example.org',
      local: '',
      ours: 'none',
      theirs: true,
    });
    expect(world.presence).toEqual([]);
  });

  it('ends one when asked to, and says so', async () => {
    await save('anna@example.org', 'subscribed', { theirs: true });
    await receive('unsubscribe', 'anna@example.org/1');
    expect(shown()).toEqual([`unsubscribed ${DOMAIN} anna@example.org`]);
    expect(await contact('anna@example.org')).toMatchObject({ ours: 'subscribed', theirs: false });
  });

  it('takes several answers of one contact at once', async () => {
    await save('thing@example.org', 'asked');
    await Promise.all((['subscribed', 'subscribe'] as const).map((type) => receive(type, 'thing@example.org')));
    expect(await contact('thing@example.org')).toMatchObject({ ours: 'subscribed', theirs: true });
  });

  it('keeps nothing of one who ends what never was', async () => {
    await receive('unsubscribe', 'anna@example.org');
    expect(await contact('anna@example.org')).toBeUndefined();
  });

  it('answers probes with available presence', async () => {
    await receive('probe', 'anna@example.org/1');
    expect(shown()).toEqual([`available ${DOMAIN} anna@example.org`]);
  });

  it.each([
    ['subscribed', 'asked', 'subscribed'],
    ['unsubscribed', 'asked', 'refused'],
    ['unsubscribed', 'subscribed', 'refused'],
    ['subscribed', 'refused', 'subscribed'],
    ['subscribed', 'none', 'none'],
    ['unsubscribed', 'none', 'none'],
  ] as const)('takes %s where it had %s for %s', async (type, before, after) => {
    await save('thing@example.org', before, { theirs: true });
    await receive(type, 'thing@example.org');
    expect(await contact('thing@example.org')).toMatchObject({ ours: after, theirs: true });
    expect(sent).toEqual([]);
  });

  it.each(['subscribed', 'unsubscribed'] as const)('takes %s from strangers for nothing', async (type) => {
    await receive(type, 'eve@example.org');
    expect(await contact('eve@example.org')).toBeUndefined();
  });
});

describe('the presence of a Thing', () => {
  it('says where it is, and that it has gone', async () => {
    await receive('available', THING);
    expect(await world.sessions.of(bare(THING))).toEqual([THING]);
    expect(world.tells).toMatchObject([{ session: THING, news: { kind: 'claimed' } }]);
    await receive('unavailable', THING);
    expect(await world.sessions.of(bare(THING))).toEqual([]);
    expect(sent).toEqual([]);
  });

  it('that comes back as an error says that the session is not there', async () => {
    await receive('available', THING);
    await receive('error', THING);
    expect(await world.sessions.of(bare(THING))).toEqual([]);
  });

  it('is dropped unread of JIDs that are no Things', async () => {
    for (const type of ['available', 'unavailable', 'error'] as const) await receive(type, 'anna@example.org/1');
    expect(await world.sessions.of(bare('anna@example.org'))).toEqual([]);
    expect(await contact('anna@example.org')).toBeUndefined();
    expect([sent, world.tells, world.online]).toEqual([[], [], []]);
  });
});

describe('a brokered address', () => {
  const address = () => `${thing.ownership.id}@${DOMAIN}`;

  it.each(['owner@example.org/1', 'admin@example.org/1'])('grants a subscription to %s, who may read', async (who) => {
    await receive('subscribe', who, thing);
    expect(shown()).toEqual([`subscribed ${address()} ${bare(who)}`, `unavailable ${address()} ${bare(who)}`]);
    expect(await contact(who, thing.ownership.id)).toMatchObject({ ours: 'none', theirs: true });
  });

  it.each(['bert@example.org/1', 'thing@example.org/imc'])(
    'grants none to %s, who may see it and not read',
    async (who) => {
      await receive('subscribe', who, thing);
      expect(shown()).toEqual([`unsubscribed ${address()} ${bare(who)}`]);
      expect(await contact(who, thing.ownership.id)).toBeUndefined();
    },
  );

  it('shows whether the device is on line, to who may read', async () => {
    await receive('probe', OWNER, thing);
    await receive('available', THING);
    await receive('probe', OWNER, thing);
    await receive('probe', 'bert@example.org/1', thing);
    expect(shown()).toEqual([`unavailable ${address()} owner@example.org`, `available ${address()} owner@example.org`]);
  });

  it('ends a subscription when asked to', async () => {
    await save(OWNER, 'none', { local: thing.ownership.id, theirs: true });
    await receive('unsubscribe', OWNER, thing);
    expect(shown()).toEqual([`unsubscribed ${address()} owner@example.org`]);
    expect(await world.store.contacts.all()).toEqual([]);
  });

  it.each(['subscribed', 'unsubscribed'] as const)('has asked for nothing, and takes %s for nothing', async (type) => {
    await receive(type, OWNER, thing);
    expect(await contact(OWNER, thing.ownership.id)).toBeUndefined();
  });

  describe('tells its subscribers', () => {
    beforeEach(async () => {
      for (const who of [OWNER, 'bert@example.org', 'admin@example.org']) {
        await save(who, 'none', { local: thing.ownership.id, theirs: who !== 'admin@example.org' });
      }
    });

    it.each([
      [true, 'available'],
      [false, 'unavailable'],
    ])('on line: %s, those who may read now, and nobody else', async (isOnline, type) => {
      await announce(bare(THING), isOnline);
      expect(shown()).toEqual([`${type} ${address()} owner@example.org`]);
    });

    it('of every Thing behind the JID that is claimed', async () => {
      await world.register(THING, TAGS, { nodeId: 'unclaimed' });
      await world.register(THING, TAGS, { nodeId: 'own', selfOwned: true });
      const own = (await world.thing(THING, 'own'))?.ownership?.id ?? '';
      await save('bert@example.org', 'none', { local: own, theirs: true });
      await announce(bare(THING), true);
      expect(shown()).toEqual([
        `available ${address()} owner@example.org`,
        `available ${own}@${DOMAIN} bert@example.org`,
      ]);
    });

    it('when the first session comes and the last goes', async () => {
      const waiting: Promise<void>[] = [];
      const sessions = createSessions({
        store: world.store.sessions,
        clock: { now: () => world.now },
        onChange: (who, isOnline) => void waiting.push(announce(who, isOnline)),
      });
      await sessions.seen(full(THING));
      await sessions.seen(full('thing@example.org/2'));
      await sessions.gone(full(THING));
      await sessions.gone(full('thing@example.org/2'));
      await Promise.all(waiting);
      expect(shown().sort()).toEqual([
        `available ${address()} owner@example.org`,
        `unavailable ${address()} owner@example.org`,
      ]);
    });
  });
});
