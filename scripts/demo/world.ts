import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Client, createClient } from '../../src/client/index.js';
import type { Element } from '../../src/xmpp/element.js';
import { createParser } from '../../src/xmpp/parser.js';
import { freePort, packageRoot, type Server, startServer } from '../ejabberd/server.js';
import { type Child, startChild } from './child.js';
import { createWitness, type Witness } from './witness.js';

/** A `thingstead device` that runs as a process of its own. */
export interface DeviceProcess {
  readonly name: string;
  readonly jid: string;
  /** What its QR code says, once it has printed it. */
  iotDisco(): Promise<string>;
  readonly child: Child;
}

/** A person with an XMPP client. */
export interface Person {
  readonly name: string;
  readonly jid: string;
  readonly client: Client;
  /** Runs the `thingstead` command with this account. @returns what it printed. @throws if it fails, with its words. */
  run(args: readonly string[]): Promise<string>;
}

/** All that the demo starts. */
export interface World {
  readonly server: Server;
  readonly component: Child;
  readonly witness: Witness;
  device(name: string, tags: Readonly<Record<string, string>>, ...options: readonly string[]): DeviceProcess;
  person(name: string): Promise<Person>;
  /** Opens an account for somebody who will log in from elsewhere. */
  account(name: string, password: string): Promise<void>;
  /** What a JID is called in the story. */
  nameOf(jid: string): string;
  /** Calls a JID by a name from now on. */
  call(jid: string, name: string): void;
  stop(): Promise<void>;
  /** At once and without waiting: for the very end of this process. */
  kill(): void;
}

/** The ports that clients try by themselves. */
const USUAL = { c2sPort: 5222, componentPort: 5275, wsPort: 5280 } as const;
const READY_MS = 20_000;

/** Starts ejabberd and the component. @throws if they do not come up, with what they said. */
export async function openWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-demo-'));
  const command = join(packageRoot(), 'dist', 'cli', 'main.js');
  const children: Child[] = [];
  const people: Person[] = [];
  const names = new Map<string, string>();
  const witness = createWitness();
  const server = await startServer(await usualPortsIfFree());

  function start(args: readonly string[], env: Record<string, string>, onLine?: (line: string) => void): Child {
    const child = startChild(command, args, { env, cwd: folder, ...(onLine !== undefined && { onLine }) });
    children.push(child);
    return child;
  }

  const stop = async (): Promise<void> => {
    await Promise.all(people.map(({ client }) => client.stop()));
    // The component last, so that what the devices say on leaving still has a hearer.
    for (const child of children.toReversed()) await child.stop();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };

  const http = `127.0.0.1:${await freePort()}`;
  const component = start(['serve'], {
    THINGSTEAD_SERVICE: server.service,
    THINGSTEAD_DOMAIN: server.domain,
    THINGSTEAD_SECRET: server.secret,
    THINGSTEAD_DATABASE: `sqlite:${join(folder, 'thingstead.db')}`,
    THINGSTEAD_HTTP: http,
  });
  try {
    await untilReady(`http://${http}/readyz`, component);
  } catch (error) {
    await stop();
    throw error;
  }

  const service = `xmpp://${server.address}:${server.c2sPort}`;
  names.set(server.host, 'the server');
  names.set(server.domain, 'the registry');
  return {
    server,
    component,
    witness,
    device(name, tags, ...options) {
      const jid = `${name.toLowerCase()}@${server.host}`;
      names.set(jid, name);
      const flags = Object.entries(tags).flatMap(([tag, value]) => ['--tag', `${tag}=${value}`]);
      const own = ['--state', join(folder, `${name}.json`), '--password-file', join(folder, `${name}.password`)];
      const args = ['device', '--jid', jid, '--service', service, '--register', '--trace', '--name', name];
      const child = start([...args, ...own, ...flags, ...options], {}, (line) => {
        const seen = readTrace(line);
        if (seen !== undefined) witness.see({ actor: name, ofItself: true, ...seen });
      });
      return { name, jid, child, iotDisco: () => untilPrinted(child) };
    },
    async person(name) {
      const jid = `${name.toLowerCase()}@${server.host}`;
      names.set(jid, name);
      const account = { jid, service, password: randomBytes(16).toString('hex'), register: true };
      const onTraffic = (direction: 'in' | 'out', stanza: Element): void =>
        witness.see({ actor: name, ofItself: false, direction, stanza });
      const client = createClient({ account, onTraffic });
      const started = await client.start();
      if (!started.ok) throw new Error(`${name} could not log in: ${started.why}`);
      const env = {
        THINGSTEAD_JID: jid,
        THINGSTEAD_PASSWORD: account.password,
        THINGSTEAD_CLIENT_SERVICE: service,
      };
      const run = async (args: readonly string[]): Promise<string> => {
        const child = start(args, env);
        await child.done;
        if (child.ended === 'exit status 0') return child.lines.join('\n');
        throw new Error(`\`thingstead ${args.join(' ')}\` failed (${child.ended}):\n${child.lines.join('\n')}`);
      };
      const person = { name, jid, client, run };
      people.push(person);
      return person;
    },
    async account(name, password) {
      const account = { jid: `${name}@${server.host}`, service, password, register: true };
      const client = createClient({ account });
      const started = await client.start();
      if (!started.ok) throw new Error(`there is no account for ${name}: ${started.why}`);
      await client.stop();
    },
    nameOf: (jid) => names.get(jid) ?? names.get(jid.split('/', 1)[0] ?? '') ?? jid,
    call: (jid, name) => void names.set(jid, name),
    stop,
    kill() {
      for (const child of children) child.kill();
    },
  };
}

async function usualPortsIfFree(): Promise<Partial<typeof USUAL>> {
  const free = await Promise.all(Object.values(USUAL).map(isFree));
  return free.every(Boolean) ? USUAL : {};
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}

async function untilReady(url: string, component: Child): Promise<void> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && component.ended === undefined) {
    const response = await fetch(url).catch(() => undefined);
    await response?.arrayBuffer();
    if (response?.status === 200) return;
    await delay(50);
  }
  throw new Error(
    `the component did not come up (${component.ended ?? 'it runs'}). It said:\n${component.lines.join('\n')}`,
  );
}

async function untilPrinted(child: Child): Promise<string> {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline && child.ended === undefined) {
    const line = child.lines.find((candidate) => candidate.trimStart().startsWith('IoTDisco;'));
    if (line !== undefined) return line.trim();
    await delay(20);
  }
  throw new Error(`a device did not register (${child.ended ?? 'it runs'}). It said:\n${child.lines.join('\n')}`);
}

/** A line of `thingstead device --trace`. */
function readTrace(line: string): { direction: 'in' | 'out'; stanza: Element } | undefined {
  const arrow = line.slice(0, 3);
  if (arrow !== '-> ' && arrow !== '<- ') return undefined;
  const found: Element[] = [];
  const nothing = (): void => undefined;
  const events = { opened: nothing, refused: nothing, closed: nothing, fault: nothing };
  createParser({ ...events, element: (element) => found.push(element) }).write(`<stream>${line.slice(3)}</stream>`);
  const [stanza] = found;
  return stanza && { direction: arrow === '-> ' ? 'out' : 'in', stanza };
}
