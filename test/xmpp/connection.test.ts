import { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Connection, type ConnectionOptions, createConnection } from '../../src/xmpp/connection.js';
import { type Element, element, serialize } from '../../src/xmpp/element.js';
import { type Script, type ScriptedServer, startScriptedServer } from './scripted-server.js';

const DOMAIN = 'things.example.org';
const SECRET = 'sesam, öffne dich';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(script: Partial<Script> = {}, port = 0): Promise<ScriptedServer> {
  const server = await startScriptedServer({ domain: DOMAIN, secret: SECRET, ...script }, port);
  cleanups.push(() => server.stop());
  return server;
}

interface Seen {
  readonly connection: Connection;
  readonly stanzas: Element[];
  /** `online`, `stanza`, `offline: ...` in the order in which they came. */
  readonly story: string[];
  readonly logged: string[];
  /** Pauses that were asked for; the next is over only when `resume` is called. */
  readonly pauses: number[];
  readonly resume: () => void;
}

function connect(service: string, options: Partial<ConnectionOptions> = {}): Seen {
  const stanzas: Element[] = [];
  const story: string[] = [];
  const logged: string[] = [];
  const pauses: number[] = [];
  let resume: () => void = () => undefined;
  const log = (details: object, message: string): void => {
    logged.push(`${JSON.stringify(details)} ${message}`);
  };
  const connection = createConnection({
    ...{ service, domain: DOMAIN, secret: SECRET },
    onStanza: (stanza) => {
      stanzas.push(stanza);
      story.push('stanza');
    },
    onOnline: () => story.push('online'),
    onOffline: (reason) => story.push(`offline: ${reason}`),
    log: { debug: log, info: log, warn: log, error: log },
    pause: (ms, signal) => {
      pauses.push(ms);
      return new Promise((resolve) => {
        resume = resolve;
        signal.addEventListener('abort', () => resolve());
      });
    },
    random: () => 1,
    closeMs: 200,
    ...options,
  });
  cleanups.push(() => connection.stop());
  return { connection, stanzas, story, logged, pauses, resume: () => resume() };
}

const until = vi.waitUntil;

describe('a connection', () => {
  it('authenticates, with a secret beyond ASCII too, and carries stanzas both ways', async () => {
    const server = await serve();
    const { connection, stanzas, story } = connect(server.service);
    expect(connection.online).toBe(false);
    await connection.start();
    expect(connection.online).toBe(true);
    expect(connection.send(element('iq', { id: 'a', type: 'get' }, 'x\t"'))).toBe(true);
    expect(serialize(await server.next())).toBe('<iq id="a" type="get">x\t"</iq>');
    server.send("<message id='1'/><presence id='2'/><iq id='3'/><other/>");
    await until(() => stanzas.length === 3);
    expect(stanzas.map(serialize)).toEqual(['<message id="1"/>', '<presence id="2"/>', '<iq id="3"/>']);
    expect(stanzas[0]?.getNS()).toBe('jabber:component:accept');
    expect(story[0]).toBe('online');
  });

  it('is on line before the stanzas that come in one read with the handshake', async () => {
    const server = await serve({ handshake: "<handshake/><message id='grant'/>" });
    const { connection, story } = connect(server.service);
    await connection.start();
    expect(story).toEqual(['online', 'stanza']);
  });

  it('answers nothing by itself', async () => {
    const server = await serve({ handshake: "<iq type='get' id='early' from='a@b'><x xmlns='y'/></iq><handshake/>" });
    const { connection, stanzas, logged } = connect(server.service);
    await connection.start();
    server.send(
      "<iq type='get' id='1' from='a@b' to='things.example.org'><ping xmlns='urn:xmpp:ping'/></iq>" +
        "<iq type='set' id='2' from='a@b'/><iq type='get' from='@@@' to='///'/><iq type='result' id='3'/><iq/>",
    );
    await until(() => stanzas.length === 5);
    await turn();
    connection.send(element('presence'));
    expect((await server.next()).name).toBe('presence');
    expect(server.received).not.toContain('<iq');
    expect(logged.join()).not.toContain('failed');
  });

  it('reads characters of any length, one byte at a time', async () => {
    const server = await serve();
    const { connection, stanzas } = connect(server.service);
    await connection.start();
    const body = "<message id='°'><body>21 °C, 70 °F, 5 €, 🌡, 𝛀, &#x1F321;</body></message>";
    await server.sendBytes(body);
    await until(() => stanzas.length === 1);
    expect(stanzas.map(serialize)).toEqual(['<message id="°"><body>21 °C, 70 °F, 5 €, 🌡, 𝛀, 🌡</body></message>']);
  });

  it('sets TCP_NODELAY and TCP keepalive', async () => {
    const noDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
    const keepAlive = vi.spyOn(Socket.prototype, 'setKeepAlive');
    const server = await serve();
    await connect(server.service).connection.start();
    const ours = (socket: unknown): boolean => socket instanceof Socket && socket.remotePort === server.port;
    expect(noDelay.mock.contexts.filter(ours)).toHaveLength(1);
    expect(keepAlive.mock.contexts.filter(ours)).toHaveLength(1);
  });

  it('lets others have their turn while much is to be read', async () => {
    const server = await serve();
    const body = 'x'.repeat(1000);
    const turns: number[] = [0];
    const { connection } = connect(server.service, {
      onStanza: () => {
        if (turns.at(-1) === 0) setImmediate(() => turns.push(0));
        turns.push((turns.pop() ?? 0) + 1);
      },
    });
    await connection.start();
    server.send(`<message><body>${body}</body></message>`.repeat(4000));
    await until(() => turns.reduce((sum, each) => sum + each, 0) === 4000, 10_000);
    // A read is of 64 KiB; two that were under way when it was enough may still come in.
    expect(Math.max(...turns)).toBeLessThan((4 * 64 * 1024) / body.length);
  });

  it('keeps nothing of 100,000 keepalives', async () => {
    const server = await serve();
    const { connection, stanzas } = connect(server.service);
    await connection.start();
    for (let count = 0; count < 100; count++) {
      server.send(' '.repeat(1000));
      await turn();
    }
    server.send("<presence from='a@b'/>");
    await until(() => stanzas.length === 1);
    expect(stanzas[0]?.parent?.children).toEqual([]);
  });
});

