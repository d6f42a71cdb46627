import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { findInstallation } from '../../scripts/ejabberd/local.js';
import { connectClient } from './harness/client.js';
import { connectComponent } from './harness/component.js';
import { type Server, startServer } from './harness/server.js';

// In a container there is no process of ours to look for: Docker sees to it.
const local = describe.skipIf(findInstallation() === undefined);

let server: Server | undefined;
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

describe('the starter', () => {
  test('restarts on the same ports, with the accounts that there were', async () => {
    server = await startServer();
    const before = await connectClient(server, 'sensor');
    await server.restart();
    await expect(before.next((stanza) => stanza.is('message'))).rejects.toThrow('closed');
    const after = await connectClient(server, 'sensor', { create: false });
    expect(after.bare).toBe('sensor@localhost');
    await after.stop();
  });

  test('kills, so that clients learn nothing but the end of the connection, and brings it back', async () => {
    server = await startServer();
    const client = await connectClient(server, 'sensor');
    await server.kill();
    await expect(client.next()).rejects.toThrow(/closed|reset/i);
    expect(client.received).toEqual([]);
    await expect(connectClient(server, 'sensor')).rejects.toThrow('ECONNREFUSED');
    await server.restart();
    await (await connectClient(server, 'sensor')).stop();
  });

  test('runs two at a time, each with its own accounts', async () => {
    const [one, two] = await Promise.all([startServer(), startServer()]);
    server = one;
    try {
      await (await connectClient(one, 'sensor')).stop();
      await expect(connectClient(two, 'sensor', { create: false })).rejects.toThrow('not-authorized');
    } finally {
      await two.stop();
    }
  });

  test('serves another domain where told', async () => {
    server = await startServer({ domain: 'iot.localhost', secret: 'a "quoted" $& secret' });
    expect(server.domain).toBe('iot.localhost');
    await (await connectComponent(server)).stop();
  });

  test('says what is wrong with a server that does not come up, and leaves nothing of it', async () => {
    const started = startServer({ wsPort: 99_999 });
    await expect(started).rejects.toThrow(/ended while starting[\s\S]*Invalid value of option listen->2->port/);
    const log = await started.catch(String);
    expect(existsSync(spoolIn(String(log)))).toBe(false);
  });

  test.each(['', 'localhost', 'Things.localhost', 'things.localhost\nhosts: []', '*.localhost'])(
    'refuses %j as a domain',
    async (domain) => {
      await expect(startServer({ domain })).rejects.toThrow('is no domain for a component');
      await expect(startServer({ otherComponents: { [domain]: 's' } })).rejects.toThrow('is no domain for a component');
    },
  );
});

local('an ejabberd of our own', () => {
  test('leaves no process and no spool when it is stopped, killed before or not', async () => {
    for (const kill of [false, true]) {
      const started = await startServer();
      const spool = spoolIn(await started.logs());
      expect(processesWith(spool)).toHaveLength(1);
      if (kill) await started.kill();
      await started.stop();
      await started.stop();
      expect(processesWith(spool)).toEqual([]);
      expect(existsSync(spool)).toBe(false);
    }
  });

  test('goes when the process that started it is killed', async () => {
    const program = `
      import { runnerImport } from 'vite';
      const { module } = await runnerImport('./scripts/ejabberd/server.ts');
      console.log(await (await module.startServer()).logs(), '\\nup');
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    parent.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    while (!output.endsWith('\nup\n')) await once(parent.stdout, 'data');
    const spool = spoolIn(output);
    expect(processesWith(spool)).toHaveLength(1);
    parent.kill('SIGKILL');
    while (processesWith(spool).length > 0) await delay(50);
    expect(existsSync(spool)).toBe(false);
  });
});

function spoolIn(log: string): string {
  const spool = /Loading configuration from (\S+)\/ejabberd\.yml/.exec(log)?.[1];
  if (spool === undefined) throw new Error(`no path of a configuration in the log:\n${log}`);
  return spool;
}

function processesWith(text: string): string[] {
  const all = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' });
  return all.split('\n').filter((line) => line.includes(text));
}
