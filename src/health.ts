import { createServer, type Server } from 'node:http';
import type { Log } from './xmpp/log.js';

/** What an operator's watchdog asks for over HTTP. */
export interface Health {
  /** Whether stanzas are served: authenticated, alone on the domain, and the store accepts writes. */
  readonly isReady: () => Promise<boolean>;
}

/** Serves `/healthz` (the process answers) and `/readyz` (it serves) on an address of this machine. */
export async function serveHealth(
  { host, port }: { readonly host: string; readonly port: number },
  { isReady }: Health,
  log: Log,
): Promise<Server> {
  const pages: Readonly<Record<string, () => Promise<boolean>>> = {
    '/healthz': async () => true,
    '/readyz': isReady,
  };
  const server = createServer((request, response) => {
    const page = request.method === 'GET' ? pages[request.url ?? ''] : undefined;
    const answer = (status: number, text: string) => response.writeHead(status).end(`${text}\n`);
    if (page === undefined) answer(404, 'not found');
    else
      page().then(
        (good) => answer(good ? 200 : 503, good ? 'ok' : 'not ready'),
        (error: unknown) => {
          log.error({ err: error }, 'health could not be told');
          answer(503, 'not ready');
        },
      );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  server.unref();
  return server;
}
