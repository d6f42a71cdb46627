import { beforeEach, describe, expect, it } from 'vitest';
import type { OwnershipId } from '../../../src/domain/thing.js';
import { childElements, type Element } from '../../../src/xmpp/element.js';
import { decodeError } from '../../../src/xmpp/stanza-error.js';
import { stanzaFiles } from '../stanza-files.js';
import { createPlant, fields, iq, message, node, type Plant, req, SENSOR_DATA, T, texts } from './plant.js';

let plant: Plant;
let id: OwnershipId;
beforeEach(async () => {
  plant = createPlant();
  id = await plant.place({ jid: 'device@example.org', owner: 'owner@example.org' });
});

const own = () => `${id}@things.example.org`;
const X = `xmlns="${SENSOR_DATA}"`;
const asked = (nodeId: string = id) => req("seqnr='1' momentary='true'", `<node nodeId='${nodeId}'/>`);

function refusal(stanza: Element | undefined) {
  if (stanza === undefined) return expect.fail('no answer');
  const rejected = stanza.getChild('rejected', SENSOR_DATA);
  const { condition, type, text } = decodeError(stanza);
  return { condition, type, text, rejected: rejected && [rejected.attrs['seqnr'], rejected.getChildText('error')] };
}

describe('a request', () => {
  it('is accepted before anything else, passed to the device and answered from the address asked', async () => {
    const [accepted, question, ...others] = await plant.comes(
      iq(req("seqnr='007' momentary='1'"), { to: `${own()}/any` }),
    );
    expect(others).toEqual([]);
    expect(texts([accepted as Element])).toEqual([
      `<iq type="result" id="q1" from="${own()}/any" to="owner@example.org/phone"><accepted ${X} seqnr="007"/></iq>`,
    ]);
    const seqnr = await plant.accept(question);
    expect(texts([question as Element])).toEqual([
      `<iq type="get" from="things.example.org" to="device@example.org/d"><req ${X} seqnr="${seqnr}" momentary="true"/></iq>`,
    ]);
    const said = await plant.comes(message(fields(seqnr, node('', T), "done='true'")));
    const head = `<message type="headline" from="${own()}/any" to="owner@example.org/phone"><fields ${X} seqnr="007"`;
    expect(texts(said)).toEqual([
      `${head}><node nodeId="${id}"><timestamp value="2026-11-21T03:00:00Z"><int name="T" momentary="true" value="1"/></timestamp></node></fields></message>`,
      `${head} done="true"/></message>`,
    ]);
  });

  it.each(['get', 'set'])('is taken as %s', async (type) => {
    const [accepted] = await plant.comes(iq(asked(), { type }));
    expect(accepted?.getChild('accepted', SENSOR_DATA)).toBeDefined();
  });

  it('names the node of a Thing behind a concentrator, whole', async () => {
    const rack = { jid: 'rack@example.org', nodeId: 'n', sourceId: 's', cacheType: 'c' };
    const behind = await plant.place({ ...rack, owner: 'owner@example.org' });
    const [, question] = await plant.comes(iq(asked(behind)));
    const [payload] = question?.children ?? [];
    expect(payload instanceof Object && childElements(payload as Element).map(({ attrs }) => attrs)).toEqual([
      { nodeId: 'n', sourceId: 's', cacheType: 'c' },
    ]);
  });

  it('passes tokens on', async () => {
    const tokens = "serviceToken='s' deviceToken='d' userToken='u'";
    const [, question] = await plant.comes(iq(req(`seqnr='1' status='true' ${tokens}`), { to: own() }));
    expect(question?.getChild('req')?.attrs).toMatchObject({ serviceToken: 's', deviceToken: 'd', userToken: 'u' });
  });

  it('for later is queued', async () => {
    const [accepted, ping, ...others] = await plant.comes(
      iq(req("seqnr='4' all='true' when='2026-11-22T00:00:00Z'"), { to: own() }),
    );
    expect(accepted?.getChild('accepted')?.attrs).toMatchObject({ seqnr: '4', queued: 'true' });
    expect(ping?.getChild('ping', 'urn:xmpp:ping')).toBeDefined();
    expect(others).toEqual([]);
    const [cancelled] = await plant.comes(iq(`<cancel xmlns='${SENSOR_DATA}' seqnr='04'/>`, { type: 'set' }));
    expect(texts(cancelled ? [cancelled] : [])).toEqual([
      `<iq type="result" id="q1" from="things.example.org" to="owner@example.org/phone"><cancelled ${X} seqnr="04"/></iq>`,
    ]);
  });

  it('takes times without zone in the zone of the Thing', async () => {
    plant = createPlant({ zone: 'Europe/Berlin' });
    id = await plant.place({ jid: 'device@example.org', owner: 'owner@example.org' });
    await plant.comes(message(fields(1, node('', T, '2026-11-21T03:00:00'))));
    const [, ...pages] = await plant.comes(
      iq(req("seqnr='1' historical='true' from='2026-11-21T03:00:00' to='2026-11-21T03:00:00'"), { to: own() }),
    );
    expect(texts(pages)[0]).toContain('<timestamp value="2026-11-21T02:00:00Z">');
  });
});

