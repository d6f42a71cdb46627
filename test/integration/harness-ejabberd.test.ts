import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { element } from '../../src/xmpp/element.js';
import { connectClient, errorOf, resultOf } from './harness/client.js';
import { connectComponent, type RawComponent } from './harness/component.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

const OTHER = { domain: 'other.localhost', secret: 'the secret of another' };
const PING = element('ping', { xmlns: 'urn:xmpp:ping' });

let server: Server;
beforeAll(async () => {
  server = await startServer({ otherComponents: { [OTHER.domain]: OTHER.secret } });
});
afterAll(() => server.stop());

test('ejabberd has nothing to say against ejabberd.yml', async () => {
  const fresh = await startServer();
  const log = await fresh.logs();
  await fresh.stop();
  expect(log).toContain('Configuration loaded successfully');
  expect(log.split('\n').filter((line) => /\[(warning|error|critical|alert|emergency)\]/.test(line))).toEqual([]);
});

describe('for clients', () => {
  test('an account can be opened in-band, and its client pings the server and is found by others', async () => {
    const owner = await connectClient(server, 'owner', { resource: 'phone' });
    expect(owner.jid).toBe('owner@localhost/phone');
    expect((await owner.iq('get', server.host, PING)).attrs['type']).toBe('result');
    const device = await connectClient(server, 'device', { resource: 'd' });
    device.onIq('urn:xmpp:ping', 'ping', (iq) => resultOf(iq));
    expect((await owner.iq('get', device.jid, PING)).attrs).toMatchObject({ type: 'result', from: device.jid });
    device.onIq('urn:xmpp:ping', 'ping', (iq) => errorOf(iq, 'cancel', 'not-allowed'));
    const refused = await owner.iq('get', device.jid, PING);
    expect(refused.getChild('error')?.getChild('not-allowed')).toBeDefined();
    device.onIq('urn:xmpp:ping', 'ping', () => undefined);
    await expect(owner.iq('get', device.jid, PING, 100)).rejects.toThrow('nothing fitting came');
    await Promise.all([owner.stop(), device.stop()]);
  });

  test('an account cannot be opened from outside the networks that ejabberd.yml names, which are loopback', async () => {
    expect(await readFile('ejabberd.yml', 'utf8')).toMatch(
      /^ {2}REGISTRATION_FROM: \["127\.0\.0\.0\/8", "::1\/128"\]$/m,
    );
    const far = await startServer({ registrationFrom: ['192.0.2.0/24'] });
    try {
      await expect(connectClient(far, 'stranger')).rejects.toThrow('forbidden');
    } finally {
      await far.stop();
    }
  });

  test('a wrong password is refused', async () => {
    await (await connectClient(server, 'careful')).stop();
    await expect(connectClient(server, 'careful', { password: 'guess' })).rejects.toThrow('not-authorized');
  });

  test('all spellings of a name are one account, and are passed on as they are spelt', async () => {
    const component = await connectComponent(server);
    for (const spelling of ['spelt', 'SPELT', 'ſpelt', 'ｓｐｅｌｔ']) {
      const client = await connectClient(server, spelling, { create: spelling === 'spelt' });
      client.send(`<message to='${server.domain}' id='${spelling}'/>`);
      const message = await component.next((stanza) => stanza.attrs['id'] === spelling);
      expect(message.attrs['from']).toBe(client.jid);
      expect(client.bare).toBe(`${spelling}@localhost`);
      await client.stop();
    }
    await component.stop();
  });

  test('what is not XML ends the stream, and what is no stanza of ours is carried as it is', async () => {
    const client = await connectClient(server, 'hostile');
    client.send(`<message to='${client.jid}' type='chat'><x xmlns='urn:x' a='&#10;&lt;'>°C</x></message>`);
    const own = await client.next((stanza) => stanza.is('message'));
    expect(own.getChild('x')?.attrs['a']).toBe('\n<');
    expect(own.getChildText('x')).toBe('°C');
    client.send('<message></presence>');
    await expect(client.next()).resolves.toSatisfy((stanza) => String(stanza).includes('not-well-formed'));
    await expect(client.next()).rejects.toThrow('closed');
  });

  test('other servers are out of reach', async () => {
    const client = await connectClient(server, 'traveller');
    const answer = await client.iq('get', 'example.org', PING);
    expect(answer.getChild('error')?.getChild('forbidden')).toBeDefined();
    await client.stop();
  });

  test('the WebSocket speaks XMPP', async () => {
    const { address, wsPort } = server;
    const headers = {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
      'Sec-WebSocket-Protocol': 'xmpp',
    };
    const asked = request({ host: address, port: wsPort, path: '/ws', headers }).end();
    const [response, socket] = await once(asked, 'upgrade');
    expect(response.statusCode).toBe(101);
    expect(response.headers['sec-websocket-protocol']).toBe('xmpp');
    socket.destroy();
  });
});

