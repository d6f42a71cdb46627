import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { childElements, type Element } from '../../src/xmpp/element.js';
import { connectClient } from './harness/client.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentUnderTest, run, startComponent } from './harness/component-under-test.js';
import { answerWith, type Household, openHousehold, readAll, SENSOR_DATA } from './harness/sensors.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

let compiled: Compiled;
let server: Server;
let component: ComponentUnderTest;
let home: Household;
beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
  const settings = { THINGSTEAD_ADMINS: `admin@${server.host}`, THINGSTEAD_RETENTION_COUNT: '5000' };
  component = await startComponent(server, { settings });
  home = await openHousehold(server, false);
});
afterAll(async () => {
  await home?.stop();
  await component?.remove();
  await server?.stop();
  compiled?.remove();
});

const PASSWORD = 'correct horse battery staple';

/** Runs the command over an account, the owner's unless told, to its end. */
async function thingstead(args: readonly string[], jid = home.owner.bare) {
  const { child } = run(compiled.command, args, {
    THINGSTEAD_JID: jid,
    THINGSTEAD_PASSWORD: PASSWORD,
    THINGSTEAD_CLIENT_SERVICE: `xmpp://${server.address}:${server.c2sPort}`,
  });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text;
  });
  await once(child, 'close');
  return { status: child.exitCode, out, err };
}

/** A field of a time; every answer has another value. */
function fieldsXml(seqnr: string, time: string, type: string, value: string): string {
  const field = `<numeric name='T' ${type}='true' automaticReadout='true' value='${value}' unit='°C'/>`;
  return `<fields xmlns='${SENSOR_DATA}' seqnr='${seqnr}' done='true'><node nodeId='D'><timestamp value='${time}'>${field}</timestamp></node></fields>`;
}

function attributesOf(iq: Element | undefined): Record<string, unknown> {
  const [req] = iq === undefined ? [] : childElements(iq);
  const { seqnr: _seqnr, xmlns: _xmlns, ...others } = req?.attrs ?? {};
  return others;
}

let number = 0;

async function valuesKept(): Promise<string[]> {
  number += 1;
  const seqnr = String(number);
  const req = `<req xmlns='${SENSOR_DATA}' seqnr='${seqnr}' historical='true'/>`;
  await home.owner.iq('get', `${home.id}@${server.domain}`, req);
  const messages = await readAll(home.owner, seqnr);
  return messages.flatMap((message) =>
    [...String(message).matchAll(/value="([^"]*)" unit/g)].map(([, value]) => value ?? ''),
  );
}

describe('recording', () => {
  it('is begun from the command line, goes on after a restart, shows itself, and ends', async () => {
    let count = 0;
    const asked = answerWith(home.device, (seqnr) => {
      count += 1;
      return [fieldsXml(seqnr, `2026-01-01T00:00:0${count}Z`, 'momentary', `${count}.0`)];
    });
    const begun = await thingstead(['record', '--thing', home.id, '--period', '10s']);
    expect(begun).toMatchObject({ status: 0, err: '' });
    expect(begun.out).toContain('The Thing is read every 10s (momentary).');
    await until(() => asked.length >= 2, 'it is read for the second time', 15_000);
    // What is on its way while nobody is there is lost.
    await until(async () => (await valuesKept()).length >= 2, 'the second reading is kept');
    expect(attributesOf(asked[0])).toEqual({ momentary: 'true' });

    const before = asked.length;
    await component.restart();
    home.device.sendPresence();
    await until(() => asked.length > before, 'it is read after a restart', 15_000);
    await until(async () => (await valuesKept()).length >= 3, 'the third reading is kept');

    const present = await thingstead(['record', '--thing', `${home.id}@${server.domain}`, '--json']);
    expect(present.status).toBe(0);
    expect(JSON.parse(present.out)).toMatchObject({
      notes: [{ type: 'info' }],
      result: { period: '10s', type: 'momentary', outcome: '1 value was stored.' },
    });

    const ended = await thingstead(['record', '--thing', home.device.bare, '--period', 'off']);
    expect(ended).toEqual({
      status: 0,
      out: 'The Thing is not recorded any more; what was recorded is kept.\n',
      err: '',
    });
    expect((await valuesKept()).slice(0, 3)).toEqual(['1.0', '2.0', '3.0']);
  }, 60_000);
});