describe('a refusal', () => {
  const cases: readonly [string, () => string, object][] = [
    ['of a node that is not there', () => asked('nobody'), { condition: 'item-not-found', type: 'cancel' }],
    [
      'of one who has no Things',
      () => req(),
      { condition: 'item-not-found', text: expect.stringContaining('name nodes') },
    ],
    [
      'of a token that would have to be kept',
      () => req("seqnr='1' when='2026-11-22T00:00:00Z' userToken='u'"),
      { condition: 'bad-request', type: 'modify' },
    ],
    [
      'of times in the wrong order',
      () => req("seqnr='1' from='2026-01-02T00:00:00Z' to='2026-01-01T00:00:00Z'"),
      { condition: 'bad-request' },
    ],
    [
      'of more than a year ahead',
      () => req("seqnr='1' when='2028-01-01T00:00:00Z'", `<node nodeId='${id}'/>`),
      { condition: 'bad-request' },
    ],
  ];
  it.each(cases)('%s', async (_case, payload, wanted) => {
    const from = _case.includes('no Things') ? 'poor@example.org/x' : 'owner@example.org/phone';
    const [answer, ...others] = await plant.comes(iq(payload(), { from }));
    expect(others).toEqual([]);
    expect(refusal(answer)).toMatchObject(wanted);
    const { text, rejected } = refusal(answer);
    expect(rejected).toEqual(['1', text]);
  });

  it('of a Thing that one may see and not read', async () => {
    const shown = await plant.place({ jid: 'shown@example.org', owner: 'other@example.org', isPublic: true });
    const [there] = await plant.comes(iq(req(), { to: `${shown}@things.example.org` }));
    const [here] = await plant.comes(iq(asked(shown)));
    for (const answer of [there, here]) expect(refusal(answer)).toMatchObject({ condition: 'forbidden', type: 'auth' });
  });

  it('of a Thing that one may not see is that of one that is not there, to the letter', async () => {
    const hidden = await plant.place({ jid: 'hidden@example.org', owner: 'other@example.org' });
    for (const where of ['node', 'address']) {
      const ask = (name: string) =>
        where === 'node' ? plant.comes(iq(asked(name))) : plant.comes(iq(req(), { to: `${name}@things.example.org` }));
      const [a] = await ask(hidden);
      const [b] = await ask('aaaaaaaaaa');
      expect(a && decodeError(a).condition).toBe('item-not-found');
      const plain = (stanza: Element | undefined) => String(stanza).replace(/[a-z2-7]{10}@/, '@');
      expect(plain(a)).toBe(plain(b));
    }
  });

  // The reader of slixmpp looks nowhere else, and would wait for ever.
  it('has rejected in it wherever it comes from: from nothing, and for who may not use the component', async () => {
    const [nothing] = await plant.comes(iq(req(), { to: 'aaaaaaaaaa@things.example.org' }));
    expect(refusal(nothing)).toMatchObject({ condition: 'item-not-found' });
    const [barred] = await plant.comes(iq(req(), { from: 'owner@elsewhere.example/1' }));
    expect(refusal(barred)).toMatchObject({ condition: 'forbidden' });
    for (const answer of [nothing, barred]) expect(refusal(answer).rejected).toEqual(['1', refusal(answer).text]);
  });

  it('of a number that is in use', async () => {
    await plant.comes(iq(asked()));
    const [answer] = await plant.comes(iq(asked()));
    expect(refusal(answer)).toMatchObject({ condition: 'bad-request', text: expect.stringContaining('seqnr') });
  });

  it('without a readable number has no rejected', async () => {
    const [answer] = await plant.comes(iq(req("seqnr='x'")));
    expect(refusal(answer)).toMatchObject({ condition: 'bad-request', rejected: undefined });
  });

  it('of a cancel that cancels nothing', async () => {
    const [answer] = await plant.comes(iq(`<cancel xmlns='${SENSOR_DATA}' seqnr='9'/>`, { to: own() }));
    expect(refusal(answer)).toMatchObject({ condition: 'item-not-found', rejected: undefined });
  });

  const hostile = stanzaFiles('0323-sensor-data').filter(({ name }) => /^bad-(req|cancel)-/.test(name));
  it.each(hostile.map((file) => [file.name, file] as const))('of %s', async (_name, { stanza, expected }) => {
    stanza.attrs['from'] = 'owner@example.org/phone';
    stanza.attrs['to'] = own();
    const [answer, ...others] = await plant.comes(String(stanza));
    expect(others).toEqual([]);
    expect(refusal(answer)).toMatchObject({ condition: expected.error?.condition, type: expected.error?.type });
    for (const part of expected.error?.textIncludes ?? []) expect(refusal(answer).text).toContain(part);
  });
});

