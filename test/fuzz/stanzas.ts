import fc from 'fast-check';
import { ADDRESSES, FORGED_SENDERS, HOSTILE_ADDRESSES, SENDERS } from './cast.js';
import { damaged } from './damage.js';
import { growSchema } from './from-schema.js';
import { edge } from './values.js';
import { type Attribute, tree, write, type XmlTree } from './xml-tree.js';

type Kind = 'iq' | 'message' | 'presence';

/** What stanzas carry, in which of them it is looked for, and how often each schema has its turn. */
const CARRIED: readonly {
  readonly schema: string;
  readonly names?: readonly string[];
  readonly in: readonly Kind[];
  readonly weight: number;
}[] = [
  { schema: 'discovery.xsd', in: ['iq', 'message'], weight: 8 },
  { schema: 'sensor-data.xsd', in: ['iq', 'message'], weight: 8 },
  { schema: 'provisioning.xsd', in: ['iq', 'message'], weight: 3 },
  { schema: 'commands.xsd', names: ['command'], in: ['iq'], weight: 10 },
  { schema: 'disco-info.xsd', names: ['query'], in: ['iq'], weight: 2 },
  { schema: 'disco-items.xsd', names: ['query'], in: ['iq'], weight: 2 },
  { schema: 'ping.xsd', in: ['iq'], weight: 1 },
  { schema: 'receipts.xsd', in: ['message'], weight: 1 },
  { schema: 'time.xsd', in: ['iq'], weight: 1 },
  { schema: 'version.xsd', in: ['iq'], weight: 1 },
  { schema: 'data-form.xsd', in: ['message', 'iq'], weight: 1 },
  { schema: 'result-set.xsd', in: ['iq'], weight: 1 },
  { schema: 'privilege.xsd', in: ['message', 'iq'], weight: 1 },
  { schema: 'stanza-error.xsd', in: ['iq', 'message', 'presence'], weight: 1 },
];

/** What is more than refused; the rest is answers, and what nobody understands there. */
const DEALT_WITH: Readonly<Record<Kind, readonly string[]>> = {
  iq: [
    'register',
    'mine',
    'update',
    'remove',
    'unregister',
    'disown',
    'search',
    'req',
    'cancel',
    'isFriend',
    'canRead',
  ],
  message: ['fields', 'failure', 'done', 'started', 'request'],
  presence: [],
};

const PAYLOADS: Readonly<Record<Kind, fc.Arbitrary<XmlTree>>> = {
  iq: payloadsOf('iq'),
  message: payloadsOf('message'),
  presence: payloadsOf('presence'),
};

function payloadsOf(kind: Kind): fc.Arbitrary<XmlTree> {
  const there = CARRIED.filter((one) => one.in.includes(kind)).map(({ schema, names, weight }) => {
    const grown = growSchema(schema);
    const elements = (names ?? Object.keys(grown)).flatMap((name) => {
      const arbitrary = grown[name];
      return arbitrary === undefined ? [] : [{ arbitrary, weight: DEALT_WITH[kind].includes(name) ? 5 : 1 }];
    });
    return { arbitrary: fc.oneof(...elements), weight };
  });
  return fc.oneof(...there);
}

const TYPES: Readonly<Record<Kind, readonly string[]>> = {
  iq: ['get', 'set', 'set', 'get', 'result', 'error'],
  message: ['', 'chat', 'headline', 'normal', 'error', 'groupchat'],
  presence: ['', 'unavailable', 'subscribe', 'subscribed', 'unsubscribe', 'unsubscribed', 'probe', 'error'],
};

const ERROR = tree(
  'error',
  [['type', 'cancel']],
  [tree('item-not-found', [['xmlns', 'urn:ietf:params:xml:ns:xmpp-stanzas']])],
);
/** Left for the rig to number. */
export const FRESH_ID = '%id%';

