import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { element } from '../../src/xmpp/element.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { type Client, connectClient } from './harness/client.js';
import { type ComponentUnderTest, startComponent } from './harness/component-under-test.js';
import { type Server, startServer } from './harness/server.js';

const DISCOVERY = 'urn:xmpp:iot:discovery';
const PING = element('ping', { xmlns: 'urn:xmpp:ping' });
let server: Server;
let component: ComponentUnderTest;
const clients: Client[] = [];
beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server, {
    settings: {
      THINGSTEAD_ADMINS: `admin@${server.host}`,
      THINGSTEAD_LIMIT_IQS: '5',
      THINGSTEAD_LIMIT_MESSAGES: '2',
      THINGSTEAD_LIMIT_REGISTRATIONS: '12',
      THINGSTEAD_LIMIT_READINGS: '20',
      THINGSTEAD_LIMIT_THINGS: '3',
    },
  });
});
afterAll(async () => {
  for (const client of clients) await client.stop();
  await component?.remove();
  await server?.stop();
});

async function user(name: string): Promise<Client> {
  const client = await connectClient(server, name);
  clients.push(client);
  return client;
}

const SN = (value: string) => element('str', { name: 'SN', value });
const register = (nodeId: string, serial = nodeId) =>
  element('register', { xmlns: DISCOVERY, nodeId }, SN(serial), KEY);
const KEY = element('str', { name: 'KEY', value: 'k' });
const errorOf = (stanza: { attrs: Record<string, unknown> } & Parameters<typeof decodeError>[0]) => {
  const { condition, type, text } = decodeError(stanza);
  return { condition, type, text };
};

/** Sends many at once. @returns how many were answered well, and the last error. */
async function flood(client: Client, count: number, type: 'get' | 'set', payload: () => ReturnType<typeof register>) {
  const answers = await Promise.all(
    Array.from({ length: count }, () => client.iq(type, server.domain, payload(), 30_000)),
  );
  const errors = answers.filter(({ attrs }) => attrs['type'] === 'error');
  const [last] = errors.slice(-1);
  return { good: count - errors.length, error: last && errorOf(last) };
}

describe('a flood', () => {
  it('of requests is answered, each once, with wait, and does not keep others from being answered', async () => {
    const [rude, kind, admin] = [await user('rude'), await user('kind'), await user('admin')];
    const flooding = flood(rude, 400, 'get', () => PING);
    const others = await Promise.all([kind.iq('get', server.domain, PING), flood(admin, 200, 'get', () => PING)]);
    const { good, error } = await flooding;
    expect(good).toBeGreaterThanOrEqual(100);
    expect(good).toBeLessThan(300);
    expect(error).toMatchObject({ condition: 'resource-constraint', type: 'wait' });
    expect(error?.text).toMatch(
      /^More than 5 requests \(IQ\) a second of one account are not taken; try again in \d+ s\.$/,
    );
    expect(others[0].attrs['type']).toBe('result');
    expect(others[1].good).toBe(200);
    expect(component.log.filter(({ msg }) => msg === 'limited')).toHaveLength(1);
  });

  it('of messages is told so only where it would be understood', async () => {
    const rude = await user('chatty');
    for (let n = 0; n < 100; n++) rude.send(`<message to='${server.domain}'><body>hello?</body></message>`);
    rude.send(`<message to='${server.domain}' id='m'><fields xmlns='urn:xmpp:iot:sensordata' seqnr='1'/></message>`);
    const answer = await rude.next();
    expect(answer.attrs['id']).toBe('m');
    expect(errorOf(answer)).toMatchObject({ condition: 'resource-constraint', type: 'wait' });
  });

  it('of Things ends at as many as one may have, and at as many registrations as one may make', async () => {
    const maker = await user('maker');
    const asked = async (nodeId: string) => (await flood(maker, 1, 'set', () => register(nodeId))).error;
    for (const nodeId of ['1', '2', '3']) expect(await asked(nodeId)).toBeUndefined();
    expect((await asked('4'))?.text).toMatch(/^As many Things are registered/);
    expect(await asked('3')).toBeUndefined(); // the same once more
    await maker.iq('set', server.domain, element('unregister', { xmlns: DISCOVERY, nodeId: '1' }));
    expect(await asked('4')).toBeUndefined();
    for (let n = 0; n < 6; n++) expect(await asked('2')).toBeUndefined();
    expect((await asked('2'))?.text).toMatch(/^More than 12 registrations an hour/);
  });

  it('of readings is refused whole with wait, and gets no receipt', async () => {
    const [meter, owner] = [await user('meter'), await user('owner')];
    await meter.iq('set', server.domain, register('', 'meter'));
    await owner.iq('set', server.domain, element('mine', { xmlns: DISCOVERY }, SN('meter'), KEY));
    const push = (id: string, count: number) => {
      const values = Array.from({ length: count }, (_, n) => `<numeric name='F${n}' value='${n}' unit='K'/>`);
      meter.send(
        `<message to='${server.domain}' id='${id}'><fields xmlns='urn:xmpp:iot:sensordata' seqnr='1' done='true'><node nodeId=''>` +
          `<timestamp value='2026-01-01T00:00:00Z'>${values.join('')}</timestamp></node></fields>` +
          `<request xmlns='urn:xmpp:receipts'/></message>`,
      );
    };
    const answered = (id: string) =>
      meter.next((stanza) => stanza.attrs['id'] === id || stanza.getChild('received')?.attrs['id'] === id);
    push('good', 20);
    expect((await answered('good')).getChild('received')).toBeDefined();
    push('more', 1);
    const refused = await answered('more');
    expect(refused.getChild('received')).toBeUndefined();
    expect(errorOf(refused)).toMatchObject({ condition: 'resource-constraint', type: 'wait' });
  });
});
