import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Connection, createConnection } from '../../src/xmpp/connection.js';
import { type Element, element, serialize } from '../../src/xmpp/element.js';
import { type SoleConnection, watchSoleConnection } from '../../src/xmpp/sole-connection.js';
import { leaving } from '../schemas/leaving.js';
import { type ScriptedPeer, startScriptedServer } from './scripted-server.js';

const DOMAIN = 'things.example.org';
const MINUTE = 60_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** A watch whose probes lie in `sent`, to be brought back or not; nothing happens but on demand. */
function watch() {
  vi.useFakeTimers();
  const sent: Element[] = [];
  const changes: boolean[] = [];
  const reconnects: string[] = [];
  const logged: string[] = [];
  const state = { connected: true };
  const log = (_: object, message: string): void => {
    logged.push(message);
  };
  const sole = watchSoleConnection({
    domain: DOMAIN,
    send: leaving.through((stanza) => {
      if (state.connected) sent.push(stanza);
      return state.connected;
    }),
    reconnect: async (reason) => {
      reconnects.push(reason);
    },
    onChange: (alone) => changes.push(alone),
    log: { debug: log, info: log, warn: log, error: log },
  });
  cleanups.push(() => sole.stop());
  /** Brings back the probes sent since the last time: all but the first `lost`. */
  const bring = (lost = 0): void => {
    for (const probe of sent.splice(0).slice(lost)) expect(sole.handle(probe)).toBe(true);
  };
  return { sole, sent, changes, reconnects, logged, state, bring };
}

const answer = (probe: Element | undefined, type: string): Element =>
  element('iq', { type, id: String(probe?.attrs['id']), from: DOMAIN, to: DOMAIN });

const foreignProbe = (id = 'theirs'): Element =>
  element('iq', { type: 'get', id, from: DOMAIN, to: DOMAIN }, element('ping', { xmlns: 'urn:xmpp:ping' }));

