import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { element } from '../../src/xmpp/element.js';
import { decodeError } from '../../src/xmpp/stanza-error.js';
import { valueIn } from '../metrics/page.js';
import { type Client, connectClient } from './harness/client.js';
import { type Compiled, compilePackage } from './harness/compiled.js';
import { type ComponentProcess, startComponentProcess } from './harness/component-under-test.js';
import { rows } from './harness/database.js';
import { type Server, startServer } from './harness/server.js';
import { until } from './harness/until.js';

const NS = 'urn:xmpp:iot:discovery';
let compiled: Compiled;
let server: Server;
let component: ComponentProcess;
let device: Client;
beforeAll(async () => {
  compiled = compilePackage();
  server = await startServer();
  component = await startComponentProcess(server, compiled);
  device = await connectClient(server, 'device');
});
afterAll(async () => {
  await device?.stop();
  await component?.remove();
  await server?.stop();
  compiled?.remove();
});

/** Bounds the size of the files that the process may write: to what there is, as a full disk does, or no more. */
function disk(state: 'full' | 'roomy'): void {
  const bytes = state === 'full' ? statSync(`${component.database}-wal`).size + 100 : 'unlimited';
  execFileSync('prlimit', ['--pid', String(component.pid), `--fsize=${bytes}:unlimited`]);
}

async function register(serial: string) {
  const answer = await device.iq(
    'set',
    server.domain,
    element('register', { xmlns: NS, nodeId: serial }, element('str', { name: 'SN', value: serial })),
  );
  return answer.attrs['type'] === 'error' ? decodeError(answer) : 'registered';
}

it('stops what writes with words for its senders, and nothing else, and goes on when there is room', async () => {
  expect(await register('before')).toBe('registered');
  disk('full');
  const refused = await Promise.all(Array.from({ length: 20 }, (_, n) => register(`full-${n}`)));
  for (const each of refused) {
    expect(each).toMatchObject({ condition: 'resource-constraint', type: 'wait' });
  }
  await until(async () => !(await component.isReady()), '/readyz says so');
  const ping = await device.iq('get', server.domain, element('ping', { xmlns: 'urn:xmpp:ping' }));
  expect(ping.attrs['type']).toBe('result');
  const page = await (await fetch(`${component.http}/metrics`)).text();
  expect(valueIn(page, 'thingstead_commit_failures_total')).toBeGreaterThan(0);
  expect(valueIn(page, 'thingstead_ready')).toBe(0);
  expect(component.log.filter(({ msg }) => msg === 'a stanza could not be dealt with now')).toHaveLength(1);

  disk('roomy');
  await until(() => component.isReady(), '/readyz says that there is room');
  expect(await register('after')).toBe('registered');
  await component.kill();
  const kept = rows<{ node_id: string }>(component.database, 'SELECT node_id FROM thing ORDER BY id');
  expect(kept.map(({ node_id }) => node_id)).toEqual(['before', 'after']);
});