describe('backfill', () => {
  it("fetches and keeps a device's own memory of a time", async () => {
    const asked = answerWith(home.device, (seqnr) => [
      fieldsXml(seqnr, '2025-06-01T12:00:00Z', 'historicalHour', '-17.50'),
    ]);
    const period = ['--from', '2025-06-01', '--until', '2025-06-02T00:00:00+02:00', '--type', 'historicalHour'];
    expect(await thingstead(['backfill', '--thing', home.id, ...period])).toEqual({
      status: 0,
      out: '1 value was stored.\n',
      err: '',
    });
    expect(asked.map(attributesOf)).toEqual([
      { historicalHour: 'true', from: '2025-06-01T00:00:00Z', to: '2025-06-01T22:00:00Z' },
    ]);
    expect(await valuesKept()).toContain('-17.50');
  });
});

describe('retention', () => {
  it("is an administrator's to set and to show, on a Thing that nobody showed it", async () => {
    const admin = await connectClient(server, 'admin');
    const retention = async (...args: string[]) => {
      const { status, out, err } = await thingstead(['retention', '--thing', ...args], admin.bare);
      return [status, out.split('\n')[0], err];
    };
    const count = 'the newest 5000 of each field (as for all).';
    const generally = [0, `Readings are kept for ever (as for all), ${count}`, ''];
    const set = [0, `Readings are kept for 30 days (set for this Thing), ${count}`, ''];
    expect(await retention(home.id)).toEqual(generally);
    expect(await retention(home.device.bare, '--days', '30', '--yes')).toEqual(set);
    await component.restart();
    expect(await retention(`${home.id}@${server.domain}`)).toEqual(set);
    expect(await retention(home.id, '--days', '')).toEqual(generally);
    expect(await retention(home.id, '--count', 'few')).toMatchObject([2, '', expect.stringContaining('"few"')]);
    await admin.stop();
    expect(await thingstead(['retention', '--thing', home.id, '--days', '1'])).toMatchObject({ status: 4, out: '' });
  });
});

describe('the command line', () => {
  it('says with which status it ends, and why', async () => {
    const soon = await thingstead(['record', '--thing', home.id, '--period', 'soon']);
    expect(soon).toMatchObject({ status: 2, out: '' });
    expect(soon.err).toContain('"soon" is no period');

    const which = await thingstead(['record', '--period', '1h']);
    expect(which).toMatchObject({ status: 2, out: '' });
    expect(which.err).toContain(home.id);

    const bare = home.owner.bare.replace('owner', 'stranger');
    const stranger = await connectClient(server, bare.slice(0, bare.indexOf('@')));
    for (const [status, ...args] of [
      [1, 'record', '--thing', home.id],
      [4, 'record'],
      [1, 'backfill', '--thing', home.device.bare],
    ] as const) {
      const refused = await thingstead(args, bare);
      expect(refused).toMatchObject({ status, out: '' });
      expect(refused.err).not.toBe('');
    }
    await stranger.stop();
    expect((await thingstead(['record', '--colour', 'red'])).status).toBe(2);
    expect(await thingstead(['record', '--help'])).toMatchObject({ status: 0, err: '' });
  });

  it("lists one's Things", async () => {
    const { status, out } = await thingstead(['my-things']);
    expect(status).toBe(0);
    expect(out).toMatch(/^One Thing: .*\nId +Thing +JID/);
    expect(out).toContain(home.id);
  });
});
