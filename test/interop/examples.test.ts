import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { connectClient } from '../integration/harness/client.js';
import { type Compiled, compilePackage } from '../integration/harness/compiled.js';
import { type ComponentUnderTest, startComponent } from '../integration/harness/component-under-test.js';
import { type Server, startServer } from '../integration/harness/server.js';
import { canRun } from './programs.js';
import { PYTHON } from './slixmpp/account.js';

const EXAMPLES = fileURLToPath(new URL('../../examples', import.meta.url));
const PASSWORD = 'correct-horse';
const TEST_MS = 60_000;
/** Those who wait longer wait in vain: beyond the 5 s that a Thing may take to come on line. */
const DEADLINE_S = 8;

interface Language {
  readonly name: string;
  readonly program: string;
  readonly ending: string;
  readonly probe: readonly [program: string, ...args: string[]];
  /** What its reader says when it comes again and the device is gone. */
  readonly later: string;
}

// A device of our library takes its KEY back once it is claimed, so that nobody can claim it again: not its owner either.
const LANGUAGES: readonly Language[] = [
  { name: 'python', program: PYTHON, ending: 'py', probe: [PYTHON, '-c', 'import slixmpp'], later: 'The Thing ' },
  {
    name: 'javascript',
    program: process.execPath,
    ending: 'mjs',
    probe: [process.execPath, '--version'],
    later: 'The claim failed',
  },
  {
    name: 'ruby',
    program: 'ruby',
    ending: 'rb',
    probe: ['ruby', '-W0', '-e', 'require "xmpp4r"'],
    later: 'The Thing ',
  },
];

let server: Server;
let component: ComponentUnderTest;
let compiled: Compiled;
const running: ChildProcess[] = [];

beforeAll(async () => {
  server = await startServer();
  component = await startComponent(server, { settings: { THINGSTEAD_READOUT_DEADLINE: String(DEADLINE_S) } });
  compiled = compilePackage();
  // Where `thingstead/device` is the package as it is compiled now, whatever is in dist.
  cpSync(EXAMPLES, join(dirname(dirname(dirname(compiled.command))), 'examples'), { recursive: true });
}, TEST_MS);
afterEach(async () => {
  await Promise.all(running.splice(0).map(end));
});
afterAll(async () => {
  compiled?.remove();
  await component?.remove();
  await server?.stop();
});

// Each by itself, as somebody who has read it would run it.
describe.each(LANGUAGES)('the example in $name', (language) => {
  test.skipIf(!canRun(language.probe))(
    'is a Thing that is claimed and read, and says what is wrong',
    async () => {
      // slixmpp cannot open accounts: it holds back what it says before it has logged in. The others open their own.
      const users = language.name === 'python' ? ['thing', 'owner', 'stranger'] : [];
      for (const user of users) await openAccount(`${user}-${language.name}`);
      const iotDisco = await startDevice(language);
      const read = await runReader(language, 'owner', iotDisco);
      expect(read).toEqual({ printed: 'Temperature 21.5 °C\n', complaints: '' });
      expect(await runReader(language, 'stranger', iotDisco)).toEqual({
        printed: '',
        complaints: 'The claim failed.\n',
      });

      await Promise.all(running.splice(0).map(end));
      const later = await runReader(language, 'owner', iotDisco);
      expect([later.printed, later.complaints]).toEqual(['', expect.stringContaining(language.later)]);
    },
    TEST_MS,
  );
});

test('the README quotes what is in one of them', () => {
  const readme = readFileSync(join(EXAMPLES, '..', 'README.md'), 'utf8');
  const [, quoted = ''] = /### Examples[\s\S]*?```python\n([\s\S]*?)\n```/.exec(readme) ?? [];
  expect(quoted).not.toBe('');
  expect(readFileSync(join(EXAMPLES, 'python', 'reader.py'), 'utf8')).toContain(quoted);
});

async function openAccount(user: string): Promise<void> {
  await (await connectClient(server, user, { password: PASSWORD })).stop();
}

/** @returns the text of its QR code, once it is registered. */
async function startDevice(language: Language): Promise<string> {
  const child = run(language, 'device', 'thing', []);
  running.push(child);
  for await (const line of createInterface({ input: child.stdout })) if (line.startsWith('IoTDisco;')) return line;
  return expect.fail(`the device has ended: ${await text(child.stderr)}`);
}

async function runReader(language: Language, user: string, iotDisco: string) {
  const child = run(language, 'reader', user, [iotDisco]);
  running.push(child);
  const [printed, complaints] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { printed, complaints: complaints.replace(/^Using slower stringprep.*\n/, '') };
}

function run({ name, program, ending }: Language, role: string, user: string, args: readonly string[]) {
  const file = join(dirname(dirname(dirname(compiled.command))), 'examples', name, `${role}.${ending}`);
  const env = {
    PATH: process.env['PATH'],
    LANG: 'C.UTF-8',
    JID: `${user}-${name}@${server.host}`,
    PASSWORD,
    HOST: server.address,
    PORT: String(server.c2sPort),
    REGISTRY: server.domain,
    SN: `example-${name}`,
    KEY: `key-${name}`,
  };
  return spawn(program, [file, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
