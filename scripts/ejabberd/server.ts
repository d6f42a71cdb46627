import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Engine } from '../server/engine.js';
import { freePort } from '../server/free-port.js';
import { packageRoot } from '../server/package-root.js';
import { retried } from '../server/retried.js';
import { runServer } from '../server/run.js';
import type { Server } from '../server/server.js';
import { configuration } from './configuration.js';
import { containerEngine, dockerAnswers } from './container.js';
import type { Federation } from './federation.js';
import { findInstallation, localEngine } from './local.js';

export { freePort } from '../server/free-port.js';
export { packageRoot } from '../server/package-root.js';
export type { Server } from '../server/server.js';

export interface ServerOptions {
  /** The component's domain; `things.` and its host unless told. */
  readonly domain?: string;
  /** The component's secret; a random one unless told. */
  readonly secret?: string;
  /** Ports to use where they matter to someone, as in the demo; free ones unless told. */
  readonly c2sPort?: number;
  readonly componentPort?: number;
  readonly wsPort?: number;
  /** Further components that may connect, domain to secret. */
  readonly otherComponents?: Readonly<Record<string, string>>;
  /** Networks from which accounts may be registered; loopback unless told. */
  readonly registrationFrom?: readonly string[];
  /** Its host and what lets it talk to other servers; `localhost`, which talks to none, unless told. */
  readonly federation?: Federation;
}

const ADDRESS = '127.0.0.1';
const HOST = 'localhost';

/**
 * Starts an ejabberd with the shipped configuration on loopback: an installed one, or where none is installed and a
 * Docker engine answers, the official image. Demo and tests both start it from here, so that what the tests
 * prove is what a reader of the demo sees.
 *
 * @throws where there is neither, or where it does not come up; the message then ends with its log.
 */
export function startServer(options: ServerOptions = {}): Promise<Server> {
  return retried(() => startOnce(options));
}

async function startOnce(options: ServerOptions): Promise<Server> {
  const host = options.federation?.host ?? HOST;
  const domain = options.domain ?? `things.${host}`;
  const secret = options.secret ?? randomBytes(20).toString('hex');
  const c2sPort = options.c2sPort ?? (await freePort());
  const componentPort = options.componentPort ?? (await freePort());
  const wsPort = options.wsPort ?? (await freePort());
  const engine = await chooseEngine({
    c2sPort,
    componentPort,
    wsPort,
    configurationFor: (inside) =>
      configuration(join(packageRoot(), 'ejabberd.yml'), {
        ...{ domain, secret, c2sPort, componentPort, wsPort },
        otherComponents: options.otherComponents ?? {},
        address: inside.address,
        registrationFrom: options.registrationFrom ?? inside.registrationFrom,
        federation: options.federation,
      }),
    nameServer: options.federation?.nameServer,
  });
  return runServer(engine, {
    program: 'ejabberd',
    address: ADDRESS,
    host,
    domain,
    secret,
    c2sPort,
    componentPort,
    wsPort,
  });
}

async function chooseEngine(options: Parameters<typeof localEngine>[1]): Promise<Engine> {
  const installation = findInstallation();
  if (installation !== undefined) return localEngine(installation, options);
  if (options.nameServer !== undefined)
    throw new Error('only an installed ejabberd can be told where other servers are');
  if (await dockerAnswers()) return containerEngine(options);
  throw new Error('there is no ejabberd and no Docker engine here: run `npm run setup`, or install one of the two');
}
