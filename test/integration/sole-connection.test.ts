import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { type Connection, createConnection } from '../../src/xmpp/connection.js';
import { type SoleConnection, watchSoleConnection } from '../../src/xmpp/sole-connection.js';
import { type Server, startServer } from './harness/server.js';

let server: Server;
beforeAll(async () => {
  server = await startServer({ secret: 'sésame "&<>🗝' });
});
const sides: Side[] = [];
afterEach(async () => {
  for (const { sole, connection } of sides.splice(0)) {
    sole.stop();
    await connection.stop();
  }
});
afterAll(() => server.stop());

interface Side {
  readonly connection: Connection;
  readonly sole: SoleConnection;
  /** What the server has granted since it let us in, to us or to another connection: it deals that out too. */
  readonly grants: string[];
  /** Stanzas other than probes and grants. */
  readonly others: string[];
  readonly offline: string[];
}

function join(secret = server.secret): Side {
  const { service, domain } = server;
  const ignore = (): void => undefined;
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const grants: string[] = [];
  const others: string[] = [];
  const offline: string[] = [];
  const connection = createConnection({
    ...{ service, domain, secret, log },
    onOnline: () => {
      grants.length = 0;
      sole.online();
    },
    onOffline: (reason) => {
      offline.push(reason);
      sole.offline();
    },
    onStanza: (stanza) => {
      if (sole.handle(stanza)) return;
      (stanza.getChild('privilege') === undefined ? others : grants).push(stanza.toString());
    },
  });
  const sole = watchSoleConnection({
    ...{ domain, log, onChange: ignore, interval: 100, timeout: 1000 },
    send: (stanza) => connection.send(stanza),
    reconnect: (reason) => connection.reconnect(reason),
  });
  const side = { connection, sole, grants, others, offline };
  sides.push(side);
  return side;
}

const until = (condition: () => boolean): Promise<boolean> =>
  vi.waitUntil(condition, { timeout: 15_000, interval: 10 });

it('finds a second connection at a real server, and gets its grant back when that has gone', async () => {
  const first = join();
  await first.connection.start();
  await until(() => first.sole.alone);
  await until(() => first.grants.length === 1);

  const second = join();
  await second.connection.start();
  await until(() => !first.sole.alone);
  expect(await second.sole.check()).toBe(false);
  expect(first.offline).toEqual([]);

  second.sole.stop();
  await second.connection.stop();
  await until(() => first.sole.alone);
  expect(first.offline).toEqual(['alone again on the domain']);
  // The grant may come after the probes.
  await until(() => first.grants.length === 1);
  expect(first.grants[0]).toContain('managed_entity');
  expect(await first.sole.check()).toBe(true);
  expect(first.offline).toHaveLength(1);
  expect([...first.others, ...second.others]).toEqual([]);
});

it('comes back after the server was killed and restarted', async () => {
  const side = join();
  await side.connection.start();
  await until(() => side.sole.alone);
  await server.kill();
  await until(() => side.offline.length > 0);
  expect(side.connection.online).toBe(false);
  await server.restart();
  await until(() => side.sole.alone);
  await until(() => side.grants.length === 1);
});

it('says what a real server has against it', async () => {
  const side = join('wrong');
  void side.connection.start();
  await until(() => side.offline.length > 0);
  expect(side.offline[0]).toBe(
    `${server.service} refused "${server.domain}" with this secret: ` +
      'one of the two is not what its component listener has (not-authorized)',
  );
});
