import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '../server/free-port.js';
import { packageRoot } from '../server/package-root.js';
import { retried } from '../server/retried.js';
import { runServer } from '../server/run.js';
import type { Server } from '../server/server.js';
import { configuration } from './configuration.js';
import { findProsody, localProsody } from './local.js';

export interface ProsodyOptions {
  /** The component's domain; `things.localhost` unless told. */
  readonly domain?: string;
  /** The component's secret; a random one unless told. */
  readonly secret?: string;
}

/**
 * Starts the installed Prosody with the configuration in `contrib`, on free ports of loopback.
 *
 * @throws where there is none, or where it does not come up; the message then ends with its log.
 */
export function startProsody(options: ProsodyOptions = {}): Promise<Server> {
  return retried(() => startOnce(options));
}

async function startOnce(options: ProsodyOptions): Promise<Server> {
  const prosody = findProsody();
  if (prosody === undefined) throw new Error('there is no prosody here: `npm test` installs it where it can');
  const place = {
    program: 'Prosody',
    address: '127.0.0.1',
    host: 'localhost',
    domain: options.domain ?? 'things.localhost',
    secret: options.secret ?? randomBytes(20).toString('hex'),
    c2sPort: await freePort(),
    componentPort: await freePort(),
    wsPort: await freePort(),
  };
  const file = join(packageRoot(), 'contrib', 'prosody.cfg.lua');
  return runServer(
    localProsody(prosody, (data) => configuration(file, { ...place, data })),
    place,
  );
}