describe('what is sent', () => {
  it('in one turn goes out in one write, in order', async () => {
    const server = await serve();
    const { connection } = connect(server.service);
    await connection.start();
    const write = vi.spyOn(Socket.prototype, 'write');
    for (let id = 0; id < 100; id++) connection.send(element('message', { id }));
    await Promise.resolve().then(() => connection.send(element('message', { id: 100 })));
    await connection.drained();
    expect(write.mock.calls.map(([data]) => String(data))).toEqual([
      Array.from({ length: 101 }, (_, id) => `<message id="${id}"/>`).join(''),
    ]);
    connection.send(element('message', { id: 'later' }));
    await connection.drained();
    expect(write).toHaveBeenCalledTimes(2);
    await server.next(({ attrs }) => attrs['id'] === 'later');
  });

  it('is dropped while off line, and said to be', async () => {
    const server = await serve();
    const { connection, story } = connect(server.service);
    expect(connection.send(element('message', { id: 'before' }))).toBe(false);
    await connection.start();
    server.dropConnection();
    await until(() => story.length === 2);
    expect(connection.send(element('message', { id: 'after' }))).toBe(false);
    await connection.drained();
    expect(server.received).not.toContain('<message');
  });

  it('goes out before a stop', async () => {
    const server = await serve();
    const { connection } = connect(server.service);
    await connection.start();
    connection.send(element('message', { id: 'last' }));
    await connection.stop();
    expect(server.received).toMatch(/<message id="last"\/><\/stream:stream>$/);
    expect(connection.send(element('message'))).toBe(false);
  });

  it('waits in `drained` until a slow reader has taken it, or is gone', async () => {
    const server = await serve();
    const { connection, story } = connect(server.service);
    await connection.start();
    const body = 'x'.repeat(1_000_000);
    let sent = 0;
    for (; sent < 20; sent++) {
      connection.send(element('message', { id: sent }, body));
      await connection.drained();
    }
    connection.send(element('message', { id: 'end' }));
    await server.next(({ attrs }) => attrs['id'] === 'end');
    for (let count = 0; count < 20; count++) connection.send(element('message', {}, body));
    const drained = connection.drained();
    server.dropConnection();
    await drained;
    await until(() => story.length === 2);
  });

  it('cannot end the stream with a character that XML does not have', async () => {
    const server = await serve();
    const { connection } = connect(server.service);
    await connection.start();
    connection.send(element('message', { id: 'a\u0000' }, 'b\u000b\uffffc\ud800'));
    expect(serialize(await server.next())).toBe('<message id="a\ufffd">b\ufffd\ufffdc\ufffd</message>');
  });
});

