import { createAnnouncer } from './domain/announcer.js';
import { type Blocks, createBlocks } from './domain/block.js';
import { createFailedClaims } from './domain/failed-claims.js';
import type { BareJid } from './domain/jid.js';
import { createNotifier } from './domain/notifier.js';
import { type Clock, type Store, StoreUnavailable } from './domain/ports.js';
import { createRates } from './domain/rates.js';
import { createReach } from './domain/reach.js';
import { createRecorder, RECORDER_SETTINGS } from './domain/recording/recorder.js';
import { createRefusals } from './domain/refusals.js';
import { createRegistry } from './domain/registry.js';
import { createRoom } from './domain/room.js';
import { createSessions } from './domain/sessions.js';
import { type ClaimedThing, isClaimed, type OwnershipId } from './domain/thing.js';
import { createTellOwners } from './domain/words/tell-owners.js';
import { watchEventLoop } from './event-loop.js';
import { serveHealth } from './health.js';
import { createIds } from './ids.js';
import { limitsOf } from './limits.js';
import {
  backupsOf,
  brokerSettings,
  type LiveSettings,
  liveAccess,
  liveFailedClaims,
  liveZones,
  mostThings,
  rateOf,
  reportLimits,
  retentionOf,
} from './live-settings.js';
import { createMetrics } from './metrics/metrics.js';
import type { Limited } from './metrics/table.js';
import type { Services } from './operations/context.js';
import { OPERATIONS } from './operations/index.js';
import { openPepper } from './store/pepper.js';
import { openSqliteStore } from './store/sqlite/index.js';
import { ucumUnits } from './units/ucum.js';
import { type AdjustableLog, createUpkeep } from './upkeep.js';
import { watchStanzas } from './watch-stanzas.js';
import type { CommandSession } from './xep/0050-commands/index.js';
import { createCommandSessions } from './xep/0050-commands/sessions.js';
import { createXmppBroker, TIMERS } from './xep/0323-sensor-data/broker.js';
import { readIotDisco } from './xep/0347-registry/iot-disco.js';
import { encodeAnnouncement } from './xep/announcement.js';
import { createChat } from './xep/chat.js';
import { protocols } from './xep/index.js';
import { createMessenger } from './xep/messenger.js';
import { createOver } from './xep/over.js';
import { createOnlineAnnouncer, createPresenceHandler } from './xep/presence/handler.js';
import { createCaller } from './xmpp/caller.js';
import { createConnection } from './xmpp/connection.js';
import { type Element, element } from './xmpp/element.js';
import { type Jid, parseJid } from './xmpp/jid.js';
import { createRarely } from './xmpp/rarely.js';
import { createRouter } from './xmpp/router.js';
import { type SoleConnectionOptions, watchSoleConnection } from './xmpp/sole-connection.js';
import { stanzaError } from './xmpp/stanza-error.js';

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

/** How long a graceful stop waits for work under way, in ms. */
const FINISH_MS = 3000;
const PURGE_EVERY_MS = 60_000;
const BLOCKS_EVERY_MS = 60_000;
/** Stanzas that are dealt with at a time: far more than wait for one commit, so those that wait for devices. */
const MOST_UNDER_WAY = 20_000;
const PURGE_ROWS = 1000;
/** Between two steps, in ms: long enough for what waits. */
const PURGE_PAUSE_MS = 20;

const NOT_ALONE = stanzaError(
  'resource-constraint',
  'Another connection serves this domain beside this one; its operator has to end one of them.',
);
const TOO_BUSY = stanzaError('resource-constraint', 'Too much is under way; try again in a minute.');
const STORE_UNAVAILABLE = stanzaError('resource-constraint', 'Nothing can be stored now; try again later.');

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
      await connection.stop();
      await refusals.stop();
      await store.close();
    },
  };
}

/** What the wiring needs of what lives and dies: the store, and the connection. */
interface Surroundings {
  readonly settings: LiveSettings;
  readonly log: AdjustableLog;
  readonly version: string;
  readonly store: Store;
  readonly blocks: Blocks;
  /** False where there is no connection. */
  readonly send: (stanza: Element) => boolean;
  readonly drained: () => Promise<void>;
  readonly inCompany: () => boolean;
  /** Whether so much is under way that nothing is begun for others than administrators. */
  readonly isBusy: () => boolean;
  readonly onLimited: (limit: Limited, from: BareJid) => void;
  readonly onHandled: (stanza: Element, outcome: string, since: number) => void;
  readonly onFault: (error: unknown) => void;
}

