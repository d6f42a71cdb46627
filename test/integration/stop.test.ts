import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Client, connectClient, resultOf } from './harness/client.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentProcess, startComponentProcess } from './harness/component-under-test.js';
import { rows } from './harness/database.js';
import { type Household, openHousehold, SENSOR_DATA } from './harness/sensors.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

/** What an operator, and a service manager, is promised: a stop takes no longer, in ms. */
const PROMISED_MS = 5000;
const DISCOVERY = 'urn:xmpp:iot:discovery';
let compiled: Compiled;
let server: Server;
beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
});
afterAll(async () => {
  await server?.stop();
  compiled?.remove();
});

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  await server.resume();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function started(): Promise<ComponentProcess> {
  const component = await startComponentProcess(server, compiled);
  cleanups.push(() => component.remove());
  return component;
}

/** @returns its exit status, and whether it ended in the time that is promised. */
async function stopped(component: ComponentProcess) {
  const since = performance.now();
  const status = await component.terminate();
  return { status, inTime: performance.now() - since < PROMISED_MS };
}

const GOOD = { status: 0, inTime: true };

describe('a stop while the server hangs', () => {
  it('ends in time, with status 0', async () => {
    const component = await started();
    await server.pause();
    expect(await stopped(component)).toEqual(GOOD);
  });

  it('ends in time where somebody is being sent more than the server takes', async () => {
    const component = await started();
    const home = await openHousehold(server, false);
    cleanups.push(() => home.stop());
    home.owner.onIq('urn:xmpp:ping', 'ping', (iq) => resultOf(iq));
    await storeMuch(home);
    const history = "historical='true' historicalOther='true' from='2026-01-01T00:00:00Z' to='2026-02-01T00:00:00Z'";
    const req = `<req xmlns='${SENSOR_DATA}' seqnr='7' ${history}/>`;
    await home.owner.iq('get', `${home.id}@${server.domain}`, req);
    await home.owner.next((stanza) => stanza.getChild('fields') !== undefined);
    await server.pause();
    expect(await stopped(component)).toEqual(GOOD);
  });
});

describe('a stop while the store is busy', () => {
  it('ends in time, and what was answered is there', async () => {
    const component = await started();
    const client = await connectClient(server, 'gateway');
    cleanups.push(() => client.stop());
    const answered: string[] = [];
    const asked = Array.from({ length: 1500 }, (_, n) => register(client, String(n), answered));
    await until(() => answered.length > 0, 'the first is registered');
    expect(await stopped(component)).toEqual(GOOD);
    await Promise.allSettled(asked);
    const kept = rows<{ node_id: string }>(component.database, 'SELECT node_id FROM thing').map((row) => row.node_id);
    expect(answered.filter((nodeId) => !kept.includes(nodeId))).toEqual([]);
  });
});

async function register(client: Client, nodeId: string, answered: string[]): Promise<void> {
  const payload = `<register xmlns='${DISCOVERY}' nodeId='${nodeId}'><str name='SN' value='${nodeId}'/></register>`;
  const answer = await client.iq('set', server.domain, payload);
  if (answer.attrs['type'] === 'result') answered.push(nodeId);
}

/** Pushes 20 MB of texts, more than the buffers between here and the server hold. */
async function storeMuch({ device }: Household): Promise<void> {
  const text = 'x'.repeat(50_000);
  for (let message = 0; message < 100; message++) {
    const fields = [0, 1, 2, 3].map((n) => `<string name='F${n}' automaticReadout='true' value='${text}'/>`).join('');
    const at = new Date(Date.UTC(2026, 0, 1, 0, 0, message)).toISOString();
    device.send(
      `<message to='${server.domain}' id='p${message}'><fields xmlns='${SENSOR_DATA}' seqnr='1'><node nodeId=''>` +
        `<timestamp value='${at}'>${fields}</timestamp></node></fields><request xmlns='urn:xmpp:receipts'/></message>`,
    );
    await device.next((stanza) => stanza.getChild('received')?.attrs['id'] === `p${message}`);
  }
}