describe('a fault in what comes in', () => {
  it.each([
    ['an illegal reference', '<iq>&#0;</iq>', 'the reference &#0; stands for nothing (not-well-formed)'],
    ['an unknown entity', "<iq a='&bogus;'/>", 'the reference &bogus; stands for nothing (not-well-formed)'],
    ['tags that do not match', '<iq></message>', '</message> where <iq> is open (not-well-formed)'],
    ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]>', 'a comment or a document type declaration (restricted-xml)'],
    ['an instruction', '<?php echo ?>', 'a processing instruction (restricted-xml)'],
    ['text between stanzas', 'hello', 'text outside any stanza (bad-format)'],
    ['a tag without end', `<iq a='${'x'.repeat(5000)}`, 'a tag of more than 4000 characters (policy-violation)'],
  ])('ends the stream and connects anew: %s', async (_, xml, expected) => {
    const server = await serve();
    const { connection, story, stanzas, resume } = connect(server.service, {
      limits: { maxStanza: 4000, maxDepth: 10 },
    });
    await connection.start();
    const first = await server.accepted();
    server.send(`<presence id='good'/>${xml}<presence id='lost'/>`);
    await until(() => story.length === 3);
    server.connections[0]?.send('<presence/></stream:stream>&bogus; more');
    expect(story).toEqual(['online', 'stanza', `offline: what ${server.service} sent is no XMPP: ${expected}`]);
    expect(stanzas).toHaveLength(1);
    expect(first.received).toMatch(/<stream:error><[a-z-]+ xmlns="[^"]+"\/><\/stream:error><\/stream:stream>$/);
    resume();
    await server.accepted();
    server.send("<presence id='back'/>");
    await until(() => stanzas.length === 2);
    expect(stanzas[1]?.attrs['id']).toBe('back');
  });

  it('does no harm after the end of the stream', async () => {
    const server = await serve();
    const { connection, story } = connect(server.service);
    await connection.start();
    server.send('</stream:stream> <iq/>&#0;</a>');
    server.send('<<<');
    await until(() => story.length === 2);
    expect(story).toEqual(['online', `offline: ${server.service} closed the stream`]);
  });

  it('refuses a stanza beyond the limits with an error, and the stream lives on', async () => {
    const server = await serve();
    const { connection, stanzas, logged } = connect(server.service, { limits: { maxStanza: 1000, maxDepth: 4 } });
    await connection.start();
    const deep = '<a><a><a><a></a></a></a></a>';
    server.send(
      `<iq type='get' id='1' from='a@b/c' to='${DOMAIN}'>${deep}</iq>` +
        `<message id='2' from='a@b/c' to='x@${DOMAIN}'><body>${'x'.repeat(1000)}</body></message>` +
        `<iq type='result' id='3' from='a@b/c' to='${DOMAIN}'>${deep}</iq>` +
        `<message type='error' id='4' from='a@b/c' to='${DOMAIN}'>${deep}</message>` +
        `<presence id='5' from='a@b/c' to='${DOMAIN}'>${deep}</presence>` +
        `<iq type='get' id='6' from='a@b/c' to='${DOMAIN}'><a><a><a/></a></a></iq>`,
    );
    await until(() => stanzas.length === 1);
    expect(stanzas[0]?.attrs['id']).toBe('6');
    connection.send(element('presence'));
    await server.next(({ name }) => name === 'presence');
    const [iq, message] = [await server.next(), await server.next()];
    expect(serialize(iq)).toBe(
      `<iq type="error" id="1" from="${DOMAIN}" to="a@b/c"><error type="modify">` +
        '<policy-violation xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/>' +
        '<text xmlns="urn:ietf:params:xml:ns:xmpp-stanzas" xml:lang="en">Elements are nested more than 4 deep.</text></error></iq>',
    );
    expect(message.attrs).toMatchObject({ type: 'error', id: '2', from: `x@${DOMAIN}`, to: 'a@b/c' });
    expect(server.received.match(/type="error"/g)).toHaveLength(2);
    expect(logged.filter((line) => line.includes('stanza refused'))).toHaveLength(2);
  });

  it('and a receiver that throws are two things: the stream lives on', async () => {
    const server = await serve();
    const ids: unknown[] = [];
    const { connection, logged } = connect(server.service, {
      onOnline: () => {
        throw new Error('a bug at the start');
      },
      onStanza: ({ attrs }) => {
        ids.push(attrs['id']);
        throw new Error('a bug');
      },
    });
    await connection.start();
    server.send("<iq id='1'/><iq id='2'/>");
    await until(() => ids.length === 2);
    expect(connection.online).toBe(true);
    expect(logged.filter((line) => line.includes('a receiver of the connection failed'))).toHaveLength(3);
  });
});

