import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../scripts/ejabberd/server.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { connectClient } from './harness/client.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import {
  type ComponentOptions,
  type ComponentProcess,
  type Host,
  isHealthy,
  run,
  settingsFor,
  startComponentProcess,
} from './harness/component-under-test.js';
import { rows } from './harness/database.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

/** A terminal for a process, of util-linux. */
const hasScript = spawnSync('script', ['--version']).status === 0;
const NS = `xmlns='urn:xmpp:iot:discovery'`;
let compiled: Compiled;
let server: Server;
let folder: string;
beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), 'thingstead-ready-'));
});
afterAll(async () => {
  await server.stop();
  compiled.remove();
  rmSync(folder, { recursive: true, force: true });
});

const components: ComponentProcess[] = [];
afterEach(async () => {
  for (const component of components.splice(0)) await component.remove();
});

/** A component that is removed after the test. */
async function startedProcess(host: Host, options: ComponentOptions = {}): Promise<ComponentProcess> {
  const component = await startComponentProcess(host, compiled, options);
  components.push(component);
  return component;
}

/** Runs `thingstead serve` until it ends by itself. */
async function served(env: Readonly<Record<string, string>>, ...args: string[]) {
  const { child, onLine } = run(compiled.command, ['serve', ...args], env, folder);
  const lines: string[] = [];
  onLine((line) => lines.push(line));
  const [status] = await once(child, 'close');
  return { status, text: lines.join('\n') };
}

describe('health', () => {
  let component: ComponentProcess;
  beforeAll(async () => {
    component = await startComponentProcess(server, compiled);
  });
  afterAll(() => component.remove());
  const healthy = () => isHealthy(`${component.http}/healthz`);
  const status = async (path: string, method = 'GET') => (await fetch(component.http + path, { method })).status;

  it('says that it lives, that it is ready, and nothing else', async () => {
    expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 200]);
    expect([await status('/'), await status('/readyz/'), await status('/healthz', 'POST')]).toEqual([404, 404, 404]);
  });

  it('is not ready while the server is away, and lives on', async () => {
    await server.kill();
    await until(async () => !(await component.isReady()), 'it is not ready');
    expect([await status('/readyz'), await healthy()]).toEqual([503, true]);
    await server.restart();
    await until(() => component.isReady(), 'it is ready again');
  });

  it('is not ready while its store takes no writes; requests are told to wait, and nothing is half done', async () => {
    const client = await connectClient(server, 'thing');
    const ask = (payload: string) => client.iq('set', server.domain, payload);
    const other = new Sqlite(component.database);
    other.exec('BEGIN IMMEDIATE');
    const refused = ask(`<register ${NS}><str name='SN' value='1'/></register>`);
    await until(async () => !(await component.isReady()), 'it is not ready');
    expect(decodeError(await refused)).toMatchObject({ condition: 'resource-constraint', type: 'wait' });
    expect(await healthy()).toBe(true);
    other.exec('ROLLBACK');
    other.close();
    await until(() => component.isReady(), 'it is ready again');
    expect(rows(component.database, 'SELECT * FROM thing')).toEqual([]);
    expect((await ask(`<register ${NS}><str name='SN' value='1'/></register>`)).attrs['type']).toBe('result');
    await client.stop();
  });
});

