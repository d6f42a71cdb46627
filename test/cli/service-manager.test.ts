import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, it, vi } from 'vitest';
import { createServiceManager } from '../../src/cli/service-manager.js';

const hasBoth = ['systemd-notify --version', 'python3 --version'].every((command) => {
  const [program = '', argument = ''] = command.split(' ');
  return spawnSync(program, [argument]).status === 0;
});

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A socket such as systemd's, of a program that says what comes. */
async function listening(): Promise<{ readonly socket: string; readonly told: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'thingstead-notify-'));
  const socket = join(folder, 'notify');
  const program = `import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True: print(s.recv(4096).decode().replace('\\n', ' '), flush=True)`;
  const child = spawn('python3', ['-c', program, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  ends.push(() => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  const told: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => told.push(line.trim()));
  await vi.waitUntil(() => existsSync(socket), 10_000);
  return { socket, told };
}

it.runIf(hasBoth)('tells systemd that it has started, that it lives, and that it stops', async () => {
  const { socket, told } = await listening();
  const environment = { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '400000', PATH: process.env['PATH'] ?? '' };
  const manager = createServiceManager(environment, expect.unreachable);
  let answer: () => void = () => undefined;
  manager.ready(() => new Promise((resolve) => (answer = () => resolve(false))));
  const has = (words: string) => vi.waitUntil(() => told.some((each) => each.includes(words)), 10_000);
  await has('READY=1');
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(told.join()).not.toContain('WATCHDOG'); // it has not answered yet
  answer();
  await has('WATCHDOG=1');
  manager.stopping();
  await has('STOPPING=1');
});

it('tells nobody where nobody asks, and says so where it cannot', async () => {
  const faults: string[] = [];
  const alive = async () => true;
  createServiceManager({}, (words) => faults.push(words)).ready(alive);
  createServiceManager({ NOTIFY_SOCKET: '/run/x', PATH: '/nowhere' }, (words) => faults.push(words)).ready(alive);
  await vi.waitUntil(() => faults.length > 0, 10_000);
  expect(faults).toEqual([expect.stringMatching(/^systemd-notify --ready .*ENOENT/)]);
});