describe('why there is no connection', () => {
  const streamError = (condition: string): string =>
    `<stream:error>${condition}</stream:error></stream:stream>`.replace(
      /\/>/,
      " xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>",
    );
  const refusals: [string, Partial<Script>, string][] = [
    ['a wrong secret', { secret: 'another' }, 'refused "things.example.org" with this secret'],
    [
      'an unknown domain',
      { handshake: streamError('<host-unknown/>') },
      'does not know the domain "things.example.org"',
    ],
    ['a conflict', { handshake: streamError('<conflict/>') }, 'has another connection for "things.example.org"'],
    ['an error unheard of', { handshake: streamError('<strange/>') }, 'ended the stream (strange)'],
    ['an error that is empty', { handshake: streamError('') }, 'ended the stream (undefined-condition)'],
    [
      'an error with a text',
      { handshake: streamError('<system-shutdown/><text>in five minutes</text>') },
      'is shutting down (system-shutdown: in five minutes)',
    ],
    [
      'another server',
      { handshake: streamError('<see-other-host>127.0.0.1:1</see-other-host>') },
      'points to another server: name that one as the service (see-other-host)',
    ],
    ['another protocol', { opening: 'SSH-2.0-OpenSSH_9.2\r\n' }, 'is no XMPP: text outside any stanza (bad-format)'],
    ['a web server', { opening: '<!DOCTYPE html><html>' }, 'is no XMPP: a comment or a document type'],
    ['silence', { opening: '' }, 'did not let us in within 0.1 s: is it a port for components?'],
    ['half an answer', { handshake: '' }, 'did not let us in within 0.1 s: is it a port for components?'],
    ['an early end', { opening: "<stream:stream id='1'></stream:stream>" }, 'closed the stream'],
  ];

  it.each(refusals)('is said in words: %s', async (_, script, expected) => {
    const server = await serve(script);
    const { connection, story, pauses, logged } = connect(server.service, { openMs: script.secret ? 5000 : 100 });
    void connection.start();
    await until(() => pauses.length > 0);
    expect(story.at(-1)).toContain(expected);
    expect(story.at(-1)).toContain('127.0.0.1');
    expect(story.join() + logged.join()).not.toContain(SECRET);
  });

  it('is said of the connection below too', async () => {
    const server = await startScriptedServer({ domain: DOMAIN, secret: SECRET });
    await server.stop();
    const refused = connect(server.service);
    void refused.connection.start();
    await until(() => refused.pauses.length === 1);
    expect(refused.story[0]).toBe(
      `offline: nothing listens at ${server.service}: is the server running, with a listener for components? (ECONNREFUSED)`,
    );
    for (const [service, words] of [
      ['xmpp://host.invalid:5275', 'offline: '],
      ['http://127.0.0.1:1', 'offline: the connection to http://127.0.0.1:1 failed'],
      ['no address', 'offline: the connection to no address failed'],
    ] as const) {
      const seen = connect(service);
      void seen.connection.start();
      await until(() => seen.pauses.length === 1);
      expect(seen.story[0]).toContain(words);
      expect(seen.story[0]).toContain(service);
    }
  });
});

