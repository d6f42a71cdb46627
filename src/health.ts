import { createServer, type Server } from 'node:http';
import type { Log } from './xmpp/log.js';

/** What an operator's watchdog asks for over HTTP. */
export interface Health {
  /** Whether stanzas are served: authenticated, alone on the domain, and the store accepts writes. */
  readonly isReady: () => Promise<boolean>;
  /** What Prometheus is to have, and its media type. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
}

interface Page {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

/** Serves `/healthz` (the process answers), `/readyz` (it serves) and `/metrics` on an address of this machine. */
export async function serveHealth(
  { host, port }: { readonly host: string; readonly port: number },
  { isReady, metrics }: Health,
  log: Log,
): Promise<Server> {
  const pages: ReadonlyMap<string, () => Promise<Page>> = new Map([
    ['/healthz', async () => OK],
    ['/readyz', async () => ((await isReady()) ? OK : NOT_READY)],
    ['/metrics', async () => ({ status: 200, ...(await metrics()) })],
  ]);
  const server = createServer((request, response) => {
    const page = request.method === 'GET' ? pages.get(request.url ?? '') : undefined;
    const answer = ({ status, text, type = 'text/plain' }: Page) =>
      response.writeHead(status, { 'content-type': type }).end(text);
    if (page === undefined) answer({ status: 404, text: 'not found\n' });
    else
      page().then(answer, (error: unknown) => {
        log.error({ err: error, page: request.url }, 'health could not be told');
        answer(NOT_READY);
      });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  server.unref();
  return server;
}

const OK: Page = { status: 200, text: 'ok\n' };
const NOT_READY: Page = { status: 503, text: 'not ready\n' };
