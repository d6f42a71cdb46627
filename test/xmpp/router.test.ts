import { beforeEach, describe, expect, it } from 'vitest';
import { type Element, element, serialize } from '../../src/xmpp/element.js';
import { createParser } from '../../src/xmpp/parser.js';
import type { Answer, IqRequest, Message, Presence, Protocol } from '../../src/xmpp/protocol.js';
import { createRouter } from '../../src/xmpp/router.js';
import { type StanzaError, stanzaError } from '../../src/xmpp/stanza-error.js';
import { leaving } from '../schemas/leaving.js';

const NS = 'urn:example:lamp';
const LAMP = `<lamp xmlns='${NS}'/>`;
const ERRORS = 'urn:ietf:params:xml:ns:xmpp-stanzas';
class FullDisk extends Error {}

interface Logged {
  readonly level: string;
  readonly id?: unknown;
  readonly err?: unknown;
}

/** A router for things.example.org, where `lamp1` is something and anna@example.org may see it. */
function createRig() {
  const events: string[] = [];
  const logged: Logged[] = [];
  const handled: (IqRequest<string> | Message<string> | Presence<string>)[] = [];
  const rig = {
    events,
    logged,
    handled,
    sent: [] as Element[],
    replies: [] as Element[],
    online: true,
    closed: undefined as StanzaError | undefined,
    answer: (async () => ({ result: undefined })) as (request: IqRequest<string>) => Promise<Answer>,
    onMessage: (async () => undefined) as (message: Message<string>) => Promise<StanzaError | undefined>,
    onPresence: async (): Promise<void> => undefined,
    onReply: (): void => undefined,
    onBounce: (): void => undefined,
    lookUps: [] as string[],
    resolve: async (local: string, from: string): Promise<string | undefined> =>
      local === 'lamp1' && from === 'anna@example.org' ? 'the lamp' : undefined,
    /** What was sent, as XML. */
    get xml() {
      return rig.sent.map(serialize);
    },
    receive: (xml: string) => router.receive(parse(xml)),
  };
  const handle = async (request: IqRequest<string>): Promise<Answer> => {
    handled.push(request);
    return rig.answer(request);
  };
  const iq = { xmlns: NS, types: ['get', 'set'], at: 'both', handle } as const;
  const onMessage = async (message: Message<string>) => {
    handled.push(message);
    return rig.onMessage(message);
  };
  const protocol: Protocol<string> = {
    name: 'lamp',
    features: { domain: [], local: [] },
    iqs: [
      { ...iq, name: 'lamp' },
      { ...iq, name: 'registry', at: 'domain' },
      {
        ...iq,
        name: 'bulb',
        at: 'local',
        refuse: (payload, error) => ({ ...error, beside: parse(serialize(payload)) }),
      },
      { ...iq, name: 'reading', types: ['get'] },
      { ...iq, name: 'ping', xmlns: 'urn:example:ping', open: true },
    ],
    messages: [
      { xmlns: NS, name: 'lit', at: 'both', handle: onMessage },
      { xmlns: NS, name: 'central', at: 'domain', handle: onMessage },
    ],
    bounced: (from, to, { condition }) => {
      events.push(`bounced ${from.full} ${to.full} ${condition}`);
      rig.onBounce();
    },
  };
  const log = (level: string) => (details: object) => void logged.push({ level, ...details });
  const send = (stanza: Element): boolean => {
    if (!rig.online) return false;
    rig.sent.push(stanza);
    events.push(`sent ${stanza.attrs['type'] ?? stanza.name}`);
    return true;
  };
  const router = createRouter<string>({
    domain: 'things.example.org',
    protocols: [protocol],
    mayUse: ({ domain }) => domain === 'example.org',
    resolve: async (local, from) => {
      rig.lookUps.push(local);
      return rig.resolve(local, from.bare);
    },
    onUnresolved: (from, to, asked) => void events.push(`audit ${from.full} ${to.full} ${asked}`),
    onPresence: async (presence) => {
      handled.push(presence);
      return rig.onPresence();
    },
    onReply: (stanza) => {
      rig.replies.push(stanza);
      rig.onReply();
    },
    closed: () => rig.closed,
    explain: (error) => (error instanceof FullDisk ? stanzaError('resource-constraint', 'Later.') : undefined),
    // There is no schema for lamps.
    send: (stanza) => (serialize(stanza).includes(NS) ? send : leaving.through(send))(stanza),
    log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
  });
  return rig;
}

