import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClient } from '../../src/client/index.js';
import { createDevice, type Device, field } from '../../src/device/index.js';
import { OPERATIONS } from '../../src/operations/index.js';
import { type ComponentUnderTest, startComponent } from '../integration/harness/component-under-test.js';
import { type Server, startServer } from '../integration/harness/server.js';
import { canRun } from './programs.js';
import { type Form, PYTHON, type SlixmppAccount, type Step, slixmppAccount } from './slixmpp/account.js';

const PASSWORD = 'correct-horse';

// Three people administer Things with slixmpp's XEP-0050 plug-in, in the order of a life: every command once to its end.
describe.skipIf(!canRun([PYTHON, '-c', 'import slixmpp']))('slixmpp', () => {
  let server: Server;
  let component: ComponentUnderTest;
  let folder: string;
  let [olivia, nina, admin]: SlixmppAccount[] = [];
  const devices: Device[] = [];
  /** The commands that were driven to their end. */
  const driven = new Set<string>();

  const account = (name: string) => {
    const service = `xmpp://${server.address}:${server.c2sPort}`;
    return { jid: `${name}@${server.host}`, password: PASSWORD, service, register: true };
  };

  async function person(name: string): Promise<SlixmppAccount> {
    const client = createClient({ account: account(name) });
    expect(await client.start()).toEqual({ ok: true });
    await client.stop(); // there is an account now
    return slixmppAccount(server, name, PASSWORD);
  }

  async function device(name: string): Promise<Device> {
    const made = createDevice({
      account: account(name),
      tags: { SN: `sn-${name}`, NAME: name },
      read: async () => [field.numeric('Temperature', '12.50', 'Cel')],
    });
    devices.push(made);
    const online = new Promise<void>((resolve) => made.on('online', resolve));
    expect(await made.start()).toEqual({ ok: true });
    await online; // it has registered
    return made;
  }

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'thingstead-slixmpp-'));
    server = await startServer();
    const settings = { THINGSTEAD_ADMINS: `admin@${server.host}`, THINGSTEAD_BACKUP_FOLDER: join(folder, 'backups') };
    component = await startComponent(server, { settings });
    [olivia, nina, admin] = await Promise.all(['olivia', 'nina', 'admin'].map(person));
  });
  afterAll(async () => {
    await Promise.all([olivia, nina, admin].map((each) => each?.stop()));
    await Promise.all(devices.map((each) => each.stop()));
    await component?.remove();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a command, and expects that it did what it is for. @returns its last answer. */
  async function run(who: SlixmppAccount | undefined, command: string, ...forms: readonly Form[]): Promise<Step> {
    const { steps, error, text } = (await who?.run(command, forms)) ?? expect.fail('nobody is there');
    const last = steps.at(-1);
    const faults = steps.flatMap(({ notes }) => notes.filter((note) => note.startsWith('error')));
    expect([command, error, text, faults, last?.status]).toEqual([command, undefined, undefined, [], 'completed']);
    driven.add(command);
    return last ?? expect.fail('there was no answer');
  }

  /** The id of the Thing of a device, which its owner has. */
  async function idOf(who: SlixmppAccount | undefined, name: string): Promise<string> {
    const { items } = await run(who, 'my-things', {});
    return items.find(({ jid }) => jid === `${name}@${server.host}`)?.['thing'] ?? expect.fail(`${name} is not listed`);
  }

  async function claim(who: SlixmppAccount | undefined, name: string): Promise<string> {
    await run(who, 'claim', { iotdisco: (await device(name)).iotDisco });
    return idOf(who, name);
  }

  test('an owner claims a Thing, reads it, and decides over it', async () => {
    expect(await olivia?.list()).not.toContain('thingstead:share');
    const thing = await claim(olivia, 'cellar');
    expect(await olivia?.list()).toContain('thingstead:share');
    await run(olivia, 'notify', { on: true });
    await run(
      olivia,
      'update',
      { thing },
      { name: 'Wine cellar', tags: ['ROOM:12', '#FLOOR:-1'], zone: 'Europe/Berlin' },
    );
    await run(olivia, 'visibility', { thing }, { public: true }, {});
    expect((await run(nina, 'search', { name: 'Wine cellar' })).items).toHaveLength(1);
    const [reading] = (await run(olivia, 'read', { thing }, {})).items;
    expect(reading).toMatchObject({ field: 'Temperature', value: '12.50', unit: 'Cel' });
    expect((await run(olivia, 'history', { thing }, {})).items).toHaveLength(1);
    await run(olivia, 'requests', {});
    await run(olivia, 'record', { thing }, { period: '10m' });
    await run(olivia, 'backfill', { thing }, {});
    await run(olivia, 'share', { thing }, { with: `nina@${server.host}` });
    await run(nina, 'read', { thing }, {});
    await run(olivia, 'unshare', { thing }, { with: `nina@${server.host}` });
    expect(await nina?.run('read', [{ thing }])).toMatchObject({ error: 'forbidden' });
    await run(olivia, 'export', {});
    expect((await run(olivia, 'audit', {})).items).toEqual(
      expect.arrayContaining([expect.objectContaining({ action: 'share' })]),
    );
  }, 60_000);

  test('a Thing passes to somebody else, and one replaces another', async () => {
    const thing = await idOf(olivia, 'cellar');
    await run(olivia, 'transfer', { thing }, { to: `nina@${server.host}` }, {});
    await run(nina, 'decline', { thing });
    await run(olivia, 'transfer', { thing }, { to: `nina@${server.host}`, history: true }, {});
    await run(nina, 'accept', { thing }, {});
    const old = await idOf(nina, 'cellar');
    const fresh = await claim(nina, 'attic');
    await run(nina, 'replace', { thing: fresh }, { replaces: old }, {});
    expect((await run(nina, 'history', { thing: fresh }, {})).items).not.toHaveLength(0);
    await run(nina, 'erase', { thing: fresh }, { field: 'Temperature' }, {});
    expect((await run(nina, 'history', { thing: fresh }, {})).items).toHaveLength(0);
    await run(nina, 'disown', { thing: fresh }, {});
    await run(nina, 'erase-former', { thing: fresh }, {});
    const shed = await claim(nina, 'shed');
    await run(nina, 'remove', { thing: shed }, {});
  }, 60_000);

  test('an administrator looks after it all', async () => {
    const things = ['moved', 'released', 'deleted'];
    const [moved, released, deleted] = await Promise.all(things.map((name) => claim(olivia, name)));
    await run(admin, 'move', { thing: moved ?? '' }, { to: `nina@${server.host}`, reason: 'sold' }, {});
    await run(admin, 'release', { thing: released ?? '' }, { reason: 'found' }, {});
    await run(admin, 'retention', { thing: deleted ?? '' }, { days: '30' }, {});
    await run(admin, 'delete', { thing: deleted ?? '' }, { reason: 'broken' }, {});
    await run(admin, 'delete-unclaimed', { device: `released@${server.host}` }, {});
    const line = JSON.stringify({
      jid: `imported@${server.host}`,
      tags: { SN: '1' },
      key: 'k',
      owner: `nina@${server.host}`,
    });
    await run(admin, 'import', { things: [line] });
    expect((await run(admin, 'things', {})).items).toEqual(
      expect.arrayContaining([expect.objectContaining({ jid: `imported@${server.host}` })]),
    );
    for (const command of ['devices', 'statistics', 'limits', 'purge', 'backup', 'reload'])
      await run(admin, command, {});
    await run(admin, 'announce', { text: ['We are off at noon.'] }, {});
    await run(admin, 'log-level', { level: 'warn' });
    await run(admin, 'block', { who: `olivia@${server.host}`, reason: 'a test' }, {});
    expect(await olivia?.run('my-things', [{}])).toMatchObject({ error: 'forbidden' });
    await run(admin, 'unblock', { who: `olivia@${server.host}` });
    await run(olivia, 'my-things', {});
    expect(await olivia?.run('things', [{}])).toMatchObject({ error: 'forbidden' });
  }, 60_000);

  test('and no command was left out', () => {
    expect([...driven].sort()).toEqual(OPERATIONS.map(({ name }) => name).sort());
  });
});
