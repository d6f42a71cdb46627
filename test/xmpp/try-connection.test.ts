import { afterEach, describe, expect, it } from 'vitest';
import { greet, tryToJoin } from '../../src/xmpp/try-connection.js';
import { type Script, type ScriptedServer, startScriptedServer } from './scripted-server.js';

const DOMAIN = 'things.example.org';
const SECRET = 'TOP-SECRET';
const ACCEPTS = "xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='1'";
const error = (condition: string) =>
  `<stream:error><${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/></stream:error></stream:stream>`;

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

async function at(script: Partial<Script>) {
  server = await startScriptedServer({ domain: DOMAIN, secret: SECRET, ...script });
  return { service: server.service, domain: DOMAIN };
}

describe('a trial to join', () => {
  it('is let in, says goodbye, and leaves', async () => {
    const endpoint = await at({});
    expect(await tryToJoin({ ...endpoint, secret: SECRET })).toBeUndefined();
    expect(server?.connections.map(({ authenticated }) => authenticated)).toEqual([true]);
    await server?.connections[0]?.ended;
    expect(server?.received).toMatch(/<\/handshake><\/stream:stream>$/);
  });

  it.each([
    ['a wrong secret', {}, 'wrong', 'with this secret: one of the two is not what its component listener has'],
    ['an unknown host', { handshake: error('host-unknown') }, SECRET, `does not know the domain "${DOMAIN}"`],
    ['a conflict', { handshake: error('conflict') }, SECRET, `has another connection for "${DOMAIN}"`],
  ])('is told of %s, without the secret', async (_name, script, secret, words) => {
    const why = await tryToJoin({ ...(await at(script)), secret });
    expect(why).toContain(words);
    expect(why).not.toContain(secret);
  });
});

describe('a greeting', () => {
  it('is answered, and goes no further', async () => {
    expect(await greet(await at({}))).toBeUndefined();
    await server?.connections[0]?.ended;
    expect(server?.received).toContain(`to="${DOMAIN}"`);
    expect(server?.received).not.toContain('handshake');
  });

  it.each([
    ['an unknown host', `<stream:stream ${ACCEPTS}>${error('host-unknown')}`, `does not know the domain "${DOMAIN}"`],
    [
      'a port for clients',
      `<stream:stream ${ACCEPTS.replace('component:accept', 'client')}>`,
      'no port for components',
    ],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n', 'is no XMPP'],
  ])('is told of %s', async (_name, opening, words) => {
    expect(await greet(await at({ opening }))).toContain(words);
  });

  it('is told that nothing listens', async () => {
    const { service } = await at({});
    await server?.stop();
    server = undefined;
    expect(await greet({ service, domain: DOMAIN })).toContain('nothing listens');
  });

  it('is told of an end without a word', async () => {
    const endpoint = await at({ opening: '' });
    const greeting = greet(endpoint);
    while (server?.connections[0] === undefined) await new Promise((resolve) => setImmediate(resolve));
    server.connections[0].drop();
    expect(await greeting).toMatch(/closed the connection|broke off the connection/);
  });
});