describe('for components', () => {
  test('the secret opens the door, and disco#items of the host then shows the component', async () => {
    const client = await connectClient(server, 'seeker');
    const items = async () => {
      const answer = await client.iq(
        'get',
        server.host,
        element('query', { xmlns: 'http://jabber.org/protocol/disco#items' }),
      );
      return (answer.getChild('query')?.getChildElements() ?? []).map((item) => item.attrs['jid']);
    };
    expect(await items()).not.toContain(server.domain);
    const component = await connectComponent(server);
    expect(await items()).toContain(server.domain);
    await Promise.all([component.stop(), client.stop()]);
  });

  test.each([
    ['a wrong secret', () => [server.domain, 'guess'] as const],
    ['the secret of another component', () => [server.domain, OTHER.secret] as const],
    ['a domain that is not listed', () => ['stranger.localhost', server.secret] as const],
  ])('%s is refused', async (_, credentials) => {
    await expect(connectComponent(server, ...credentials())).rejects.toThrow('not-authorized');
  });

  test('each is given the stanzas for its own domain only', async () => {
    const ours = await connectComponent(server);
    const client = await connectClient(server, 'writer');
    const answer = await client.iq('get', OTHER.domain, PING);
    expect(answer.attrs['type']).toBe('error');
    expect(ours.received.filter((stanza) => stanza.is('iq'))).toEqual([]);
    await Promise.all([ours.stop(), client.stop()]);
  });

  test('our domain alone is granted presence, and nothing but presence', async () => {
    const ours = await connectComponent(server);
    const others = await connectComponent(server, OTHER.domain, OTHER.secret);
    expect(await grantsTo(ours)).toEqual({ message: 'none', roster: 'none', presence: 'managed_entity' });

    const client = await connectClient(server, 'present', { resource: 'r' });
    client.sendPresence();
    const available = await ours.next(presenceOf(client.jid));
    expect(available.attrs['type']).toBeUndefined();
    client.sendPresence({ type: 'unavailable' });
    const unavailable = await ours.next(presenceOf(client.jid));
    expect(unavailable.attrs['type']).toBe('unavailable');

    // What was meant for the other would have come before the answer to this.
    others.send(`<iq type='get' id='1' from='${OTHER.domain}' to='${client.jid}'><ping xmlns='urn:xmpp:ping'/></iq>`);
    await client.next((stanza) => stanza.is('iq'));
    client.send(`<iq type='result' id='1' to='${OTHER.domain}'/>`);
    expect((await others.next()).is('iq')).toBe(true);
    // Which the server writes when it comes to it.
    const denial = `Granting no permissions to external component '${OTHER.domain}'`;
    await until(async () => (await server.logs()).includes(denial), 'its log says that the other is granted nothing');
    await Promise.all([ours.stop(), others.stop(), client.stop()]);
  });
});

async function grantsTo(component: RawComponent): Promise<Record<string, string>> {
  const message = await component.next((stanza) => stanza.getChild('privilege') !== undefined);
  const permissions = message.getChild('privilege')?.getChildElements() ?? [];
  return Object.fromEntries(permissions.map(({ attrs }) => [attrs['access'], attrs['type']]));
}

function presenceOf(jid: string) {
  return (stanza: { is(name: string): boolean; attrs: Record<string, unknown> }) =>
    stanza.is('presence') && stanza.attrs['from'] === jid;
}
