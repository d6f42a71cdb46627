import { afterAll, beforeAll, expect, it } from 'vitest';
import { element } from '../../src/xmpp/element.js';
import { valueIn } from '../metrics/page.js';
import { type Client, connectClient } from './harness/client.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentProcess, startComponentProcess } from './harness/component-under-test.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

let compiled: Compiled;
let server: Server;
let component: ComponentProcess;
let device: Client;
beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
  component = await startComponentProcess(server, compiled, {
    settings: { THINGSTEAD_LOG_LEVEL: 'debug', THINGSTEAD_LOG_REDACT: 'jids' },
  });
  device = await connectClient(server, 'marker-device', { resource: 'marker-resource' });
});
afterAll(async () => {
  await device?.stop();
  await component?.remove();
  await server?.stop();
  compiled?.remove();
});

async function page(): Promise<string> {
  const response = await fetch(`${component.http}/metrics`);
  expect(response.status).toBe(200);
  return response.text();
}

/** How much each of these has grown while something was done. */
async function growth(names: readonly (readonly [name: string, labels?: string])[], act: () => Promise<unknown>) {
  const before = await page();
  await act();
  const after = await page();
  return names.map(([name, labels]) => (valueIn(after, name, labels) ?? 0) - (valueIn(before, name, labels) ?? 0));
}

const NS = 'urn:xmpp:iot:discovery';
const sn = (value: string) => element('str', { name: 'SN', value });
const key = element('str', { name: 'KEY', value: 'k' });

it('counts what comes in by what it comes to, and what is committed', async () => {
  const into = (kind: string, outcome: string) =>
    ['thingstead_stanzas_in_total', `kind="${kind}",outcome="${outcome}"`] as const;
  const begun = performance.now();
  const grown = await growth(
    [
      into('iq', 'result'),
      into('iq', 'item-not-found'),
      into('iq', 'service-unavailable'),
      into('message', 'registration-required'),
      ['thingstead_commit_units_count'],
      ['thingstead_commit_seconds_sum'],
      ['thingstead_sessions'],
    ],
    async () => {
      await device.iq('set', server.domain, element('mine', { xmlns: NS }, sn('nobody'), key));
      await device.iq('get', server.domain, element('x', { xmlns: 'urn:nobody:knows="this"' }));
      device.send(
        `<message to='${server.domain}' id='m'><fields xmlns='urn:xmpp:iot:sensordata' seqnr='1'><node nodeId=''>` +
          `<timestamp value='2026-01-01T00:00:00Z'><numeric name='T' value='1' unit='K'/></timestamp></node></fields></message>`,
      );
      await device.next((stanza) => stanza.attrs['id'] === 'm');
      await device.iq('set', server.domain, element('register', { xmlns: NS }, sn('1'), key));
      // Noted after the answer.
      await until(async () => valueIn(await page(), 'thingstead_sessions') === 1, 'the session is known');
    },
  );
  const [result = 0, notFound, unavailable, notRegistered, commits = 0, seconds, sessions] = grown;
  expect(result).toBeGreaterThanOrEqual(1);
  expect([notFound, unavailable, notRegistered, sessions]).toEqual([1, 1, 1, 1]);
  expect(commits).toBeGreaterThanOrEqual(1);
  // It is told in seconds: no more can pass in transactions than passed.
  expect(seconds).toBeLessThan((performance.now() - begun) / 1000);
});

it('counts readings that were stored, and none that were not', async () => {
  const owner = await connectClient(server, 'marker-owner');
  await owner.iq('set', server.domain, element('mine', { xmlns: NS, public: false }, sn('1'), key));
  const push = (id: string, value: string) =>
    `<message to='${server.domain}' id='${id}'><fields xmlns='urn:xmpp:iot:sensordata' seqnr='1'><node nodeId=''>` +
    `<timestamp value='2026-01-01T00:00:00Z'><numeric name='T' value='${value}' unit='K'/></timestamp></node></fields>` +
    `<request xmlns='urn:xmpp:receipts'/></message>`;
  const [stored] = await growth([['thingstead_readings_stored_total']], async () => {
    device.send(push('good', '1'));
    await device.next((stanza) => stanza.getChild('received')?.attrs['id'] === 'good');
    device.send(push('bad', 'no number'));
    await device.next((stanza) => stanza.attrs['id'] === 'bad');
  });
  expect(stored).toBe(1);
  await owner.stop();
});

it('says that it serves, and how the process does', async () => {
  const text = await page();
  expect(valueIn(text, 'thingstead_online')).toBe(1);
  expect(valueIn(text, 'thingstead_ready')).toBe(1);
  expect(valueIn(text, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  expect(text).not.toContain('marker');
});

it('writes a line about each stanza where the log is that fine, and no account in it', async () => {
  await until(() => component.log.some(({ asked }) => asked === 'x urn:nobody:knows="this"'), 'the line is written');
  const line = component.log.find(({ asked }) => asked === 'x urn:nobody:knows="this"');
  expect(line).toMatchObject({
    stanza: 'iq',
    type: 'get',
    outcome: 'service-unavailable',
    msg: 'a stanza was dealt with',
  });
  expect(line?.['from']).toMatch(/^jid-[0-9a-f]{10}@/);
  expect(JSON.stringify(component.log)).not.toContain('marker');
});
