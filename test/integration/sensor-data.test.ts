import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childElements, type Element, element } from '../../src/xmpp/element.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { type Client, connectClient, resultOf } from './harness/client.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { answerWith, type Household, openHousehold, readAll, SENSOR_DATA } from './harness/sensors.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

const DEADLINE_MS = 4_000;

let server: Server;
let component: ComponentUnderTest;
const homes: Household[] = [];
beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server, { settings: { THINGSTEAD_READOUT_DEADLINE: String(DEADLINE_MS / 1000) } });
});
afterAll(async () => {
  for (const home of homes) await home.stop();
  await component.remove();
  await server.stop();
});

async function openHome(): Promise<Household> {
  const home = await openHousehold(server);
  homes.push(home);
  return home;
}

const X = `xmlns='${SENSOR_DATA}'`;
const T = (value: number | string) => `<int name='T' value='${value}' momentary='true'/>`;
const at = (time: string, content: string, nodeId = '') =>
  `<node nodeId='${nodeId}'><timestamp value='${time}'>${content}</timestamp></node>`;
const fields = (seqnr: number | string, content: string, attributes = '') =>
  `<fields ${X} seqnr='${seqnr}' ${attributes}>${content}</fields>`;
const req = (attributes: string, nodes: readonly string[] = []) =>
  `<req ${X} ${attributes}>${nodes.map((id) => `<node nodeId='${id}'/>`).join('')}</req>`;
const NOW = '2026-01-01T12:00:00Z';

/** `nodeId=value` of all fields, and the failures, in their order. */
function said(messages: readonly Element[]): string[] {
  return messages.flatMap((message) => {
    const [payload] = childElements(message);
    if (payload?.getName() === 'failure') {
      return payload.getChildren('error').map((error) => `${error.attrs['nodeId']}: ${error.getText()}`);
    }
    return (payload?.getChildren('node') ?? []).flatMap((node) =>
      node
        .getChildren('timestamp')
        .flatMap((time) => childElements(time).map(({ attrs }) => `${node.attrs['nodeId']}=${attrs['value']}`)),
    );
  });
}

describe('several Things in one request', () => {
  it('are read side by side; silent, rude and absent ones end as failures at their time', async () => {
    const [good, silent, rude, absent] = [await openHome(), await openHome(), await openHome(), await openHome()];
    const reader = await connectClient(server, 'reader');
    answerWith(good.device, (seqnr) => [fields(seqnr, at(NOW, T(1)), "done='true'")]);
    silent.device.onIq(SENSOR_DATA, 'req', () => undefined);
    rude.device.onIq(SENSOR_DATA, 'req', (iq) => {
      const cause = element('forbidden', { xmlns: 'urn:ietf:params:xml:ns:xmpp-stanzas' });
      return element(
        'iq',
        { type: 'error', id: iq.attrs['id'], to: iq.attrs['from'] },
        element('error', { type: 'cancel' }, cause),
      );
    });
    await absent.device.drop();
    // Public Things are findable, not readable.
    const ids = [good.id, silent.id, rude.id, absent.id];
    const refused = await reader.iq('get', server.domain, req("seqnr='1' momentary='true'", ids));
    expect(decodeError(refused).condition).toBe('forbidden');
    await reader.stop();

    const outcomes = [good, silent, rude, absent].map(async ({ owner, id }) => {
      await owner.iq('get', server.domain, req("seqnr='1' momentary='true'", [id, 'nosuchnode']));
      return said(await readAll(owner, '1'));
    });
    const none = 'nosuchnode: No such node.';
    expect(await Promise.all(outcomes)).toEqual([
      [`${good.id}=1`, none],
      [none, `${silent.id}: The Thing did not answer within 4 seconds.`],
      [none, `${rude.id}: The Thing refused: it denies access.`],
      [none, expect.stringMatching(`^${absent.id}: The Thing (is off line|did not answer within 4 seconds)\\.$`)],
    ]);
  });
});

describe('a device with manners of its own', () => {
  it('that holds back what it has to say until something reaches it is woken', async () => {
    const home = await openHome();
    let seqnr = '';
    home.device.onIq(SENSOR_DATA, 'req', (iq) => {
      seqnr = String(childElements(iq)[0]?.attrs['seqnr']);
      return resultOf(iq, element('accepted', { xmlns: SENSOR_DATA, seqnr }));
    });
    home.device.onIq('urn:xmpp:ping', 'ping', (iq) => {
      home.device.send(`<message to='${server.domain}'>${fields(seqnr, at(NOW, T(5)), "done='true'")}</message>`);
      return resultOf(iq);
    });
    await home.owner.iq('get', server.domain, req("seqnr='2' momentary='true'", [home.id]));
    expect(said(await readAll(home.owner, '2'))).toEqual([`${home.id}=5`]);
  });

  it('is told nothing of a cancel, and asked again without more ado', async () => {
    const home = await openHome();
    const asked: Element[] = [];
    home.device.onIq(SENSOR_DATA, 'req', (iq) => {
      asked.push(iq);
      return resultOf(iq, element('accepted', { xmlns: SENSOR_DATA, seqnr: childElements(iq)[0]?.attrs['seqnr'] }));
    });
    await home.owner.iq('get', server.domain, req("seqnr='3' momentary='true'", [home.id]));
    await until(() => asked.length === 1, 'the question');
    const cancelled = await home.owner.iq('set', `${home.id}@${server.domain}`, `<cancel ${X} seqnr='3'/>`);
    expect(cancelled.getChild('cancelled')?.attrs['seqnr']).toBe('3');
    const again = await home.owner.iq('set', server.domain, `<cancel ${X} seqnr='3'/>`);
    expect(decodeError(again).condition).toBe('item-not-found');
    await home.owner.iq('get', server.domain, req("seqnr='3' momentary='true'", [home.id]));
    const [first] = asked;
    const seqnr = String(first && childElements(first)[0]?.attrs['seqnr']);
    home.device.send(`<message to='${server.domain}'>${fields(seqnr, at(NOW, T(6)), "done='true'")}</message>`);
    expect(said(await readAll(home.owner, '3'))).toEqual([`${home.id}=6`]);
    expect(home.device.received.filter((stanza) => stanza.getChild('cancel') !== undefined)).toEqual([]);
  });
});

