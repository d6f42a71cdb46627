import { afterAll, beforeAll, expect, it } from 'vitest';
import { childElements, type Element, element } from '../../src/xmpp/element.js';
import { type Client, connectClient, errorOf, resultOf } from './harness/client.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { answerWith, DISCOVERY, SENSOR_DATA } from './harness/sensors.js';
import { type Server, startServer } from './harness/server.js';

const DEADLINE_S = 4;
const AT_ONCE = 4;
const X = `xmlns='${SENSOR_DATA}'`;
const NOW = '2026-01-01T12:00:00Z';

let server: Server;
let component: ComponentUnderTest;
const clients: Client[] = [];
beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server, { settings: { THINGSTEAD_READOUT_DEADLINE: String(DEADLINE_S) } });
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.stop()));
  await component?.remove();
  await server?.stop();
});

/** How a device deals with a question. */
type Manner = (device: Client) => void;

const field = (value: string) => `<int name='T' value='${value}' momentary='true'/>`;
function fields(seqnr: string, content: string, nodeId = ''): string {
  const node = `<node nodeId='${nodeId}'><timestamp value='${NOW}'>${content}</timestamp></node>`;
  return `<fields ${X} seqnr='${seqnr}' done='true'>${node}</fields>`;
}
const says =
  (...payloads: ((seqnr: string) => string)[]): Manner =>
  (device) =>
    void answerWith(device, (seqnr) => payloads.map((payload) => payload(seqnr)));
const replies =
  (reply: (iq: Element) => Element | undefined): Manner =>
  (device) =>
    device.onIq(SENSOR_DATA, 'req', reply);

const good = (value: number): Manner => says((seqnr) => fields(seqnr, field(String(value))));
const UNANSWERED = `did not answer within ${DEADLINE_S} seconds`;
const other = (seqnr: string) => String((Number(seqnr) + 1) % 2 ** 31);

/** Devices that say nothing, or nothing more. */
const SILENT: readonly Manner[] = [replies(() => undefined), says()];

/** Devices with bad manners, and what the asker is told of each. */
const RUDE: readonly (readonly [name: string, manner: Manner, told: readonly string[]])[] = [
  ['refuses', replies((iq) => errorOf(iq, 'cancel', 'forbidden')), ['it denies access']],
  [
    'rejects',
    replies((iq) => {
      const seqnr = childElements(iq)[0]?.attrs['seqnr'];
      const reason = element('error', {}, 'Not on Sundays.');
      return resultOf(iq, element('rejected', { xmlns: SENSOR_DATA, seqnr }, reason));
    }),
    ['Not on Sundays.'],
  ],
  ['numbers wrongly', says((seqnr) => fields(other(seqnr), field('666'))), [UNANSWERED]],
  ['numbers beyond what numbers are', says(() => fields('99999999999', field('666'))), [UNANSWERED]],
  ['ends what is another', says((seqnr) => `<done ${X} seqnr='${other(seqnr)}'/>`), [UNANSWERED]],
  ['says what is no number', says((seqnr) => fields(seqnr, field('warm'))), ['"warm"']],
  [
    'says what is no data',
    says(
      (seqnr) => `<fields ${X} seqnr='${seqnr}'><cake/></fields>`,
      () => '<cake/>',
    ),
    ['<cake/>', UNANSWERED],
  ],
  ['answers with what is no answer', replies((iq) => resultOf(iq, element('cake', {}))), [UNANSWERED]],
  ["speaks for another's node", says((seqnr) => fields(seqnr, field('666'), 'attic')), ['No Thing is registered']],
  [
    'fails',
    says((seqnr) => `<failure ${X} seqnr='${seqnr}' done='true'><error nodeId=''>Worn out.</error></failure>`),
    ['Worn out.'],
  ],
];
/** The nodes behind a gateway; all other devices are Things by themselves. */
const NODES: Readonly<Record<string, string>> = { "speaks for another's node": 'cellar' };

/** Registers a device, has it claimed, and gives the name of its ownership. */
async function open(name: string, owner: Client, manner: Manner, node: string | undefined): Promise<string> {
  const device = await connectClient(server, name);
  clients.push(device);
  device.onIq(DISCOVERY, 'claimed', (iq) => resultOf(iq));
  device.onIq('urn:xmpp:ping', 'ping', (iq) => resultOf(iq));
  manner(device);
  device.sendPresence();
  const tags = () => [
    element('str', { name: 'SN', value: name }),
    element('str', { name: 'KEY', value: `key-${name}` }),
  ];
  const register = { xmlns: DISCOVERY, ...(node !== undefined && { nodeId: node }) };
  await device.iq('set', server.domain, element('register', register, ...tags()));
  await owner.iq('set', server.domain, element('mine', { xmlns: DISCOVERY, public: false }, ...tags()));
  const query = element('query', { xmlns: 'http://jabber.org/protocol/disco#items', node: device.bare });
  const items = await owner.iq('get', server.domain, query);
  const jid = items.getChild('query')?.getChild('item')?.attrs['jid'];
  if (typeof jid !== 'string') throw new Error(`${name} was not claimed: ${items}`);
  return jid.slice(0, jid.indexOf('@'));
}