function assembled(kind: Kind, ends: fc.Arbitrary<readonly Attribute[]>, payload: fc.Arbitrary<readonly XmlTree[]>) {
  return fc
    .tuple(fc.constantFrom(...TYPES[kind]), ends, payload)
    .map(([type, attributes, content]) =>
      tree(
        kind,
        [...(type === '' ? [] : [['type', type] as const]), ...attributes],
        type === 'error' ? [...content, ERROR] : content,
      ),
    );
}

const fair = fc
  .tuple(fc.constantFrom(...SENDERS), fc.constantFrom(...ADDRESSES))
  .map(([from, to]): readonly Attribute[] => [
    ['id', FRESH_ID],
    ['from', from],
    ['to', to],
  ]);

const kinds = (grow: (kind: Kind) => fc.Arbitrary<XmlTree>): fc.Arbitrary<XmlTree> =>
  fc.oneof(
    { weight: 7, arbitrary: grow('iq') },
    { weight: 3, arbitrary: grow('message') },
    { weight: 1, arbitrary: grow('presence') },
  );

/** Stanzas that the schemas allow, between those whom a server lets through. */
export const valid: fc.Arbitrary<XmlTree> = kinds((kind) =>
  assembled(
    kind,
    fair,
    PAYLOADS[kind].map((one) => [one]),
  ),
);

/** The same with one to three faults in what they carry. */
export const nearlyValid: fc.Arbitrary<XmlTree> = kinds((kind) =>
  assembled(
    kind,
    fair,
    damaged(PAYLOADS[kind]).map((one) => [one]),
  ),
);

/**
 * What clients of ejabberd can send: it says itself who they are, and ends the stream at a prefix that was not declared, or
 * at a namespace with white space.
 */
export const fromClients: fc.Arbitrary<XmlTree> = fc
  .oneof(valid, nearlyValid)
  .filter((stanza) => !/ XML:LANG=| xmlns='[^']*( |&#)/.test(write(stanza)));

const id = fc.oneof(
  { weight: 4, arbitrary: fc.constant(FRESH_ID) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'same', 'same', 'i'.repeat(70_000), '\u{1f600}', '__proto__', ' \'"<>&'),
  },
);
const unfair = fc
  .tuple(
    fc.constantFrom(...SENDERS, ...FORGED_SENDERS),
    fc.constantFrom(...ADDRESSES, ...HOSTILE_ADDRESSES),
    fc.option(id, { freq: 8, nil: undefined }),
    fc.option(edge, { freq: 1, nil: undefined }),
  )
  .map(([from, to, name, lang]): readonly Attribute[] => [
    ...(name === undefined ? [] : [['id', name] as const]),
    ['from', from],
    ['to', to],
    ...(lang === undefined ? [] : [['xml:lang', lang] as const]),
  ]);

/** Stanzas that no server would let through: forged ends, ids of all kinds, several payloads, faults in the stanza itself. */
export const hostile: fc.Arbitrary<XmlTree> = kinds((kind) => {
  const payload = fc.oneof(PAYLOADS[kind], damaged(PAYLOADS[kind]));
  const whole = assembled(kind, unfair, fc.array(payload, { maxLength: 3, size: 'max' }));
  return fc.oneof({ weight: 4, arbitrary: whole }, { weight: 1, arbitrary: damaged(whole) });
});

/** All three, in the proportion in which they are sent. */
export const anyStanza: fc.Arbitrary<XmlTree> = fc.oneof(
  { weight: 4, arbitrary: valid },
  { weight: 4, arbitrary: nearlyValid },
  { weight: 3, arbitrary: hostile },
);

/** What a stranger asks at an address: the same of a Thing that it may not see, and of one that never was. */
export const strangersQuestion: fc.Arbitrary<{ readonly kind: Kind; readonly payload: XmlTree }> = fc.oneof(
  PAYLOADS.iq.map((payload) => ({ kind: 'iq' as const, payload })),
  damaged(PAYLOADS.iq).map((payload) => ({ kind: 'iq' as const, payload })),
  PAYLOADS.message.map((payload) => ({ kind: 'message' as const, payload })),
);