let rig: ReturnType<typeof createRig>;
beforeEach(() => {
  rig = createRig();
});

const iq = (attributes: string, payload = LAMP) => `<iq from='anna@example.org/phone' ${attributes}>${payload}</iq>`;
const ask = (to: string, payload = LAMP, type = 'get') => iq(`to='${to}' type='${type}' id='1'`, payload);
const conditions = () => rig.sent.map((stanza) => stanza.getChild('error')?.children.map(nameOf)[0]);

describe('an IQ', () => {
  it('goes to its handler, and the answer to the sender from the address asked', async () => {
    rig.answer = async () => ({ result: element('bright', { xmlns: NS }) });
    await rig.receive(ask('lamp1@things.example.org/some library', LAMP, 'set'));
    expect(rig.handled).toMatchObject([
      { id: '1', type: 'set', target: 'the lamp', from: { full: 'anna@example.org/phone' }, payload: { name: 'lamp' } },
    ]);
    expect(rig.xml).toEqual([
      `<iq type="result" id="1" from="lamp1@things.example.org/some library" to="anna@example.org/phone"><bright xmlns="${NS}"/></iq>`,
    ]);
  });

  it.each([
    ['\u017fam@Example.ORG/x', 'Lamp1@THINGS.example.org/\u212b'],
    ['ＳＡＭ@example.org', 'things.example.org.'],
  ])('is answered as %s spelt itself, from %s as it was spelt', async (from, to) => {
    rig.resolve = async () => 'the lamp';
    await rig.receive(`<iq type='get' id='1' from='${from}' to='${to}'>${LAMP}</iq>`);
    expect(rig.handled).toMatchObject([{ from: { local: 'sam' } }]);
    expect(rig.sent.map(({ attrs }) => attrs)).toEqual([{ type: 'result', id: '1', from: to, to: from }]);
  });

  it('has no target at the domain, whatever the resource', async () => {
    await rig.receive(ask('things.example.org/x'));
    expect(rig.handled).toHaveLength(1);
    expect(rig.handled[0]).not.toHaveProperty('target');
    expect(rig.lookUps).toEqual([]);
  });

  it.each([
    ['no id', "to='things.example.org' type='get'", LAMP, 'bad-request'],
    ['an empty id', "to='things.example.org' type='get' id=''", LAMP, 'bad-request'],
    ['no type', "to='things.example.org' id='1'", LAMP, 'bad-request'],
    ['an empty type', "to='things.example.org' type='' id='1'", LAMP, 'bad-request'],
    ['an unknown type', "to='things.example.org' type='GET' id='1'", LAMP, 'bad-request'],
    ['no child', "to='things.example.org' type='get' id='1'", '', 'bad-request'],
    ['text only', "to='things.example.org' type='get' id='1'", 'lamp', 'bad-request'],
    ['two children', "to='things.example.org' type='get' id='1'", LAMP + LAMP, 'bad-request'],
    [
      'a child beside an unknown one',
      "to='things.example.org' type='get' id='1'",
      `${LAMP}<x xmlns='y'/>`,
      'bad-request',
    ],
    [
      'an unknown namespace',
      "to='things.example.org' type='get' id='1'",
      "<lamp xmlns='urn:example:none'/>",
      'service-unavailable',
    ],
    ['no namespace of its own', "to='things.example.org' type='get' id='1'", '<lamp/>', 'service-unavailable'],
    ['a namespace taken back', "to='things.example.org' type='get' id='1'", "<lamp xmlns=''/>", 'service-unavailable'],
    [
      'an unknown element',
      "to='things.example.org' type='get' id='1'",
      `<sun xmlns='${NS}'/>`,
      'feature-not-implemented',
    ],
    [
      'the element of a message',
      "to='things.example.org' type='get' id='1'",
      `<lit xmlns='${NS}'/>`,
      'feature-not-implemented',
    ],
    [
      "a name of Object's",
      "to='things.example.org' type='get' id='1'",
      `<constructor xmlns='__proto__'/>`,
      'service-unavailable',
    ],
    [
      'an element for local parts',
      "to='things.example.org' type='get' id='1'",
      `<bulb xmlns='${NS}'/>`,
      'feature-not-implemented',
    ],
    [
      'an element for the domain',
      "to='lamp1@things.example.org' type='get' id='1'",
      `<registry xmlns='${NS}'/>`,
      'feature-not-implemented',
    ],
    [
      'the wrong one of get and set',
      "to='things.example.org' type='set' id='1'",
      `<reading xmlns='${NS}'/>`,
      'bad-request',
    ],
  ])('with %s is refused, and nobody is asked', async (_, attributes, payload, condition) => {
    await rig.receive(iq(attributes, payload));
    expect(rig.handled).toEqual([]);
    expect(conditions()).toEqual([condition]);
    expect(rig.sent[0]?.getChild('error')?.getChildText('text')).toMatch(/\S.*\.$/);
    expect(rig.events).toEqual(['sent error']);
  });

  it('without id or type is told that, whatever else is wrong with it', async () => {
    await rig.receive(iq("to='none@things.example.org' type='get'", ''));
    await rig.receive(iq("to='things.example.org' id='1'", `<x xmlns='y'/>`));
    const texts = rig.sent.map((stanza) => stanza.getChild('error')?.getChildText('text'));
    expect(texts).toEqual(Array(2).fill('An IQ has an id, and is of type get or set.'));
    expect(rig.lookUps).toEqual([]);
  });

  it('with an unknown namespace is told so, cut and quoted', async () => {
    await rig.receive(ask('things.example.org', `<lamp xmlns='a"b${'c'.repeat(5000)}'/>`));
    await rig.receive(ask('things.example.org', `<${'d'.repeat(5000)} xmlns='${NS}'/>`));
    const texts = rig.sent.map((stanza) => stanza.getChild('error')?.getChildText('text') ?? '');
    expect(texts[0]).toContain(`"a\\"b${'c'.repeat(61)}..."`);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(200);
  });

  it.each(['result', 'error'])('of type %s is never answered, and goes to the caller alone', async (type) => {
    await rig.receive(ask('things.example.org', LAMP, type));
    await rig.receive(`<iq from='eve@far.example/1' to='none@things.example.org' id='1' type='${type}'/>`);
    expect(rig.replies).toHaveLength(2);
    expect([rig.sent, rig.handled, rig.lookUps, rig.events]).toEqual([[], [], [], []]);
  });

  it('that answers with an error beside which something stands carries both', async () => {
    const beside = element('rejected', { xmlns: NS });
    rig.answer = async () => ({ error: { ...stanzaError('forbidden', 'No.'), beside } });
    await rig.receive(ask('things.example.org'));
    expect(rig.xml).toEqual([
      '<iq type="error" id="1" from="things.example.org" to="anna@example.org/phone">' +
        `<rejected xmlns="${NS}"/><error type="auth"><forbidden xmlns="${ERRORS}"/><text xmlns="${ERRORS}" xml:lang="en">No.</text></error></iq>`,
    ]);
  });
});

