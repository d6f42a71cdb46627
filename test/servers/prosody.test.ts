import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startProsody } from '../../scripts/prosody/server.js';
import { type Client, createClient, runCommand } from '../../src/client/index.js';
import { createDevice, type Device, type DeviceOptions, field, folderQueue } from '../../src/device/index.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { connectClient } from '../integration/harness/client.js';
import { type ComponentUnderTest, startComponent } from '../integration/harness/component-under-test.js';
import { rows } from '../integration/harness/database.js';
import type { Server } from '../integration/harness/server.js';
import { until } from '../integration/harness/until.js';
import { canRun } from '../interop/programs.js';

const DISCOVERY = `xmlns='urn:xmpp:iot:discovery'`;
/** Longer than the longest of the first pauses between two attempts to connect. */
const RECONNECTED_MS = 20_000;

let server: Server;
let component: ComponentUnderTest;
let folder: string;
let anna: Client;
let number = 0;
const running: { stop(): Promise<void> }[] = [];

// `prosody` itself has no option with which it does nothing: it starts the server, whatever it is given.
describe.skipIf(!canRun(['which', 'prosody']))('on Prosody', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    // What is awkward in Lua and in XML is in the secret.
    server = await startProsody({ secret: 'sésame "&<>\\\']]🗝' });
    component = await startComponent(server);
  });
  afterAll(async () => {
    await component?.remove();
    await server?.stop();
  });
  beforeEach(async () => {
    number++;
    folder = mkdtempSync(join(tmpdir(), 'thingstead-on-prosody-'));
    anna = await person('anna');
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((each) => each.stop()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('a Thing registers, is claimed, told so, found, read and shared', async () => {
    const { device, at } = await ownThing();
    expect(device.owner).toBe(account('anna').jid);

    const ben = await person('ben');
    const found = [];
    for await (const { jid, owner } of ben.search({ SN: `sn-${number}` })) found.push({ jid, owner });
    expect(found).toEqual([{ jid: account('thing').jid, owner: account('anna').jid }]);

    const { readings, end } = await anna.read(at, { types: ['momentary'] }).all();
    expect(end).toEqual({ outcome: 'done', failures: [] });
    expect(readings.map(({ value, unit }) => `${value} ${unit}`)).toEqual(['21.40 °C']);

    expect(await runCommand(ben, at, 'thingstead:read', { values: {} })).toMatchObject({ kind: 'refused' });
    const sharing = { values: { with: [account('ben').jid] } };
    expect(await runCommand(anna, at, 'thingstead:share', sharing)).toMatchObject({ kind: 'completed' });
    const history = await ben.history(at).all();
    expect(history.readings.map(({ value }) => value)).toEqual(['21.40']);
  });

  it('a push is stored when its receipt comes, and those made while the component is away arrive later', async () => {
    const queue = folderQueue(folder);
    const { device, at } = await ownThing({ queue });
    expect(await device.push({ at: new Date(1000), fields: [field.int('N', 1)] })).toEqual({ outcome: 'received' });
    await component.stop();
    // Prosody's own answer for a component that is not connected: to try again later.
    expect(await device.push({ at: new Date(2000), fields: [field.int('N', 2)] })).toMatchObject({
      outcome: 'refused',
      error: { type: 'wait', condition: 'remote-server-timeout' },
    });
    device.report({ at: new Date(3000), fields: [field.int('N', 3)] });
    await component.restart();
    await until(() => queue.size === 0, 'what was kept has arrived', 40_000);
    const { readings } = await anna.history(at).all();
    expect(readings.map(({ value }) => value)).toEqual(['1', '3']);
  });

  it('a device that keeps silent of itself is known to come and go by its subscription alone', async () => {
    const granting = await registered('granting', 'subscribed');
    const other = await registered('other', 'unsubscribed');
    for (const { again } of [granting, other]) again.sendPresence();
    await until(() => sessionsOf(granting.bare).length === 2, 'presence told of the second session');
    expect(sessionsOf(other.bare)).toHaveLength(1); // the one that registered
    // A connection that drops is told as well.
    await granting.again.drop();
    await until(() => sessionsOf(granting.bare).length === 1, 'presence told that it has gone');

    // After a restart the component asks; who came meanwhile was told to nobody.
    await component.stop();
    const late = await connectClient(server, granting.user);
    late.sendPresence();
    await component.restart();
    await until(() => sessionsOf(granting.bare).includes(late.jid), 'it was asked for');
    await late.stop();
  });

  it('is listed by the server, answers pings, and commands of clients that no one here wrote', async () => {
    const client = await connectClient(server, `plain${number}`);
    running.push(client);
    const items = await client.iq('get', server.host, `<query xmlns='http://jabber.org/protocol/disco#items'/>`);
    const listed = items.getChild('query')?.getChildren('item') ?? [];
    expect(listed.map(({ attrs }) => attrs['jid'])).toContain(server.domain);
    const pong = await client.iq('get', server.domain, `<ping xmlns='urn:xmpp:ping'/>`);
    expect(pong.attrs).toMatchObject({ type: 'result', from: server.domain });
    const command = (attributes: string, form = '') =>
      `<command xmlns='http://jabber.org/protocol/commands' node='thingstead:my-things' ${attributes}>${form}</command>`;
    const submitted = `<x xmlns='jabber:x:data' type='submit'/>`;
    const form = await client.iq('set', server.domain, command(`action='execute'`));
    const session = form.getChild('command')?.attrs['sessionid'];
    const answer = await client.iq('set', server.domain, command(`sessionid='${session}'`, submitted));
    expect(answer.getChild('command')?.attrs['status'], String(answer)).toBe('completed');
  });

  it('an account is one, however it is spelt at login', async () => {
    const long = await connectClient(server, `ſAM${number}`);
    const short = await connectClient(server, `sam${number}`);
    running.push(long, short);
    expect(long.bare).toBe(short.bare);
    await long.iq('set', server.domain, `<register ${DISCOVERY}><str name='SN' value='spelt-${number}'/></register>`);
    const updated = await short.iq('set', server.domain, `<update ${DISCOVERY}><str name='ROOM' value='1'/></update>`);
    expect(updated.attrs['type'], String(updated)).toBe('result');
  });

  it('a page of search results larger than Prosody takes from a component by default reaches who asked', async () => {
    const client = await connectClient(server, `rack${number}`);
    running.push(client);
    const names = Array.from({ length: 60 }, (_, index) => `TAG${index}`);
    const tags = names.map((name) => `<str name='${name}' value='${'x'.repeat(128)}'/>`).join('');
    for (let node = 0; node < 80; node++) {
      const register = `<register ${DISCOVERY} nodeId='${node}' selfOwned='true'><str name='RACK' value='${number}'/>${tags}</register>`;
      expect((await client.iq('set', server.domain, register)).attrs['type']).toBe('result');
    }
    const search = `<search ${DISCOVERY} maxCount='100'><strEq name='RACK' value='${number}'/></search>`;
    const answer = await client.iq('get', server.domain, search);
    expect(answer.getChild('found')?.getChildren('thing')).toHaveLength(80);
    expect(String(answer).length).toBeGreaterThan(512 * 1024);
    expect(await component.isReady()).toBe(true);
  });

  it('a second component of the domain is turned away with words, and gets in when the first has gone', async () => {
    const second = await startComponent(server, { awaitReady: false });
    running.push({ stop: () => second.remove() });
    const words = `${server.service} has another connection for "${server.domain}" and lets in only one (conflict: Component already connected)`;
    await until(() => second.log.some(({ msg }) => msg === `off line: ${words}`), 'it says what is wrong');
    expect(await second.isReady()).toBe(false);
    expect(await component.isReady()).toBe(true);
    await component.stop();
    await until(() => second.isReady(), 'the second is let in', RECONNECTED_MS);
    await second.stop();
    await component.restart();
  });

  it('says what is wrong where the secret or the domain is', async () => {
    for (const [wrong, words] of [
      [{ secret: 'wrong' }, `refused "${server.domain}" with this secret: one of the two is not what its component`],
      [{ domain: 'other.localhost' }, 'does not know the domain "other.localhost" (host-unknown'],
    ] as const) {
      const refused = await startComponent({ ...server, ...wrong }, { awaitReady: false });
      running.push({ stop: () => refused.remove() });
      await until(() => refused.log.some(({ msg }) => msg.startsWith('off line')), 'it was refused');
      const [line] = refused.log.filter(({ msg }) => msg.startsWith('off line'));
      expect(line?.msg).toContain(words);
      expect(JSON.stringify(refused.log)).not.toContain(server.secret);
    }
  });

  it('answers for an address that is nothing as for one that never was', async () => {
    const client = await connectClient(server, `nosy${number}`);
    running.push(client);
    const { at } = await ownThing({}, false);
    for (const to of [at, `aaaaaaaaaa@${server.domain}`]) {
      const answer = await client.iq('get', to, `<ping xmlns='urn:xmpp:ping'/>`);
      expect(decodeError(answer)).toMatchObject({ condition: 'item-not-found' });
    }
  });

  it('comes back when Prosody was killed and restarted', async () => {
    const { at } = await ownThing();
    await server.kill();
    await until(async () => !(await component.isReady()), 'it has noticed');
    await server.restart();
    await until(() => component.isReady(), 'it is back', RECONNECTED_MS);
    await until(
      async () => {
        const { readings } = await anna.read(at, { types: ['momentary'] }).all();
        return readings.length === 1;
      },
      'the Thing is read again',
      40_000,
    );
  });
});

function account(name: string) {
  const service = `xmpp://${server.address}:${server.c2sPort}`;
  return { jid: `${name}${number}@${server.host}`, password: 'correct horse', service, register: true };
}

async function person(name: string): Promise<Client> {
  const client = createClient({ account: account(name) });
  expect(await client.start()).toEqual({ ok: true });
  running.push(client);
  return client;
}

/** A Thing of Anna's, and the address that the registry has for it. */
async function ownThing(
  options: Partial<DeviceOptions> = {},
  isPublic = true,
): Promise<{ device: Device; at: string }> {
  const read = async () => [field.numeric('Temperature', '21.40', '°C')];
  const device = createDevice({ account: account('thing'), tags: { SN: `sn-${number}` }, read, ...options });
  running.push(device);
  const online = new Promise<void>((resolve) => device.on('online', resolve));
  expect(await device.start()).toEqual({ ok: true });
  await online;
  expect(await anna.claim(device.iotDisco, { isPublic })).toMatchObject({ ok: true });
  await until(() => device.owner !== undefined, 'the device knows its owner');
  const addresses = await anna.addresses(account('thing').jid);
  if (!addresses.ok || addresses.value[0] === undefined) throw new Error(JSON.stringify(addresses));
  return { device, at: addresses.value[0].jid };
}

/** An account that registered from one session, answered the component's request to subscribe so, and has another. */
async function registered(name: string, answer: 'subscribed' | 'unsubscribed') {
  const user = `${name}${number}`;
  const first = await connectClient(server, user);
  first.sendPresence();
  await first.iq('set', server.domain, `<register ${DISCOVERY}><str name='SN' value='${user}'/></register>`);
  await first.next((stanza) => stanza.is('presence') && stanza.attrs['type'] === 'subscribe');
  first.sendPresence({ type: answer, to: server.domain });
  const ours = () => rows(component.database, 'SELECT * FROM contact WHERE jid = ? AND ours != ?', first.bare, 'asked');
  await until(() => ours().length === 1, 'its answer is known');
  const again = await connectClient(server, user);
  running.push(first, again);
  return { user, bare: first.bare, again };
}

function sessionsOf(bare: string): string[] {
  const found = rows<{ session: string }>(component.database, 'SELECT session FROM session WHERE jid = ?', bare);
  return found.map(({ session }) => session);
}