describe('a connection', () => {
  it('is alone once all its probes have come back, and not before', async () => {
    const { sole, sent, changes, reconnects, bring } = watch();
    expect(sole.alone).toBe(false);
    sole.online();
    expect(sent).toHaveLength(20);
    expect(new Set(sent.map(({ attrs }) => attrs['id'])).size).toBe(20);
    expect(serialize(sent[0] ?? element('none'))).toMatch(
      /^<iq type="get" id="[0-9a-f-]{36}" from="things.example.org" to="things.example.org"><ping xmlns="urn:xmpp:ping"\/><\/iq>$/,
    );
    const checked = sole.check();
    for (const probe of sent.splice(0, 19)) sole.handle(probe);
    expect(sole.alone).toBe(false);
    bring();
    expect(sole.alone).toBe(true);
    expect(await checked).toBe(true);
    expect(changes).toEqual([true]);
    expect(reconnects).toEqual([]);
  });

  it('checks once a minute', () => {
    const { sole, sent, bring, changes } = watch();
    sole.online();
    bring();
    vi.advanceTimersByTime(MINUTE - 1);
    expect(sent).toHaveLength(0);
    vi.advanceTimersByTime(1);
    expect(sent).toHaveLength(20);
    bring();
    vi.advanceTimersByTime(MINUTE);
    expect(sent).toHaveLength(20);
    expect(changes).toEqual([true]);
  });

  it('is in company if one probe is missing', async () => {
    const { sole, changes, reconnects, logged, bring } = watch();
    sole.online();
    bring();
    vi.advanceTimersByTime(MINUTE);
    const checked = sole.check();
    bring(1);
    expect(sole.alone).toBe(true);
    vi.advanceTimersByTime(10_000);
    expect(await checked).toBe(false);
    expect(changes).toEqual([true, false]);
    expect(logged).toEqual([
      'another connection serves "things.example.org": 1 of 20 probes did not come back. Stop one of the two components.',
    ]);
    expect(reconnects).toEqual([]);
    vi.advanceTimersByTime(MINUTE);
    bring(5);
    vi.advanceTimersByTime(10_000);
    expect(logged).toHaveLength(1);
  });

  it.each(['result', 'error'])('is in company if somebody else answers a probe with a %s', async (type) => {
    const { sole, sent, logged } = watch();
    sole.online();
    const checked = sole.check();
    expect(sole.handle(answer(sent[0], type))).toBe(true);
    expect(await checked).toBe(false);
    expect(logged[0]).toContain('it answered our probe');
  });

  it('is in company if a probe of somebody else comes, also between two checks', () => {
    const { sole, changes, bring } = watch();
    sole.online();
    bring();
    expect(sole.inCompany).toBe(false);
    expect(sole.handle(foreignProbe())).toBe(true);
    expect(sole.alone).toBe(false);
    expect(sole.inCompany).toBe(true);
    expect(changes).toEqual([true, false]);
  });

  it('tells who came beside it that it is there: at once, and once', () => {
    const { sole, sent } = watch();
    sole.online();
    sent.splice(0);
    sole.handle(foreignProbe('first'));
    expect(sent).toHaveLength(20);
    sole.handle(foreignProbe('second'));
    expect(sent).toHaveLength(20);
  });

  it('reconnects once when it is alone again, and is ready only after the check that follows', async () => {
    const { sole, sent, reconnects, changes, bring } = watch();
    sole.online();
    bring();
    sole.handle(foreignProbe());
    bring(10);
    vi.advanceTimersByTime(10_000);
    expect(sent).toHaveLength(0);
    vi.advanceTimersByTime(MINUTE);
    const checked = sole.check();
    expect(sent).toHaveLength(20);
    bring();
    expect(await checked).toBe(false);
    expect(reconnects).toEqual(['alone again on the domain']);
    expect(sole.inCompany).toBe(false);
    expect(sole.alone).toBe(false);
    sole.online();
    expect(sole.alone).toBe(false);
    bring();
    expect(sole.alone).toBe(true);
    vi.advanceTimersByTime(MINUTE);
    bring();
    expect(reconnects).toHaveLength(1);
    expect(changes).toEqual([true, false, true]);
  });

  it('reconnects when nothing comes back', async () => {
    const { sole, reconnects, changes, bring } = watch();
    sole.online();
    bring();
    vi.advanceTimersByTime(MINUTE);
    const checked = sole.check();
    vi.advanceTimersByTime(10_000);
    expect(await checked).toBe(false);
    expect(reconnects).toEqual(['nothing that we send to ourselves comes back: the connection is dead']);
    expect(changes).toEqual([true, false]);
  });

  it('forgets the company that it had before it was let in: its grant is good', () => {
    const { sole, reconnects, bring } = watch();
    sole.online();
    sole.handle(foreignProbe());
    bring(40);
    sole.online();
    bring();
    expect(sole.alone).toBe(true);
    expect(reconnects).toEqual([]);
  });

  it('is not alone anew each time it is let in', () => {
    const { sole, changes, bring } = watch();
    sole.online();
    bring();
    sole.online();
    expect(sole.alone).toBe(false);
    bring();
    expect(changes).toEqual([true, false, true]);
  });

  it('is not alone while it is off line', async () => {
    const { sole, changes, reconnects, bring } = watch();
    sole.online();
    bring();
    vi.advanceTimersByTime(MINUTE);
    const checked = sole.check();
    sole.offline();
    expect(await checked).toBe(false);
    expect(changes).toEqual([true, false]);
    vi.advanceTimersByTime(10_000);
    expect(reconnects).toEqual([]);
  });

  it('draws nothing from probes of its own that come late', () => {
    const { sole, sent, logged, reconnects } = watch();
    sole.online();
    const late = sent.splice(0);
    sole.online();
    const present = sent.splice(0);
    for (const probe of late) expect(sole.handle(probe)).toBe(true);
    expect(sole.handle(answer(late[0], 'error'))).toBe(true);
    expect(sole.alone).toBe(false);
    for (const probe of present) sole.handle(probe);
    expect(sole.alone).toBe(true);
    for (const probe of present) expect(sole.handle(probe)).toBe(true);
    expect([...logged, ...reconnects]).toEqual([]);
  });

  it('counts a probe that comes twice once', () => {
    const { sole, sent } = watch();
    sole.online();
    const [first] = sent;
    for (let count = 0; count < 20; count++) if (first !== undefined) sole.handle(first);
    expect(sole.alone).toBe(false);
  });

  it('checks nothing while it is not there', async () => {
    const { sole, state, reconnects, changes } = watch();
    state.connected = false;
    expect(await sole.check()).toBe(false);
    vi.advanceTimersByTime(10 * MINUTE);
    expect([...reconnects, ...changes]).toEqual([]);
  });

  it('stops', async () => {
    const { sole, sent, reconnects } = watch();
    sole.online();
    const checked = sole.check();
    sole.stop();
    expect(await checked).toBe(false);
    expect(await sole.check()).toBe(false);
    sent.splice(0);
    vi.advanceTimersByTime(10 * MINUTE);
    expect(sent).toEqual([]);
    expect(reconnects).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('what is no probe', () => {
  const ping = element('ping', { xmlns: 'urn:xmpp:ping' });
  it.each([
    ['a ping from a user', element('iq', { type: 'get', id: '1', from: 'a@b', to: DOMAIN }, ping)],
    ['a ping to one of our addresses', element('iq', { type: 'get', id: '1', from: DOMAIN, to: `x@${DOMAIN}` }, ping)],
    ['a ping without id', element('iq', { type: 'get', from: DOMAIN, to: DOMAIN }, ping)],
    ['another question of ours', element('iq', { type: 'get', id: '1', from: DOMAIN, to: DOMAIN }, element('query'))],
    ['a set', element('iq', { type: 'set', id: '1', from: DOMAIN, to: DOMAIN }, ping)],
    ['an answer to something else', element('iq', { type: 'result', id: '1', from: DOMAIN, to: DOMAIN })],
    ['a message', element('message', { type: 'get', id: '1', from: DOMAIN, to: DOMAIN }, ping)],
  ])('is left to others: %s', (_, stanza) => {
    const { sole } = watch();
    sole.online();
    expect(sole.handle(stanza)).toBe(false);
    expect(sole.alone).toBe(false);
  });

  it('is an answer forged by a user', () => {
    const { sole, sent, bring } = watch();
    sole.online();
    const forged = answer(sent[0], 'result');
    forged.attrs['from'] = 'mallory@example.org';
    expect(sole.handle(forged)).toBe(false);
    bring();
    expect(sole.alone).toBe(true);
  });
});

describe('two connections', () => {
  interface Side {
    readonly connection: Connection;
    readonly sole: SoleConnection;
    readonly passedOn: string[];
  }

  function join(service: string): Side {
    const passedOn: string[] = [];
    const ignore = (): void => undefined;
    const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    const connection = createConnection({
      ...{ service, domain: DOMAIN, secret: 'secret', log, onOffline: () => sole.offline() },
      onOnline: () => sole.online(),
      onStanza: (stanza) => sole.handle(stanza) || passedOn.push(serialize(stanza)),
    });
    const sole = watchSoleConnection({
      ...{ domain: DOMAIN, log, onChange: ignore, interval: 50, timeout: 200 },
      send: (stanza) => connection.send(stanza),
      reconnect: (reason) => connection.reconnect(reason),
    });
    cleanups.push(() => {
      sole.stop();
      return connection.stop();
    });
    return { connection, sole, passedOn };
  }

  it('know of each other, and the one that stays reconnects once', async () => {
    let turn = 0;
    const server = await startScriptedServer({
      ...{ domain: DOMAIN, secret: 'secret' },
      // As ejabberd does: to one of those who are there.
      onStanza: (stanza) => {
        const there: readonly ScriptedPeer[] = server.online;
        there[turn++ % there.length]?.send(serialize(stanza));
      },
    });
    cleanups.push(() => server.stop());
    const first = join(server.service);
    await first.connection.start();
    await vi.waitUntil(() => first.sole.alone);
    const second = join(server.service);
    await second.connection.start();
    await vi.waitUntil(() => !first.sole.alone);
    expect(await first.sole.check()).toBe(false);
    expect(await second.sole.check()).toBe(false);
    expect(server.connections).toHaveLength(2);
    second.sole.stop();
    await second.connection.stop();
    await vi.waitUntil(() => first.sole.alone);
    expect(server.connections).toHaveLength(3);
    for (let checks = 0; checks < 3; checks++) expect(await first.sole.check()).toBe(true);
    expect(server.connections).toHaveLength(3);
    expect([...first.passedOn, ...second.passedOn]).toEqual([]);
    expect(server.received).not.toMatch(/type="(result|error)"/);
  });

  it('is reconnected when the server has gone silent', async () => {
    const silent = { value: true };
    const server = await startScriptedServer({
      ...{ domain: DOMAIN, secret: 'secret' },
      onStanza: (stanza, peer) => silent.value || peer.send(serialize(stanza)),
    });
    cleanups.push(() => server.stop());
    const { connection, sole } = join(server.service);
    await connection.start();
    await vi.waitUntil(() => server.connections.length === 2);
    silent.value = false;
    await vi.waitUntil(() => sole.alone);
  });
});
