import { createServer } from 'node:net';
import { findInstallation } from '../../scripts/ejabberd/local.js';
import { startServer } from '../../scripts/ejabberd/server.js';
import { freePort } from '../../scripts/server/free-port.js';
import type { Server } from '../integration/harness/server.js';
import { type Listener, startNameServer } from './name-server.js';

/** Two servers that talk to each other. The component is to join the first. */
export interface TwoServers {
  readonly one: Server;
  readonly two: Server;
  stop(): Promise<void>;
}

const ONE = '127.0.0.1';
const TWO = '127.0.0.2';

/** Whether two servers can talk to each other here; where they cannot, a line says so. */
export async function canFederate(): Promise<boolean> {
  const missing = [
    ...(findInstallation() === undefined ? ['no ejabberd is installed'] : []),
    ...((await canListen(TWO)) ? [] : [`${TWO} is no address of this machine`]),
  ];
  for (const what of missing) process.stderr.write(`Skipped, as two servers cannot federate here: ${what}\n`);
  return missing.length === 0;
}

/** Starts `one.test` and `two.test`, which listen for each other at two addresses of loopback. */
export async function startTwoServers(): Promise<TwoServers> {
  const [one, two] = [
    { address: ONE, port: await freePort([ONE]) },
    { address: TWO, port: await freePort([TWO]) },
  ];
  const names = await startNameServer(
    new Map([
      ['one.test', one],
      ['things.one.test', one],
      ['two.test', two],
    ]),
  );
  const running: { stop(): Promise<void> }[] = [names];
  const start = async (host: string, listener: Listener): Promise<Server> => {
    const server = await startServer({ federation: { host, ...listener, nameServer: names.port } });
    running.unshift(server);
    return server;
  };
  const stop = async () => {
    for (const each of running.splice(0)) await each.stop();
  };
  try {
    return { one: await start('one.test', one), two: await start('two.test', two), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function canListen(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(0, address, () => probe.close(() => resolve(true)));
  });
}
