import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/client/index.js';
import { createDevice, type Device, field } from '../../src/device/index.js';
import { type ComponentUnderTest, startComponent } from '../integration/harness/component-under-test.js';
import { type Server, startServer } from '../integration/harness/server.js';
import { until } from '../integration/harness/until.js';
import { openTerminal, type Terminal } from './profanity/terminal.js';
import { canRun } from './programs.js';

// Someone at a terminal administers a Thing from Profanity, a client for people that knows nothing of Things: by ad-hoc
// commands (XEP-0050) and their forms alone.
describe.skipIf(!canRun(['tmux', '-V'], ['profanity', '--version']))('Profanity', () => {
  let server: Server;
  let component: ComponentUnderTest;
  let device: Device;
  let folder: string;
  let terminal: Terminal;
  const account = (name: string) => {
    const service = `xmpp://${server.address}:${server.c2sPort}`;
    return { jid: `${name}@${server.host}`, password: 'correct-horse', service, register: true };
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'thingstead-profanity-'));
    server = await startServer();
    component = await startComponent(server);
    const owner = createClient({ account: account('olivia') });
    expect(await owner.start()).toEqual({ ok: true });
    await owner.stop(); // there is an account now
    device = createDevice({
      account: account('cellar'),
      tags: { SN: '4711', MAN: 'example.org', MODEL: 'thermometer', NAME: 'Cellar' },
      read: async () => [field.numeric('Temperature', '12.50', 'Cel')],
    });
    const online = new Promise<void>((resolve) => device.on('online', resolve));
    expect(await device.start()).toEqual({ ok: true });
    await online; // it has registered
    terminal = openTerminal(folder, 'profanity');
    await terminal.see('Profanity. Type /help');
    const { address, c2sPort, host } = server;
    terminal.type(`/connect olivia@${host} server ${address} port ${c2sPort} tls disable`);
    await terminal.see('Enter password');
    terminal.type('correct-horse');
    await terminal.see('logged in successfully');
    // It asks its server and the server's components by itself what they can do, and knows of no commands before.
    await until(async () => {
      terminal.type(`/cmd list ${server.domain}`);
      await delay(500);
      return terminal.screen().includes('Ad hoc commands:');
    }, 'Profanity knows that there are commands');
  });
  afterAll(async () => {
    terminal?.close();
    await device?.stop();
    await component?.remove();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Goes to the main window, which a form that comes may leave again. */
  async function main(what: string): Promise<string> {
    await until(async () => {
      terminal.type('/win 1');
      await delay(300);
      return terminal.screen().includes(what);
    }, `${what} in ${terminal.screen()}`);
    return terminal.screen();
  }

  /** Runs a command: fills in each of its forms, and submits it. @returns what the main window says at the end. */
  async function run(command: string, ...forms: readonly Readonly<Record<string, string>>[]): Promise<string> {
    terminal.type('/close all');
    terminal.type('/clear');
    terminal.type(`/cmd exec thingstead:${command} ${server.domain}`);
    for (const form of forms) {
      await terminal.see("Use '/form submit'");
      for (const [label, value] of Object.entries(form)) {
        const [, name] = new RegExp(`\\[(field\\d+)\\] ${label}`).exec(await terminal.see(`] ${label}`)) ?? [];
        terminal.type(`/${name} ${value}`);
      }
      const before = shownIn(terminal);
      terminal.type('/form submit');
      await until(() => shownIn(terminal) !== before, 'the form goes');
    }
    return main(`thingstead:${command} completed`);
  }

  async function list(): Promise<string> {
    terminal.type('/win 1');
    terminal.type('/clear');
    terminal.type(`/cmd list ${server.domain}`);
    return terminal.see(/thingstead:my-things[\s\S]*!\s*\n/);
  }

  test('lists the commands, claims a Thing, shares it, reads it and disowns it', async () => {
    expect(await list()).not.toContain('thingstead:share');
    expect(await run('claim', { 'Text of the QR code': device.iotDisco })).toContain('is yours, and private');
    // What was listed before may still be on the screen.
    await until(async () => (await list()).includes('thingstead:share'), 'what can be done with a Thing is listed');
    const commands = await list();
    for (const command of ['share', 'read', 'disown']) expect(commands).toContain(`thingstead:${command}`);
    expect(await run('my-things', {})).toContain('One Thing: Cellar (cellar@');

    expect(await run('share', {}, { With: `anna@${server.host}` })).toContain('It is shared with anna@');
    expect(await run('read', {}, {})).toContain('Temperature = 12.50 Cel');
    expect(await run('disown', {}, {})).toContain('disowned');
    expect(device.owner).toBeUndefined();
    expect(await list()).not.toContain('thingstead:share');
  }, 90_000);
});

/** The window without its last two lines, where the clock is and what is being typed. */
function shownIn(terminal: Terminal): string {
  return terminal.screen().split('\n').slice(0, -3).join('\n');
}
