import { createAnnouncer } from './domain/announcer.js';
import type { Blocks } from './domain/block.js';
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
import { createIds } from './ids.js';
import { limitsOf } from './limits.js';
import {
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
import type { Limited } from './metrics/table.js';
import type { Services } from './operations/context.js';
import { OPERATIONS } from './operations/index.js';
import { openPepper } from './store/pepper.js';
import { ucumUnits } from './units/ucum.js';
import { type AdjustableLog, createUpkeep } from './upkeep.js';
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
import { type Element, element } from './xmpp/element.js';
import { type Jid, parseJid } from './xmpp/jid.js';
import { createRouter } from './xmpp/router.js';
import { stanzaError } from './xmpp/stanza-error.js';

const NOT_ALONE = stanzaError(
  'resource-constraint',
  'Another connection serves this domain beside this one; its operator has to end one of them.',
);
const TOO_BUSY = stanzaError('resource-constraint', 'Too much is under way; try again in a minute.');
const STORE_UNAVAILABLE = stanzaError('resource-constraint', 'Nothing can be stored now; try again later.');

/** What the wiring needs of what lives and dies: the store, and the connection. */
export interface Surroundings {
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
    timers: TIMERS,
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