describe('what follows from an answer', () => {
  const withAfter = (answer: { result: undefined } | { error: StanzaError }) => {
    rig.answer = async () => ({ ...answer, after: async () => void rig.events.push('after') });
  };

  it.each([{ result: undefined }, { error: stanzaError('forbidden') }])('is done after it was sent', async (answer) => {
    withAfter(answer);
    await rig.receive(ask('things.example.org'));
    expect(rig.events).toEqual([`sent ${'error' in answer ? 'error' : 'result'}`, 'after']);
  });

  it('is not done where there is no connection to send over', async () => {
    withAfter({ result: undefined });
    rig.online = false;
    await rig.receive(ask('things.example.org'));
    await rig.receive(ask('none@things.example.org'));
    await rig.receive(`<message from='anna@example.org/1' to='none@things.example.org'/>`);
    expect(rig.events).toEqual([]);
  });
});

describe('a handler that throws', () => {
  const fail = (error: unknown) => () => {
    throw error;
  };

  it.each([
    [
      'at once',
      () => {
        rig.answer = fail(new Error('bug'));
      },
    ],
    [
      'later',
      () => {
        rig.answer = async () => fail(new Error('bug'))();
      },
    ],
    [
      'no Error',
      () => {
        rig.answer = fail('bug');
      },
    ],
    [
      'in the look-up',
      () => {
        rig.resolve = fail(new Error('bug'));
      },
    ],
  ])('%s is an internal-server-error, logged with the id; the next stanza is served', async (_, arrange) => {
    arrange();
    await rig.receive(ask('lamp1@things.example.org'));
    expect(conditions()).toEqual(['internal-server-error']);
    expect(rig.xml[0]).not.toContain('bug');
    expect(rig.logged).toMatchObject([{ level: 'error', id: '1', err: expect.anything() }]);
    rig.resolve = async () => 'the lamp';
    rig.answer = async () => ({ result: undefined });
    await rig.receive(ask('lamp1@things.example.org'));
    expect(rig.sent.at(-1)?.attrs['type']).toBe('result');
  });

  it.each([
    ['at once', () => fail(new Error('bug'))()],
    ['later', async () => fail(new Error('bug'))()],
  ])('%s after the answer is logged, and no second answer is sent', async (_, after) => {
    rig.answer = async () => ({ result: undefined, after });
    await rig.receive(ask('things.example.org'));
    expect(rig.events).toEqual(['sent result']);
    expect(rig.logged).toMatchObject([{ level: 'error', id: '1' }]);
  });

  it('for want of a store tells the sender to wait, and is no error of ours', async () => {
    rig.answer = fail(new FullDisk());
    await rig.receive(ask('things.example.org'));
    expect(conditions()).toEqual(['resource-constraint']);
    expect(rig.sent[0]?.getChild('error')?.attrs['type']).toBe('wait');
    expect(rig.logged).toMatchObject([{ level: 'warn', id: '1' }]);
  });

  it.each([
    [
      'a message',
      "<message id='7' from='anna@example.org/1' to='things.example.org'><lit xmlns='urn:example:lamp'/></message>",
      1,
    ],
    ['presence', "<presence id='7' from='anna@example.org/1' to='things.example.org'/>", 0],
    ['a reply', "<iq id='7' type='result' from='anna@example.org/1' to='things.example.org'/>", 0],
    ['a bounce', "<message id='7' type='error' from='anna@example.org/1' to='things.example.org'/>", 0],
  ])('at %s is logged with its id, and ends nothing', async (_, xml, answers) => {
    rig.onMessage = fail(new Error('bug'));
    rig.onPresence = fail(new Error('bug'));
    rig.onReply = fail(new Error('bug'));
    rig.onBounce = fail(new Error('bug'));
    await rig.receive(xml);
    expect(rig.sent).toHaveLength(answers);
    expect(rig.logged).toMatchObject([{ level: 'error', id: '7' }]);
  });
});

