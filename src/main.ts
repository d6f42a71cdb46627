import { assemble } from './assemble.js';
import { createBlocks } from './domain/block.js';
import { serveHealth } from './health.js';
import { backupsOf, type LiveSettings, retentionOf } from './live-settings.js';
import { createMetrics } from './metrics/metrics.js';
import { openSqliteStore } from './store/sqlite/index.js';
import type { AdjustableLog } from './upkeep.js';
import { watchStanzas } from './watch-stanzas.js';
import { createConnection } from './xmpp/connection.js';
import type { Element } from './xmpp/element.js';
import { createRarely } from './xmpp/rarely.js';
import { type SoleConnectionOptions, watchSoleConnection } from './xmpp/sole-connection.js';

/** A component that runs. */
export interface Running {
  /** Resolves when it has joined its server for the first time, or was stopped before. */
  readonly joined: Promise<void>;
  /** Whether stanzas are served: authenticated, alone on the domain, and the store accepts writes. */
  isReady(): Promise<boolean>;
  /** Reads the settings again; the log tells what came of it. */
  reload(): void;
  /** Takes no new work, finishes what is under way, and closes everything. */
  stop(): Promise<void>;
}

/** For tests, which cannot wait a minute: how often and how patiently it looks whether it is alone on its domain. */
export type Tuning = Pick<SoleConnectionOptions, 'interval' | 'timeout'>;

/** The address for health cannot be used; the message is for the operator. */
export class UnusableAddress extends Error {}

/**
 * How long a graceful stop waits for work under way, and then for the server's goodbye, in ms: together with what the
 * store takes to close they are less than five seconds, whatever hangs.
 */
const FINISH_MS = 2500;
const GOODBYE_MS = 1500;
const PURGE_EVERY_MS = 60_000;
const BLOCKS_EVERY_MS = 60_000;
/** Stanzas that are dealt with at a time: far more than wait for one commit, so those that wait for devices. */
const MOST_UNDER_WAY = 20_000;
const PURGE_ROWS = 1000;
/** Between two steps, in ms: long enough for what waits. */
const PURGE_PAUSE_MS = 20;

/**
 * Puts the component together and starts it: the one place that knows every layer.
 *
 * @returns when it has begun to join its server.
 * @throws UnusableData or UnusableAddress, in words for the operator.
 */
export async function start(
  settings: LiveSettings,
  log: AdjustableLog,
  version: string,
  tuning: Tuning = {},
): Promise<Running> {
  const config = settings.now;
  const { domain } = config;
  const metrics = createMetrics({
    underWay: () => underWay.size,
    online: () => Number(connection.online),
    ready: async () => Number(await isReady()),
    commitWaiting: () => store.overview.backlog().changes,
    unsealed: () => store.overview.backlog().unsealedBytes,
    sessions: () => store.overview.backlog().sessions,
    notices: () => store.overview.backlog().notices,
    queued: () => store.overview.backlog().queued,
    readOuts: () => broker.use().total ?? 0,
    commands: () => commandSessions.size,
  });
  const rarely = createRarely();
  const store = openSqliteStore({
    watch: metrics,
    file: config.database,
    sealFrom: config.readingsUnsealed,
    log: { error: (words) => log.error({}, words), info: (words) => log.info({}, words) },
    get retentionEndedMs() {
      return settings.now.retentionEndedMs;
    },
    get retention() {
      return retentionOf(settings.now);
    },
    get retentionAudit() {
      return settings.now.retentionAudit;
    },
    get backups() {
      return backupsOf(settings.now);
    },
  });
  const onFault = (error: unknown): void => log.error({ err: error }, 'a task in the background failed');
  const send = (stanza: Element): boolean => {
    const isSent = connection.send(stanza);
    metrics.stanzaOut(stanza.name, isSent);
    return isSent;
  };
  const blocks = createBlocks(store.blocks);
  await blocks.refresh();
  const { router, caller, notifier, reach, broker, recorder, tellOwners, upkeep, refusals, commandSessions } = assemble(
    {
      settings,
      log,
      version,
      store,
      blocks,
      send,
      drained: () => connection.drained(),
      inCompany: () => sole.inCompany,
      onHandled: watchStanzas(metrics, log),
      isBusy: () => underWay.size > MOST_UNDER_WAY,
      onLimited: (limit, from) => {
        metrics.limited(limit);
        rarely(limit, (times) => log.warn({ limit, from, ...times }, 'limited'));
      },
      onFault,
    },
  );

  const underWay = new Set<Promise<void>>();
  let stopping = false;
  function onStanza(stanza: Element): void {
    if (sole.handle(stanza) || stopping) return;
    const work = router.receive(stanza).finally(() => underWay.delete(work));
    underWay.add(work);
  }

  const connection = createConnection({
    service: config.service,
    domain,
    secret: config.secret,
    log,
    onStanza,
    onOnline: () => {
      sole.online();
      recorder.resume();
      tellOwners.resume();
      Promise.all([notifier.resume(), reach.probeAll(), broker.resume()]).catch(onFault);
    },
    onOffline: () => {
      metrics.disconnected();
      sole.offline();
      recorder.pause();
      tellOwners.pause();
      caller.lost();
    },
  });
  const sole = watchSoleConnection({
    domain,
    send,
    reconnect: (reason) => connection.reconnect(reason),
    onChange: () => undefined,
    log,
    ...tuning,
  });

  let isPurging = false;
  async function purge(): Promise<void> {
    if (isPurging) return;
    isPurging = true;
    try {
      while (!stopping && (await store.purge(PURGE_ROWS))) await new Promise((go) => setTimeout(go, PURGE_PAUSE_MS));
    } finally {
      isPurging = false;
    }
  }
  const purging = setInterval(() => void purge().catch(onFault), PURGE_EVERY_MS);
  purging.unref();
  // Others may share the store.
  const refreshing = setInterval(() => void blocks.refresh().catch(onFault), BLOCKS_EVERY_MS);
  refreshing.unref();

  const isReady = async () => connection.online && sole.alone && (await store.accepts());
  const health =
    config.http === undefined ? undefined : await serveHealthAt(config.http, { isReady, metrics: metrics.page }, log);

  return {
    joined: connection.start(),
    isReady,
    reload: () => void upkeep.reload(),
    async stop() {
      stopping = true;
      clearInterval(purging);
      clearInterval(refreshing);
      sole.stop();
      health?.close();
      const finished = Promise.all([recorder.stop(), broker.stop()])
        .then(() => Promise.allSettled(underWay))
        .then(() => tellOwners.stop());
      caller.stop();
      await Promise.race([finished, new Promise((resolve) => setTimeout(resolve, FINISH_MS).unref())]);
      await connection.stop(GOODBYE_MS);
      await refusals.stop();
      await store.close();
    },
  };
}

async function serveHealthAt(
  ...[address, health, log]: Parameters<typeof serveHealth>
): ReturnType<typeof serveHealth> {
  try {
    return await serveHealth(address, health, log);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const words = `http: health cannot be served at ${address.host}:${address.port} (${why}). Name another address, or off.`;
    throw new UnusableAddress(words, { cause: error });
  }
}