describe('reconnecting', () => {
  it('waits longer each time, up to a minute, until it is let in; then hears again', async () => {
    const server = await startScriptedServer({ domain: DOMAIN, secret: SECRET });
    await server.stop();
    const { connection, pauses, resume, story } = connect(server.service);
    const started = connection.start();
    for (let attempt = 1; attempt <= 8; attempt++) {
      await until(() => pauses.length === attempt);
      if (attempt < 8) resume();
    }
    expect(pauses).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    await serve({}, server.port);
    resume();
    await started;
    expect(story.at(-1)).toBe('online');
  });

  it('draws its pauses from the upper half of each step', async () => {
    const server = await startScriptedServer({ domain: DOMAIN, secret: SECRET });
    await server.stop();
    const { connection, pauses, resume } = connect(server.service, { random: () => 0 });
    void connection.start();
    await until(() => pauses.length === 1);
    resume();
    await until(() => pauses.length === 2);
    expect(pauses).toEqual([500, 1000]);
  });

  it('does not hurry where it is let in and thrown out at once', async () => {
    const server = await serve({ handshake: '<handshake/></stream:stream>' });
    const { connection, pauses, resume, story } = connect(server.service);
    await connection.start();
    for (let attempt = 1; attempt <= 3; attempt++) {
      await until(() => pauses.length === attempt);
      if (attempt < 3) resume();
    }
    expect(pauses).toEqual([1000, 2000, 4000]);
    expect(story.filter((event) => event === 'online')).toHaveLength(3);
  });

  it('begins with the shortest pause after a stream that lasted', async () => {
    const server = await serve();
    const { connection, pauses, resume } = connect(server.service);
    await connection.start();
    server.dropConnection();
    await until(() => pauses.length === 1);
    resume();
    await server.accepted();
    await server.accepted();
    await until(() => connection.online);
    const now = performance.now();
    vi.spyOn(performance, 'now').mockReturnValue(now + 61_000);
    server.dropConnection();
    await until(() => pauses.length === 2);
    expect(pauses).toEqual([1000, 1000]);
  });

  it('is our own affair: xmpp.js, which would do so after a second, does not', async () => {
    const server = await serve();
    const { connection, pauses } = connect(server.service);
    await connection.start();
    server.dropConnection();
    await until(() => pauses.length === 1);
    await delay(1500);
    expect(server.connections).toHaveLength(1);
  });

  it('on demand closes in full before it connects, and does not pause', async () => {
    const server = await serve();
    const { connection, pauses, story } = connect(server.service);
    await connection.start();
    const old = await server.accepted();
    await connection.reconnect('a reason of ours');
    expect(old.received).toMatch(/<\/stream:stream>$/);
    await old.ended;
    await server.accepted();
    await until(() => connection.online);
    expect(story).toEqual(['online', 'offline: a reason of ours', 'online']);
    expect(pauses).toEqual([]);
    expect(server.online).toHaveLength(1);
  });

  it('on demand does so within bounds where the server says no goodbye', async () => {
    const server = await serve({ sullen: true });
    const { connection } = connect(server.service, { closeMs: 50 });
    await connection.start();
    const old = await server.accepted();
    await Promise.all([connection.reconnect('first'), connection.reconnect('second')]);
    await server.accepted();
    await until(() => connection.online);
    old.drop();
    expect(server.connections).toHaveLength(2);
  });

  it('on demand leaves a connection alone that is not on line', async () => {
    const server = await serve({ handshake: '' });
    const { connection } = connect(server.service);
    void connection.start();
    await server.accepted();
    await connection.reconnect('in vain');
    expect(server.connections).toHaveLength(1);
  });

  it.each([
    ['on line', {}, 1],
    ['on line, with a server that says no goodbye', { sullen: true }, 1],
    ['not let in yet', { handshake: '' }, 1],
  ] as const)('ends with stop: %s', async (_, script, connections) => {
    const server = await serve(script);
    const { connection, pauses } = connect(server.service, { closeMs: 50 });
    const started = connection.start();
    await server.accepted();
    await connection.stop();
    await started;
    expect(connection.online).toBe(false);
    expect(pauses).toEqual([]);
    expect(server.connections).toHaveLength(connections);
  });

  it.each([false, true])('ends with stop within what it is given; closing already: %s', async (isClosing) => {
    const server = await serve({ sullen: true });
    const { connection } = connect(server.service, { closeMs: 600_000 });
    await connection.start();
    if (isClosing) void connection.reconnect('a reason of ours');
    await connection.stop(50);
    expect(connection.online).toBe(false);
    expect(server.connections).toHaveLength(1);
  });

  it('ends with stop during a pause, and while TCP connects', async () => {
    const server = await startScriptedServer({ domain: DOMAIN, secret: SECRET });
    await server.stop();
    const paused = connect(server.service);
    const started = paused.connection.start();
    await until(() => paused.pauses.length === 1);
    await paused.connection.stop();
    await started;
    const connecting = connect(server.service);
    void connecting.connection.start();
    await connecting.connection.stop();
    expect(connecting.pauses).toEqual([]);
  });

  it('ends with stop from within a receiver', async () => {
    const server = await serve();
    let stopped: Promise<void> | undefined;
    const { connection } = connect(server.service, { onStanza: () => (stopped ??= connection.stop()) });
    await connection.start();
    server.send('<iq/><iq/>');
    await until(() => stopped !== undefined);
    await stopped;
    expect(connection.online).toBe(false);
  });
});