describe('what one may not see', () => {
  const HIDDEN = [
    ['is not shown to him', 'lamp1', 'bert@example.org/1'],
    ['never was', 'abcdefgh23', 'bert@example.org/1'],
    ['is no id', 'a.b-c', 'bert@example.org/1'],
    ['is longer than any id', 'x'.repeat(1023), 'bert@example.org/1'],
    ['is no local part', 'a b', 'bert@example.org/1'],
    ['is too long for a JID', 'y'.repeat(2000), 'bert@example.org/1'],
    ['is a part that the server takes and we do not', '\u{2f874}', 'bert@example.org/1'],
  ] as const;

  it('does not exist: the answers are the same to the letter', async () => {
    const answers: string[] = [];
    for (const [, local, from] of HIDDEN) {
      rig = createRig();
      await rig.receive(`<iq type='get' id='1' from='${from}' to='${local}@things.example.org'>${LAMP}</iq>`);
      answers.push(...rig.xml.map((xml) => xml.replaceAll(`"${local}@`, '"LOCAL@')));
    }
    expect(answers).toHaveLength(HIDDEN.length);
    expect(new Set(answers)).toEqual(
      new Set([
        '<iq type="error" id="1" from="LOCAL@things.example.org" to="bert@example.org/1"><error type="cancel">' +
          `<item-not-found xmlns="${ERRORS}"/><text xmlns="${ERRORS}" xml:lang="en">There is nothing at this address.</text></error></iq>`,
      ]),
    );
  });

  it('is refused in the words of the protocol that was asked, as all is that it was asked', async () => {
    const bulb = `<bulb xmlns='${NS}'/>`;
    for (const [, local, from] of HIDDEN) {
      await rig.receive(`<iq type='get' id='1' from='${from}' to='${local}@things.example.org'>${bulb}</iq>`);
    }
    await rig.receive(`<iq type='get' id='1' from='x@elsewhere.example/1' to='lamp1@things.example.org'>${bulb}</iq>`);
    await rig.receive(iq("type='get' id='1' to='things.example.org'", bulb));
    expect(rig.sent).toHaveLength(HIDDEN.length + 2);
    for (const answer of rig.sent) expect(answer.getChild('bulb', NS)).toBeDefined();
    expect(rig.handled).toEqual([]);
  });

  describe.each(HIDDEN)('since it %s', (_, local, from) => {
    const to = `${local}@things.example.org`;

    it.each([
      ['a known element', LAMP],
      ['an unknown element', `<x xmlns='y'/>`],
      ['no element', ''],
      ['two elements', LAMP + LAMP],
    ])('refuses an IQ with %s after one look-up, and then writes one row', async (__, payload) => {
      await rig.receive(`<iq type='get' id='1' from='${from}' to='${to}'>${payload}</iq>`);
      expect(conditions()).toEqual(['item-not-found']);
      expect(rig.lookUps).toHaveLength(1);
      expect(rig.events).toEqual(['sent error', expect.stringMatching(/^audit bert@example.org\/1 /)]);
      expect(rig.handled).toEqual([]);
    });

    it('refuses a message, and then writes one row', async () => {
      await rig.receive(`<message id='1' from='${from}' to='${to}'><lit xmlns='${NS}'/></message>`);
      expect(conditions()).toEqual(['item-not-found']);
      expect(rig.sent[0]?.attrs).toEqual({ type: 'error', id: '1', from: to, to: from });
      expect(rig.events).toEqual(['sent error', expect.stringMatching(/^audit .* message$/)]);
      expect([rig.lookUps.length, rig.handled]).toEqual([1, []]);
    });

    it('answers subscribe with unsubscribed, and then writes one row', async () => {
      await rig.receive(`<presence type='subscribe' from='${from}' to='${to}'/>`);
      expect(rig.sent.map(({ name, attrs }) => ({ name, ...attrs }))).toEqual([
        { name: 'presence', type: 'unsubscribed', from: to, to: 'bert@example.org' },
      ]);
      expect(rig.events).toEqual(['sent unsubscribed', expect.stringMatching(/^audit .* presence$/)]);
      expect([rig.lookUps.length, rig.handled]).toEqual([1, []]);
    });

    it.each(['', "type='unavailable'", "type='probe'", "type='unsubscribe'", "type='subscribed'", "type='error'"])(
      'answers other presence with nothing: %s',
      async (type) => {
        await rig.receive(`<presence ${type} from='${from}' to='${to}'/>`);
        expect(rig.events).toEqual([expect.stringMatching(/^audit .* presence$/)]);
        expect(rig.handled).toEqual([]);
      },
    );
  });

  it('is found by one who may, where the server takes for a resource what is none', async () => {
    await rig.receive(ask(`lamp1@things.example.org/${'\u{2f874}'}`));
    await rig.receive(ask('lamp1@things.example.org/'));
    expect(rig.handled).toMatchObject([{ target: 'the lamp' }, { target: 'the lamp' }]);
  });
});