/** Joins the rules, the store and the protocols. Nothing runs yet. Exported for tests that need no stream. */
export function assemble({
  settings,
  log,
  version,
  store,
  blocks,
  send,
  drained,
  inCompany,
  isBusy,
  onLimited,
  onHandled,
  onFault,
}: Surroundings) {
  const config = settings.now; // for what needs a restart
  const { domain } = config;
  const self = domain as BareJid; // Config holds domains in stringprep form
  const digest = openPepper(config.pepper);
  const clock: Clock = { now: Date.now };
  const ownDomains = [domain.slice(domain.indexOf('.') + 1)];
  const ids = createIds();
  const access = liveAccess(settings, blocks.has);
  const refusals = createRefusals(store.audit, clock, TIMERS, onFault);
  const amountOf = rateOf(settings);
  const rates = createRates({
    amountOf,
    isExempt: access.isAdministrator,
    ownDomains,
    clock: { now: () => performance.now() },
    onOver: (name, who) => onLimited(name, who.jid),
  });
  const over = createOver(rates, amountOf);
  const caller = createCaller(send);
  const messenger = createMessenger(caller, send, self);
  const announceOnline = createOnlineAnnouncer({
    domain,
    contacts: store.contacts,
    things: store.things,
    access,
    send,
  });
  const sessions = createSessions({
    store: store.sessions,
    clock,
    onChange: (jid, isOnline) => {
      broker.deviceChanged(jid, isOnline);
      announceOnline(jid, isOnline).catch(onFault);
    },
  });
  const notifier = createNotifier({
    notices: store.notices,
    things: store.things,
    sessions,
    messenger,
    clock,
    onFault,
  });
  const registry = createRegistry({
    things: store.things,
    sessions,
    digest,
    notifier,
    messenger,
    failedClaims: liveFailedClaims(settings, (limits) =>
      createFailedClaims(store.failedClaims, clock, ownDomains, limits),
    ),
    clock,
    ids,
    get keylessClaims() {
      return settings.now.keylessClaims;
    },
    room: createRoom(store.things, mostThings(settings)),
    refusals,
    log,
    onFault,
  });
  const reach = createReach({
    things: store.things,
    sessions,
    contacts: store.contacts,
    notifier,
    sendPresence: (type, to) => send(element('presence', { type, from: domain, to })),
  });

  const zoneOf = liveZones(settings);
  const units = ucumUnits();
  const tellOwners = createTellOwners({
    words: store.words,
    access,
    send: createChat(send, self),
    clock,
    timers: TIMERS,
    onFault,
  });
  const broker = createXmppBroker({
    domain: self,
    clockMistaken: tellOwners.clockMistaken,
    store,
    access,
    sessions,
    heard: reach.heard,
    caller,
    clock,
    zoneOf,
    units,
    send,
    drained,
    settings: brokerSettings(settings),
    log,
    onFault,
  });

  const recorder = createRecorder({
    things: store.things,
    recordings: store.recordings,
    sessions,
    read: (thing, types) => broker.collect({ thing, types }),
    clock,
    timers: TIMERS,
    settings: RECORDER_SETTINGS,
    onFault,
  });
  const upkeep = createUpkeep(settings, log, store.backups);
  const commandSessions = createCommandSessions<CommandSession>(clock);
  const started = clock.now();
  const eventLoopDelay = watchEventLoop();
  const services: Services = {
    store,
    access,
    blocks,
    refusals,
    broker,
    units,
    recorder,
    registry,
    reach,
    notifier,
    digest,
    ids,
    get retention() {
      return retentionOf(settings.now);
    },
    upkeep,
    load() {
      const { rss, heapUsed } = process.memoryUsage();
      return {
        version,
        uptimeMs: clock.now() - started,
        memory: { rss, heap: heapUsed },
        eventLoopDelay: eventLoopDelay(),
        readOuts: broker.use(),
        commandSessions: commandSessions.use(),
      };
    },
    limits: () => limitsOf(settings),
    announcer: createAnnouncer({
      contacts: store.contacts,
      things: store.things,
      access,
      tell: (jid, announcement) => send(encodeAnnouncement(self, settings.now.name, jid, announcement)),
      drained,
      timers: TIMERS,
    }),
    clock,
    timers: TIMERS,
    zoneOf,
    domain: self,
    readIotDisco,
    bareJid: (text) => {
      const jid = parseJid(text);
      return jid?.resource === '' ? jid.bare : undefined;
    },
    onFault,
  };

  async function resolve(local: string, from: Jid): Promise<ClaimedThing | undefined> {
    const thing = await store.things.byOwnership(local as OwnershipId);
    const asker = { jid: from.bare, domain: from.domain };
    return isClaimed(thing) && access.may(asker, 'see', thing) ? thing : undefined;
  }

  function note(from: Jid, to: Jid, action: string, outcome: string): Promise<void> {
    return refusals.note({ actor: from.full, action, subject: to.bare, outcome });
  }

  const handlePresence = createPresenceHandler({
    domain,
    reach,
    contacts: store.contacts,
    sessions,
    things: store.things,
    access,
    send,
  });
  const router = createRouter<ClaimedThing>({
    domain,
    protocols: protocols({
      domain: self,
      name: () => settings.now.name,
      version,
      store,
      access,
      caller,
      registry,
      notifier,
      reach,
      sessions,
      broker,
      tellOwners,
      refusals,
      reportLimits: reportLimits(settings),
      over,
      commands: { operations: OPERATIONS, services, sessions: commandSessions },
      zoneOf,
      clock,
      send,
      log,
      onFault,
    }),
    mayUse: (from) => access.mayUse({ jid: from.bare, domain: from.domain }),
    resolve,
    onUnresolved: (from, to, asked) => void note(from, to, asked, 'item-not-found'),
    onBarred: (from, to, asked) => void note(from, to, asked, 'forbidden'),
    onPresence: (presence) => {
      if (presence.type === 'unavailable') broker.readerGone(presence.from.full);
      return handlePresence(presence);
    },
    onReply: (stanza) => caller.receive(stanza),
    closed: (from) => {
      if (inCompany()) return NOT_ALONE;
      if (!isBusy() || access.isAdministrator(from.bare)) return undefined;
      onLimited('under-way', from.bare);
      return TOO_BUSY;
    },
    over,
    onHandled,
    explain: (error) => (error instanceof StoreUnavailable ? STORE_UNAVAILABLE : undefined),
    send,
    log,
  });

  return { router, caller, notifier, reach, broker, recorder, tellOwners, upkeep, refusals, commandSessions };
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