describe('a push', () => {
  const push = async (device: Client, content: string, id: string): Promise<Element> => {
    device.send(`<message to='${server.domain}' id='${id}'><request xmlns='urn:xmpp:receipts'/>${content}</message>`);
    return device.next((stanza) => stanza.is('message'));
  };

  it('is acknowledged once it is stored, and refused in part', async () => {
    const home = await openHome();
    const received = await push(home.device, fields(1, at(NOW, `${T(7)}${T('seven')}`)), 'p1');
    expect(received.attrs).toMatchObject({ type: 'headline', from: server.domain, to: home.device.jid });
    expect(received.getChild('received', 'urn:xmpp:receipts')?.attrs['id']).toBe('p1');
    const failure = await home.device.next((stanza) => stanza.getChild('failure') !== undefined);
    expect(said([failure])).toEqual([expect.stringContaining('"seven"')]);
    await component.restart();
    await home.owner.iq('get', server.domain, req("seqnr='4' historical='true'", [home.id]));
    expect(said(await readAll(home.owner, '4'))).toEqual([`${home.id}=7`]);
  });

  it('of one who is no Thing is refused', async () => {
    const home = await openHome();
    const refused = await push(home.owner, fields(1, at(NOW, T(1))), 'p2');
    expect(decodeError(refused)).toMatchObject({ condition: 'registration-required', type: 'auth' });
  });
});

describe('a request for later', () => {
  it('survives a restart of the component', async () => {
    const home = await openHome();
    answerWith(home.device, (seqnr) => [fields(seqnr, at(NOW, T(8)), "done='true'")]);
    const when = new Date(Date.now() + 3_000).toISOString();
    home.owner.onIq('urn:xmpp:ping', 'ping', (iq) => resultOf(iq));
    const accepted = await home.owner.iq(
      'get',
      server.domain,
      req(`seqnr='5' momentary='true' when='${when}'`, [home.id]),
    );
    expect(accepted.getChild('accepted')?.attrs).toMatchObject({ seqnr: '5', queued: 'true' });
    const inUse = await home.owner.iq('get', server.domain, req("seqnr='5' momentary='true'", [home.id]));
    expect(decodeError(inUse).condition).toBe('bad-request');
    await component.restart();
    await home.owner.next((stanza) => stanza.getChild('started', SENSOR_DATA)?.attrs['seqnr'] === '5', 15_000);
    expect(said(await readAll(home.owner, '5'))).toEqual([`${home.id}=8`]);
  });
});

describe('a history of many pages', () => {
  it('comes whole and in order to who reads it, and to nobody else when the reader is gone', async () => {
    const home = await openHome();
    const count = 6_000;
    for (let start = 0; start < count; start += 1_000) {
      const samples = Array.from({ length: 1_000 }, (_, n) => {
        const time = new Date(Date.UTC(2026, 0, 1) + (start + n) * 1_000).toISOString();
        return `<timestamp value='${time}'>${T(start + n)}</timestamp>`;
      });
      home.device.send(
        `<message to='${server.domain}' id='h${start}'><request xmlns='urn:xmpp:receipts'/>${fields(1, `<node nodeId='n'>${samples.join('')}</node>`)}</message>`,
      );
      await home.device.next((stanza) => stanza.getChild('received')?.attrs['id'] === `h${start}`);
    }
    home.owner.onIq('urn:xmpp:ping', 'ping', (iq) => resultOf(iq));
    await home.owner.iq('get', server.domain, req("seqnr='6' historical='true'", [home.id]));
    const messages = await readAll(home.owner, '6');
    expect(said(messages)).toEqual(Array.from({ length: count }, (_, n) => `${home.id}=${n}`));
    expect(messages.length).toBeGreaterThan(10);

    const [user = ''] = home.owner.bare.split('@');
    const leaver = await connectClient(server, user, { resource: 'leaver', create: false });
    leaver.onIq('urn:xmpp:ping', 'ping', (iq) => resultOf(iq));
    await leaver.iq('get', server.domain, req("seqnr='7' historical='true'", [home.id]));
    await leaver.drop();
    const later = await connectClient(server, user, { resource: 'later', create: false });
    later.sendPresence();
    await later.iq('get', server.domain, '<ping xmlns="urn:xmpp:ping"/>');
    expect(said(later.received.filter((stanza) => stanza.is('message')))).toEqual([]);
    await later.stop();
  });
});