describe('those outside `allow`', () => {
  const outside = (payload: string, to = 'things.example.org') =>
    rig.receive(`<iq type='get' id='1' from='eve@far.example/1' to='${to}'>${payload}</iq>`);

  it('are served the open routes', async () => {
    await outside(`<ping xmlns='urn:example:ping'/>`);
    expect(rig.sent.map(({ attrs }) => attrs['type'])).toEqual(['result']);
  });

  it.each([
    ['what is served', LAMP, 'things.example.org'],
    ['what is not served', `<x xmlns='y'/>`, 'things.example.org'],
    ['nothing', '', 'things.example.org'],
    ['at an address that is there', LAMP, 'lamp1@things.example.org'],
    ['at an address that is not', LAMP, 'none@things.example.org'],
  ])('are forbidden all else: %s', async (_, payload, to) => {
    await outside(payload, to);
    expect(conditions()).toEqual(['forbidden']);
    expect(rig.sent[0]?.getChild('error')?.attrs['type']).toBe('auth');
    expect([rig.handled, rig.lookUps, rig.events]).toEqual([[], [], ['sent error']]);
  });

  it.each([
    `<message from='eve@far.example/1' to='things.example.org'><lit xmlns='${NS}'/></message>`,
    `<message from='eve@far.example/1' to='none@things.example.org'/>`,
    `<presence from='eve@far.example/1' to='things.example.org' type='subscribe'/>`,
    `<presence from='eve@far.example/1' to='none@things.example.org' type='subscribe'/>`,
  ])('are ignored: %s', async (xml) => {
    await rig.receive(xml);
    expect([rig.sent, rig.handled, rig.lookUps, rig.events]).toEqual([[], [], [], []]);
  });
});

