import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { serveHealth } from '../src/health.js';

let server: Server;
let isReady: () => Promise<boolean>;
let errors: object[];
const metrics = async () => ({ type: 'text/x-metrics', text: 'up 1\n' });
beforeEach(async () => {
  isReady = async () => true;
  errors = [];
  const ignore = (): void => undefined;
  const log = { debug: ignore, info: ignore, warn: ignore, error: (details: object) => void errors.push(details) };
  server = await serveHealth({ host: '127.0.0.1', port: 0 }, { isReady: () => isReady(), metrics }, log);
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function port(): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function get(path: string, method = 'GET') {
  const response = await fetch(`http://127.0.0.1:${port()}${path}`, { method });
  return { status: response.status, text: await response.text() };
}

/** The status of a request as it is written, which `fetch` would put in order. */
async function statusOf(requestLine: string): Promise<string | undefined> {
  const socket = connect(port(), '127.0.0.1').setEncoding('utf8');
  socket.end(`${requestLine}\r\nHost: x\r\nConnection: close\r\n\r\n`);
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return /^HTTP\/1\.1 (\d+)/.exec(String(answer))?.[1];
}

it('says that the process lives, ready or not', async () => {
  isReady = async () => false;
  expect(await get('/healthz')).toEqual({ status: 200, text: 'ok\n' });
});

it('says whether it serves', async () => {
  expect(await get('/readyz')).toEqual({ status: 200, text: 'ok\n' });
  isReady = async () => false;
  expect(await get('/readyz')).toEqual({ status: 503, text: 'not ready\n' });
});

it('has the metrics, of their media type', async () => {
  expect(await get('/metrics')).toEqual({ status: 200, text: 'up 1\n' });
  expect((await fetch(`http://127.0.0.1:${port()}/metrics`)).headers.get('content-type')).toBe('text/x-metrics');
});

it('is not ready where that cannot be told, and logs why', async () => {
  isReady = async () => Promise.reject(new Error('disk'));
  expect(await get('/readyz')).toEqual({ status: 503, text: 'not ready\n' });
  expect(errors).toMatchObject([{ err: { message: 'disk' } }]);
});

it.each([
  '/',
  '/readyz/',
  '/READYZ',
  '/readyz/../healthz2',
  '//readyz',
  '/metrics?a',
  '/metrics/',
  '/__proto__',
  '/constructor',
])('has nothing at %s', async (path) => expect((await get(path)).status).toBe(404));

it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('answers no %s', async (method) => {
  expect((await get('/readyz', method)).status).toBe(404);
  expect((await get('/metrics', method)).status).toBe(404);
});

it.each(['GET constructor HTTP/1.1', 'GET * HTTP/1.1', 'GET http://x/readyz HTTP/1.1'])(
  'takes %s for no page of it',
  async (line) => expect(await statusOf(line)).toMatch(/^40[04]$/),
);

it('says so where the port is taken', async () => {
  const again = serveHealth({ host: '127.0.0.1', port: port() }, { isReady, metrics }, console);
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