describe("a device's answer", () => {
  const outcome = async (answer: (question: Element) => string) => {
    const [, question] = await plant.comes(iq(asked()));
    const said = await plant.comes(answer(question as Element));
    return said.map(
      (stanza) => stanza.getChild('failure')?.getChildText('error') ?? stanza.getChild('fields')?.attrs['done'],
    );
  };
  const error =
    (content: string, beside = '') =>
    ({ attrs: { id, from, to } }: Element) =>
      `<iq type='error' id='${id}' from='${to}' to='${from}'>${beside}<error type='cancel'>${content}</error></iq>`;
  const S = "xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'";
  const rejected = `<rejected xmlns='${SENSOR_DATA}' seqnr='1'><error>Not you.</error></rejected>`;

  it.each([
    [
      'error with text',
      error(`<forbidden ${S}/><text ${S}>Access denied.</text>`),
      'The Thing refused: Access denied.',
    ],
    ['error without text', error(`<forbidden ${S}/>`), 'The Thing refused: it denies access.'],
    ['no such node', error(`<item-not-found ${S}/>`), 'The Thing refused: it has no such node.'],
    ['error that nobody explains', error(`<not-acceptable ${S}/>`), 'The Thing refused to be read.'],
    ['rejected beside the error', error(`<service-unavailable ${S}/>`, rejected), 'The Thing refused: Not you.'],
    [
      'rejected as an error that is none',
      ({ attrs: { id, from, to } }: Element) =>
        `<iq type='error' id='${id}' from='${to}' to='${from}'>${rejected}</iq>`,
      'The Thing refused: Not you.',
    ],
    [
      'rejected as a result',
      ({ attrs: { id, from, to } }: Element) =>
        `<iq type='result' id='${id}' from='${to}' to='${from}'>${rejected}</iq>`,
      'The Thing refused: Not you.',
    ],
  ])('%s', async (_case, answer, words) => {
    expect(await outcome(answer)).toEqual([words, 'true']);
  });

  it('that it is not there forgets the session', async () => {
    expect(await outcome(error(`<service-unavailable ${S}/>`))).toEqual([]);
    expect(await plant.store.sessions.of('device@example.org' as never)).toEqual([]);
    await plant.broker.stop();
  });

  it('counts only from the session asked', async () => {
    const forged = ({ attrs: { id, from } }: Element) =>
      `<iq type='error' id='${id}' from='mallory@example.org/x' to='${from}'><error type='cancel'><forbidden ${S}/></error></iq>`;
    expect(await outcome(forged)).toEqual([]);
    await plant.broker.stop();
  });
});

describe('the record of what was asked for and is not there', () => {
  it('is written after the answer, whether it exists or not', async () => {
    const rows: unknown[] = [];
    plant.store.audit.append = async (entry) =>
      void rows.push([entry.action, entry.subject, entry.outcome, plant.sent.length]);
    const hidden = await plant.place({ jid: 'hidden@example.org', owner: 'other@example.org' });
    for (const name of [hidden, 'nobody']) await plant.comes(iq(asked(name)));
    await plant.comes(iq(req("seqnr='1'", `<node nodeId='${id}'/><node nodeId='absent'/>`)));
    const open = await plant.place({ jid: 'open@example.org', owner: 'other@example.org', isPublic: true });
    await plant.comes(iq(req("seqnr='2'", `<node nodeId='${open}'/>`)));
    expect(rows.map((row) => (row as unknown[]).slice(0, 3))).toEqual([
      ['req', hidden, 'item-not-found'],
      ['req', 'nobody', 'item-not-found'],
      ['req', 'absent', 'item-not-found'],
      ['req', open, 'forbidden'],
    ]);
    expect(rows.every((row) => Number((row as unknown[])[3]) > 0)).toBe(true);
  });
});

it('is a protocol whose features are those of XEP-0323 and XEP-0184, everywhere', () => {
  const features = ['urn:xmpp:iot:sensordata', 'urn:xmpp:receipts'];
  expect(plant.protocol.features).toEqual({ domain: features, local: features });
  const examples = stanzaFiles('0323-sensor-data').filter(({ expected }) => expected.kind === 'disco');
  for (const { stanza, expected } of examples) {
    const announced = stanza
      .getChild('query')
      ?.getChildren('feature')
      .map(({ attrs }) => attrs['var']);
    expect(announced).toEqual(expected.value);
    expect(features).toEqual(expect.arrayContaining(announced ?? []));
  }
});

it('ends what a reader reads when a message to it comes back', async () => {
  const [, question] = await plant.comes(iq(asked()));
  const seqnr = await plant.accept(question);
  await plant.comes(
    `<message type='error' from='owner@example.org/phone' to='things.example.org'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
  );
  expect(await plant.comes(message(fields(seqnr, node('', T), "done='true'")))).toEqual([]);
});