describe('while another connection serves the domain', () => {
  beforeEach(() => {
    rig.closed = stanzaError('resource-constraint', 'Not alone.');
  });

  it('nothing but the open routes is served', async () => {
    await rig.receive(ask('things.example.org'));
    await rig.receive(ask('none@things.example.org'));
    expect(conditions()).toEqual(['resource-constraint', 'resource-constraint']);
    await rig.receive(ask('things.example.org', `<ping xmlns='urn:example:ping'/>`));
    expect(rig.sent.at(-1)?.attrs['type']).toBe('result');
    expect(rig.handled).toMatchObject([{ payload: { name: 'ping' } }]);
  });

  it('a message that we would understand is refused, another is no concern of ours', async () => {
    await rig.receive(`<message from='anna@example.org/1' to='things.example.org'><lit xmlns='${NS}'/></message>`);
    await rig.receive(`<message from='anna@example.org/1' to='things.example.org'><body>Hello</body></message>`);
    expect(conditions()).toEqual(['resource-constraint']);
    expect(rig.handled).toEqual([]);
  });

  it.each(['', "type='subscribe'", "type='subscribed'", "type='unavailable'"])(
    'presence is dropped, as what comes of it is written down: %s',
    async (type) => {
      for (const to of ['things.example.org', 'lamp1@things.example.org', 'none@things.example.org']) {
        await rig.receive(`<presence ${type} from='anna@example.org/1' to='${to}'/>`);
      }
      expect([rig.sent, rig.handled, rig.lookUps, rig.events]).toEqual([[], [], [], []]);
    },
  );

  it.each(['lamp1', 'none'])('no address is looked up, and no row written: %s', async (local) => {
    const to = `${local}@things.example.org`;
    await rig.receive(ask(to));
    await rig.receive(`<message from='anna@example.org/1' to='${to}'><lit xmlns='${NS}'/></message>`);
    await rig.receive(`<message from='anna@example.org/1' to='${to}'><body>Hello</body></message>`);
    expect(conditions()).toEqual(['resource-constraint', 'resource-constraint']);
    expect([rig.lookUps, rig.events]).toEqual([[], ['sent error', 'sent error']]);
  });

  it('outsiders are told that they may not, not why nobody may', async () => {
    await rig.receive(`<iq type='get' id='1' from='eve@far.example/1' to='things.example.org'>${LAMP}</iq>`);
    expect(conditions()).toEqual(['forbidden']);
  });
});

describe('a message', () => {
  const message = (content: string, more = "to='things.example.org' id='1'") =>
    rig.receive(`<message from='anna@example.org/1' ${more}>${content}</message>`);

  it('is given to who understands it, payload by payload, with its id and target', async () => {
    await message(
      `<x xmlns='y'/><lit xmlns='${NS}'/>text<lit xmlns='${NS}' n='2'/>`,
      "to='lamp1@things.example.org/r'",
    );
    expect(rig.handled).toMatchObject([
      { target: 'the lamp', id: undefined, payload: { attrs: { xmlns: NS } }, stanza: { name: 'message' } },
      { target: 'the lamp', payload: { attrs: { n: '2' } } },
    ]);
    expect(rig.sent).toEqual([]);
  });

  it('of people is dropped, and so is one at the wrong address', async () => {
    await message('<body>Hello</body>');
    await message(`<central xmlns='${NS}'/>`, "to='lamp1@things.example.org'");
    await message('');
    expect([rig.sent, rig.handled]).toEqual([[], []]);
  });

  it('that is refused is answered with the error, its later payloads unread', async () => {
    rig.onMessage = async () => stanzaError('not-acceptable', 'No.');
    await message(`<lit xmlns='${NS}'/><lit xmlns='${NS}'/>`);
    expect(rig.handled).toHaveLength(1);
    expect(rig.sent.map(({ name, attrs }) => ({ name, ...attrs }))).toEqual([
      { name: 'message', type: 'error', id: '1', from: 'things.example.org', to: 'anna@example.org/1' },
    ]);
  });

  it('of type error is never answered: it is told to the protocols, wherever it comes from', async () => {
    const error = `<error type='cancel'><gone xmlns='${ERRORS}'/></error>`;
    await message(`<lit xmlns='${NS}'/>${error}`, "type='error' to='none@things.example.org'");
    await rig.receive(`<message type='error' from='eve@far.example/1' to='things.example.org'>${error}</message>`);
    expect(rig.events).toEqual([
      'bounced anna@example.org/1 none@things.example.org gone',
      'bounced eve@far.example/1 things.example.org gone',
    ]);
    expect([rig.sent, rig.handled, rig.lookUps]).toEqual([[], [], []]);
  });
});

