import type { Config } from '../config.js';
import type { Finding } from '../domain/finding.js';
import { isLocked } from '../store/sqlite/index.js';
import { greet, tryToJoin } from '../xmpp/try-connection.js';

/** How long a component that runs has to say how it is, in ms. */
const HEALTH_MS = 5_000;
const about = 'connection';
const TODO = 'Compare service, domain and secret with the component listener of the server; see its log.';

/**
 * Whether the server lets the component in. Where one runs, it is asked, and nothing is done that it would notice: a server
 * such as ejabberd takes a second connection for the domain, deals stanzas to both, and withdraws the presence grant.
 *
 * @param join whether the server may be joined where no component runs.
 */
export async function* checkConnection(config: Config, join: boolean): AsyncGenerator<Finding> {
  const health = await healthOf(config);
  if (health === 'ready') {
    yield { level: 'ok', about, words: 'the component runs, and is ready; the server was left alone' };
    return;
  }
  if (health === 'not ready') {
    yield { level: 'fault', about, words: 'the component runs, and is not ready', todo: 'Its log says why.' };
  }
  const runs = health !== undefined || isLocked(config.database);
  yield runs || !join ? await greeted(config, runs) : await joined(config);
}

async function greeted(config: Config, runs: boolean): Promise<Finding> {
  const why = await greet(config);
  if (why !== undefined) return { level: 'fault', about, words: why, todo: TODO };
  const untried = runs ? 'as a component runs' : 'as was asked';
  return { level: 'ok', about, words: `${config.service} takes components; the secret was not tried, ${untried}` };
}

async function joined(config: Config): Promise<Finding> {
  const why = await tryToJoin(config);
  if (why !== undefined) return { level: 'fault', about, words: why, todo: TODO };
  return { level: 'ok', about, words: `${config.service} lets it in as ${config.domain}` };
}

/** What the component itself says; undefined where none answers. */
async function healthOf({ http }: Config): Promise<'ready' | 'not ready' | undefined> {
  if (http === undefined) return undefined;
  const host = http.host.includes(':') ? `[${http.host}]` : http.host;
  try {
    const answer = await fetch(`http://${host}:${http.port}/readyz`, { signal: AbortSignal.timeout(HEALTH_MS) });
    await answer.arrayBuffer();
    return answer.status === 200 ? 'ready' : answer.status === 503 ? 'not ready' : undefined;
  } catch {
    return undefined;
  }
}