/** Does the same for all, a few at a time: servers bear few that come at once. Results are in the order of the items. */
async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(at, at + AT_ONCE).map(work))));
  }
  return results;
}

/** `id=value` of the data in a message. */
function valuesIn(message: Element): string[] {
  const nodes = message.getChild('fields', SENSOR_DATA)?.getChildren('node') ?? [];
  return nodes.flatMap((node) =>
    node
      .getChildren('timestamp')
      .flatMap((time) => childElements(time).map(({ attrs }) => `${node.attrs['nodeId']}=${attrs['value']}`)),
  );
}

/** The node and text of each failure in a message. */
function failuresIn(message: Element): [string, string][] {
  const errors = message.getChild('failure', SENSOR_DATA)?.getChildren('error') ?? [];
  return errors.map((error) => [String(error.attrs['nodeId']), error.getText()]);
}

it('a hundred devices in one request: who is silent or rude keeps the others from nothing', async () => {
  const owner = await connectClient(server, 'owner');
  clients.push(owner);
  owner.sendPresence();
  // The last good one answers only when the data of all others is with the asker, so that may not wait for the end.
  let allOthers: () => void = () => undefined;
  const others = new Promise<void>((resolve) => {
    allOthers = resolve;
  });
  const last: Manner = (device) =>
    device.onIq(SENSOR_DATA, 'req', async (iq) => {
      const seqnr = String(childElements(iq)[0]?.attrs['seqnr']);
      device.send(resultOf(iq, element('accepted', { xmlns: SENSOR_DATA, seqnr })));
      await others;
      device.send(`<message to='${server.domain}'>${fields(seqnr, field('79'))}</message>`);
      return undefined;
    });
  const mannered = [
    ...Array.from({ length: 79 }, (_, n) => ({ name: `good${n}`, manner: good(n), told: [], node: undefined })),
    { name: 'good79', manner: last, told: [], node: undefined },
    ...Array.from({ length: 10 }, (_, n) => ({
      name: `silent${n}`,
      manner: SILENT[n % 2] ?? good(0),
      told: [UNANSWERED],
      node: undefined,
    })),
    ...RUDE.map(([name, manner, told], n) => ({ name: `rude${n}`, manner, told, node: NODES[name] })),
  ];
  const devices = await inTurns(mannered, async ({ name, manner, told, node }) => {
    return { id: await open(name, owner, manner, node), name, told };
  });

  const nodes = devices.map(({ id }) => element('node', { nodeId: id }));
  const req = element('req', { xmlns: SENSOR_DATA, seqnr: '1', momentary: 'true' }, ...nodes);
  const accepted = await owner.iq('get', server.domain, req);
  expect(accepted.getChild('accepted', SENSOR_DATA)?.attrs['seqnr']).toBe('1');
  const messages: Element[] = [];
  for (let isDone = false; !isDone; ) {
    const message = await owner.next((stanza) => stanza.is('message'), 30_000);
    messages.push(message);
    if (messages.flatMap(valuesIn).length === 79) allOthers();
    isDone = message.getChild('fields', SENSOR_DATA)?.attrs['done'] === 'true';
  }

  const firstFailure = messages.findIndex((message) => failuresIn(message).length > 0);
  const expected = devices.slice(0, 80).map(({ id }, n) => `${id}=${n}`);
  expect(messages.slice(0, firstFailure).flatMap(valuesIn).sort()).toEqual([...expected].sort());
  expect(messages.slice(firstFailure, -1).every((message) => failuresIn(message).length > 0)).toBe(true);
  const heard: Record<string, string[]> = {};
  for (const [nodeId, text] of messages.flatMap(failuresIn)) {
    const id = nodeId.replace(/\/.*/, '');
    heard[id] = [...(heard[id] ?? []), text];
  }
  const blamed = devices.slice(80).map(({ id, told }) => [id, told.map((text) => expect.stringContaining(text))]);
  expect(heard).toEqual(Object.fromEntries(blamed));
  expect(Object.keys(heard)).toHaveLength(20);
  expect(valuesIn(messages.at(-1) ?? expect.fail('nothing came'))).toEqual([]);

  // `done` came last, and once: what the owner is answered now comes after all that was sent before.
  await owner.iq('get', server.domain, '<ping xmlns="urn:xmpp:ping"/>');
  const ends = owner.received.filter((stanza) => childElements(stanza).some(({ attrs }) => attrs['done'] === 'true'));
  expect(ends).toHaveLength(1);
  expect(owner.received.filter((stanza) => stanza.is('message'))).toHaveLength(messages.length);
}, 120_000);