describe('a stop in good order', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('by %s ends with status 0 and all owed work on disk', async (signal) => {
    const component = await startedProcess(server);
    const client = await connectClient(server, `stopped-${signal.toLowerCase()}`);
    const answers = Array.from({ length: 200 }, (_, n) =>
      client.iq('set', server.domain, `<register ${NS} nodeId='${n}'><num name='N' value='${n}'/></register>`),
    );
    await answers[0];
    const ended = component.terminate(signal);
    const settled = await Promise.allSettled(answers);
    expect(await ended).toBe(0);
    const done = settled.flatMap((answer, n) =>
      answer.status === 'fulfilled' && answer.value.attrs['type'] === 'result' ? [String(n)] : [],
    );
    const kept = rows<{ node_id: string }>(component.database, 'SELECT node_id FROM thing').map((row) => row.node_id);
    expect(done.filter((n) => !kept.includes(n))).toEqual([]);
    await client.stop();
  });

  it.skipIf(!hasScript)('is what the end of its terminal asks for, where SIGHUP alone does not', async () => {
    const http = `127.0.0.1:${await freePort()}`;
    const settings = { ...settingsFor(server, join(folder, 'terminal.db')), THINGSTEAD_HTTP: http };
    const command = `echo $$ > pid; exec '${process.execPath}' '${compiled.command}' serve`;
    const terminal = spawn('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: { ...settings, TERM: 'xterm' },
    });
    await until(() => isHealthy(`http://${http}/readyz`), 'it is ready');
    const pid = Number(readFileSync(join(folder, 'pid'), 'utf8'));
    process.kill(pid, 'SIGHUP');
    await delay(500);
    expect(await isHealthy(`http://${http}/readyz`)).toBe(true);
    terminal.kill('SIGKILL');
    await until(() => !isAlive(pid), 'it has ended');
  });

  it('ends with status 0 also while there is no server yet', async () => {
    const nobody = { ...server, service: `xmpp://127.0.0.1:${await freePort()}` };
    const component = await startedProcess(nobody, { awaitReady: false });
    await until(() => isHealthy(`${component.http}/healthz`), 'it lives');
    expect(await component.isReady()).toBe(false);
    expect(await component.terminate()).toBe(0);
  });

  it('waits for a Thing that is just being disowned, whose owner is answered', async () => {
    const component = await startedProcess(server);
    const [thing, owner] = await Promise.all([connectClient(server, 'slow'), connectClient(server, 'owner')]);
    const tags = `<str name='SN' value='1'/><str name='KEY' value='k'/>`;
    await thing.iq('set', server.domain, `<register ${NS}>${tags}</register>`);
    await owner.iq('set', server.domain, `<mine ${NS}>${tags}</mine>`);
    const answer = owner.iq('set', server.domain, `<disown ${NS} jid='${thing.bare}'/>`);
    await thing.next((stanza) => stanza.getChild('disowned') !== undefined);
    expect(await component.terminate()).toBe(0);
    expect(decodeError(await answer)).toMatchObject({ condition: 'not-allowed' });
    const owned = 'SELECT * FROM thing WHERE ownership IS NOT NULL AND disowning_until IS NULL';
    expect(rows(component.database, owned)).toHaveLength(1);
    await Promise.all([thing.stop(), owner.stop()]);
  });
});

describe('settings that are wrong', () => {
  it('end it with status 2, all faults named at once, no secret among them', async () => {
    const { status, text } = await served({
      THINGSTEAD_SERVICE: 'http://localhost',
      THINGSTEAD_DOMAIN: 'not a domain',
      THINGSTEAD_SECRET: 'hush',
      THINGSTEAD_ADMINS: 'anna',
      THINGSTEAD_LIMITS: 'maybe',
      THINGSTEAD_HTTP: 'nowhere',
    });
    expect(status).toBe(2);
    for (const value of ['http://localhost', 'not a domain', 'anna', 'maybe', 'nowhere']) {
      expect(text).toContain(JSON.stringify(value));
    }
    expect(text).not.toContain('hush');
  });

  it('are found where nothing is set', async () => {
    const { status, text } = await served({});
    expect(status).toBe(2);
    for (const name of ['THINGSTEAD_DOMAIN', 'THINGSTEAD_SECRET']) expect(text).toContain(name);
  });

  it('are found in the file, unknown ones too', async () => {
    const file = join(folder, 'my.yml');
    writeFileSync(file, 'domain: things.localhost\nsecret: hush\ntimeZone: Mars\nlimit: off\n');
    const { status, text } = await served({}, '--config', file);
    expect(status).toBe(2);
    expect(text).toContain('Mars');
    expect(text).toContain('limit');
    expect(text).not.toContain('hush');
  });

  it('are a file that is not there, and data that is in use or cannot be', async () => {
    const missing = await served({}, '--config', join(folder, 'missing.yml'));
    expect([missing.status, missing.text.includes('missing.yml')]).toEqual([2, true]);
    const nowhere = await served(settingsFor(server, join(folder, 'no', 'such', 'folder.db')));
    expect([nowhere.status, nowhere.text.includes('does not exist')]).toEqual([2, true]);
    const component = await startedProcess(server);
    const same = await served(settingsFor(server, component.database));
    expect([same.status, same.text.includes('in use by another process')]).toEqual([2, true]);
  });

  it('are an address for health that is taken', async () => {
    const component = await startedProcess(server);
    const http = component.http.replace('http://', '');
    const { status, text } = await served({ ...settingsFor(server, join(folder, 'b.db')), THINGSTEAD_HTTP: http });
    expect([status, text.includes(http)]).toEqual([2, true]);
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