describe('presence', () => {
  it.each(['unavailable', 'subscribe', 'subscribed', 'unsubscribe', 'unsubscribed', 'probe', 'error'])(
    'of type %s is passed on',
    async (type) => {
      await rig.receive(`<presence type='${type}' from='anna@example.org/1' to='lamp1@things.example.org'/>`);
      expect(rig.handled).toMatchObject([{ type, target: 'the lamp', from: { full: 'anna@example.org/1' } }]);
      expect(rig.sent).toEqual([]);
    },
  );

  it('without type is available, and has no target at the domain', async () => {
    await rig.receive(`<presence from='anna@example.org/1' to='things.example.org'/>`);
    expect(rig.handled).toMatchObject([{ type: 'available' }]);
    expect(rig.handled[0]).not.toHaveProperty('target');
  });

  it.each(['available', '', 'SUBSCRIBE', 'invisible'])('of the unknown type "%s" is ignored', async (type) => {
    await rig.receive(`<presence type='${type}' from='anna@example.org/1' to='things.example.org'/>`);
    expect([rig.handled, rig.sent, rig.logged]).toEqual([[], [], []]);
  });
});

describe('a stanza', () => {
  it.each([
    ['without from', "<iq type='get' id='1' to='things.example.org'/>"],
    ['from what is no JID', "<iq type='get' id='1' from='@example.org' to='things.example.org'/>"],
    ['from a local part with a space', "<iq type='get' id='1' from='a b@example.org' to='things.example.org'/>"],
    ['without to', "<iq type='get' id='1' from='anna@example.org'/>"],
    ['to another domain', "<iq type='get' id='1' from='anna@example.org' to='things.example.net'/>"],
    ['to a domain below ours', "<iq type='get' id='1' from='anna@example.org' to='a.things.example.org'/>"],
    ['to an empty local part', "<iq type='get' id='1' from='anna@example.org' to='@things.example.org'/>"],
    ['to no domain', "<iq type='get' id='1' from='anna@example.org' to='a b@'/>"],
    ['of an unknown kind', "<stanza id='1' from='anna@example.org' to='things.example.org'/>"],
    ['named as what objects inherit', "<__defineGetter__ id='1' from='anna@example.org' to='things.example.org'/>"],
  ])('%s is dropped', async (_, xml) => {
    await rig.receive(xml);
    expect([rig.sent, rig.handled, rig.lookUps, rig.events, rig.replies]).toEqual([[], [], [], [], []]);
    expect(rig.logged.filter(({ level }) => level !== 'debug')).toEqual([]);
  });
});

function nameOf(child: Element | string): string {
  return typeof child === 'string' ? child : child.name;
}

/** As the component's stream gives it. */
function parse(xml: string): Element {
  const parsed: Element[] = [];
  const parser = createParser({
    opened: () => undefined,
    element: (child) => void parsed.push(child),
    refused: (why) => {
      throw new Error(String(why));
    },
    closed: () => undefined,
    fault: (why) => {
      throw new Error(String(why));
    },
  });
  parser.write(`<stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>${xml}`);
  const [stanza] = parsed;
  if (stanza === undefined) throw new Error(`${xml} is no stanza`);
  return stanza;
}
