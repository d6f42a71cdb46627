import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Client, createClient } from '../../src/client/index.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentProcess, run, startComponentProcess } from './harness/component-under-test.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

const PASSWORD = 'correct horse';
/** A terminal for a command, of util-linux. */
const hasScript = spawnSync('script', ['--version']).status === 0;

let compiled: Compiled;
let server: Server;
let component: ComponentProcess;
let folder: string;
let thing: Client;
let id: string;

beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), 'thingstead-cli-'));
  writeFileSync(join(folder, 'thingstead.yml'), `admins: [admin@${server.host}]\n`);
  const settings = { THINGSTEAD_BACKUP_FOLDER: join(folder, 'backups') };
  component = await startComponentProcess(server, compiled, { settings, config: join(folder, 'thingstead.yml') });
  for (const name of ['anna', 'admin']) {
    const client = clientOf(name);
    expect(await client.start()).toEqual({ ok: true });
    await client.stop();
    const account = `jid: ${name}@${server.host}\npassword: ${PASSWORD}\nservice: ${service()}\n`;
    writeFileSync(join(folder, `${name}.yml`), account, { mode: 0o600 });
  }
  thing = clientOf('thing');
  await thing.start();
  expect(await thing.register({ SN: '1', KEY: 'K1' })).toMatchObject({ ok: true });
  writeFileSync(join(folder, 'key'), 'K1\n', { mode: 0o600 });
});
afterAll(async () => {
  await thing?.stop();
  await component?.remove();
  await server?.stop();
  compiled?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const service = (): string => `xmpp://${server.address}:${server.c2sPort}`;
const clientOf = (name: string): Client =>
  createClient({ account: { jid: `${name}@${server.host}`, password: PASSWORD, service: service(), register: true } });

interface Ended {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

async function thingstead(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const { child } = run(compiled.command, args, env, folder);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.on('data', (text: Buffer) => {
    err += text;
  });
  await once(child, 'close');
  return { status: child.exitCode, out, err };
}

const as = (name: string, ...args: string[]): Promise<Ended> => thingstead([...args, '--account', `${name}.yml`]);

describe('an operation from the command line', () => {
  test('ends as not reached where no registry is at the address that is named', async () => {
    const nowhere = `nowhere.${server.host}`;
    const ended = await as('anna', 'my-things', '--registry', nowhere);
    expect([ended.status, ended.out]).toEqual([3, '']);
    expect(ended.err).toContain(`No Thing Registry answers at ${nowhere}`);
    expect((await as('anna', 'my-things', '--registry', server.host)).status).toBe(3);
    expect((await as('anna', 'statistics')).status).toBe(4);
  });

  test('claims a Thing with a KEY that is no argument, and lists it', async () => {
    const claimed = await as('anna', 'claim', '--sn', '1', '--key-file', 'key', '--json');
    expect([claimed.status, claimed.err]).toEqual([0, '']);
    const listed = await as('anna', 'my-things', '--json');
    expect([listed.status, listed.err, listed.out.split('\n').length]).toEqual([0, '', 2]);
    const { result } = JSON.parse(listed.out);
    expect(result).toMatchObject([{ jid: `thing@${server.host}`, visibility: 'private' }]);
    id = result[0].thing;
    expect(claimed.out + listed.out).not.toContain('K1');
  });

  test('makes it public', async () => {
    expect(await as('anna', 'visibility', '--thing', id, '--public', 'true', '--yes')).toEqual({
      status: 0,
      out: 'The Thing is public now.\n',
      err: '',
    });
  });

  test('that one may not run ends with status 4', async () => {
    const refused = await as('anna', 'reload');
    expect([refused.status, refused.out]).toEqual([4, '']);
    expect(refused.err).toContain('may not');
  });

  test('that is dangerous asks for --yes where there is no terminal', async () => {
    const asked = await as('anna', 'remove', '--thing', id);
    expect([asked.status, asked.out]).toEqual([2, '']);
    expect(asked.err).toContain('Add --yes');
    expect(JSON.parse((await as('anna', 'my-things', '--json')).out).result).toHaveLength(1);
  });

  test.each([
    [['my-things', '--nonsense'], "unknown option '--nonsense'"],
    [['nonsense'], "unknown command 'nonsense'"],
    [['serve', '--nonsense'], "unknown option '--nonsense'"],
    [['device', '--nonsense'], "unknown option '--nonsense'"],
    [['read'], "missing required argument 'thing'"],
    [['export', 'things', '--nonsense'], "unknown option '--nonsense'"],
    [['visibility', '--public', 'maybe'], 'true, false'],
    [['claim', '--key=TOPSECRET'], "unknown option '--key=...'"],
    [['claim', '--key', 'TOPSECRET'], "unknown option '--key'"],
    [['claim', '--key-file', 'none'], 'ENOENT'],
    [['my-things', '--account', 'none'], 'ENOENT'],
  ])('%j is wrong use: status 2, and no secret repeated', async (args, words) => {
    const wrong = await thingstead(args, { THINGSTEAD_JID: 'a@b', THINGSTEAD_PASSWORD: 'x' });
    expect([wrong.status, wrong.out]).toEqual([2, '']);
    expect(wrong.err).toContain(words);
    expect(wrong.err).not.toContain('TOPSECRET');
  });

  test('of an account that is not let in ends with status 3', async () => {
    const env = { THINGSTEAD_PASSWORD: 'wrong' };
    for (const args of [['my-things'], ['read', id], ['export', 'things'], ['device']]) {
      expect((await thingstead([...args, '--account', 'anna.yml'], env)).status).toBe(3);
    }
  });

  test('help names the exit statuses and the groups', async () => {
    const { status, out } = await thingstead(['--help']);
    expect(status).toBe(0);
    for (const words of ['Exit statuses:', 'Operations on a Thing:', 'Operations for administrators:']) {
      expect(out).toContain(words);
    }
  });
});

describe('administrators', () => {
  test('back up the database to a file that nobody else may read', async () => {
    const made = await as('admin', 'backup', '--json');
    expect([made.status, made.err]).toEqual([0, '']);
    const { file, bytes } = JSON.parse(made.out).result;
    expect([dirname(file), String(statSync(file).size)]).toEqual([join(folder, 'backups'), bytes]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(file))).toHaveLength(1);
  });

  test('set the level of the log at once', async () => {
    const set = await as('admin', 'log-level', '--level', 'trace');
    expect([set.status, set.out]).toEqual([0, 'The log is written from trace on, until the component is restarted.\n']);
  });

  test('announce, with --yes', async () => {
    const sent = await as('admin', 'announce', '--text', 'Down tonight.', '--to', 'owners', '--yes');
    expect(sent).toEqual({ status: 0, out: 'The message was sent to 1 owners of Things.\n', err: '' });
  });

  test('reload the settings, also by SIGHUP, and nothing where they are wrong', async () => {
    const file = join(folder, 'thingstead.yml');
    writeFileSync(file, `admins: [admin@${server.host}, anna@${server.host}]\nreadout: { perDevice: 2 }\n`);
    const reloaded = await as('admin', 'reload', '--json');
    expect(reloaded.status).toBe(0);
    expect(JSON.parse(reloaded.out).result).toMatchObject([
      { setting: 'admins', holds: 'now' },
      { setting: 'readout.perDevice', before: '4', after: '2', holds: 'after a restart' },
    ]);
    writeFileSync(file, 'timeZone: Nowhere\nadmins: []\n');
    const refused = await as('anna', 'reload');
    expect([refused.status, refused.err]).toEqual([1, expect.stringContaining('timeZone: "Nowhere"')]);
    writeFileSync(file, `admins: [admin@${server.host}]\n`);
    process.kill(component.pid, 'SIGHUP');
    await until(() => component.log.some(({ outcome }) => String(outcome).startsWith('changed: admins')), 'it is read');
    expect((await as('anna', 'reload')).status).toBe(4);
    expect(await component.isReady()).toBe(true);
  });
});

describe.skipIf(!hasScript)('at a terminal', () => {
  /** Runs a command at a terminal of its own, and types each text when the one before it has been printed. */
  async function typing(args: readonly string[], dialogue: readonly (readonly [string, string])[]): Promise<Ended> {
    const command = [process.execPath, compiled.command, ...args].map((word) => `'${word}'`).join(' ');
    const child = spawn('script', ['-qec', command, '/dev/null'], { cwd: folder, env: { TERM: 'xterm' } });
    let out = '';
    child.stdout.on('data', (text: Buffer) => {
      out += text;
    });
    const ended = once(child, 'close');
    for (const [prompt, typed] of dialogue) {
      await until(() => out.includes(prompt), prompt);
      child.stdin.write(typed);
    }
    await ended;
    return { status: child.exitCode, out, err: '' };
  }

  const account = () => ['--jid', `anna@${server.host}`, '--service', service()];

  test('a password is asked for, and not shown', async () => {
    const prompt = `Password of anna@${server.host}: `;
    const listed = await typing(['my-things', ...account()], [[prompt, `${PASSWORD}\r`]]);
    expect([listed.status, listed.out]).toEqual([0, expect.stringContaining('One Thing: ')]);
    expect(listed.out).not.toContain(PASSWORD);
  });

  test('Ctrl-C ends it with status 130', async () => {
    expect((await typing(['my-things', ...account()], [['Password of', 'correct\u0003']])).status).toBe(130);
  });

  test('what is dangerous is asked for, and not done but for a yes', async () => {
    const remove = ['remove', '--thing', id, '--account', 'anna.yml'];
    const kept = await typing(remove, [['[y/N]', '\r']]);
    expect([kept.status, kept.out]).toEqual([1, expect.stringContaining('Nothing was done.')]);
    expect(JSON.parse((await as('anna', 'my-things', '--json')).out).result).toHaveLength(1);
    expect((await typing(remove, [['[y/N]', 'y\r']])).status).toBe(0);
    expect((await as('anna', 'my-things')).out).toContain('You have no Things');
  });
});
