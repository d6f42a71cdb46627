import { createHmac } from 'node:crypto';
import { createAnnouncer } from '../../../src/domain/announcer.js';
import type { BackedUp } from '../../../src/domain/backup.js';
import { createFailedClaims } from '../../../src/domain/failed-claims.js';
import type { BareJid, FullJid } from '../../../src/domain/jid.js';
import type { Use } from '../../../src/domain/overview.js';
import type { Messenger, Told } from '../../../src/domain/ports.js';
import type { Collected } from '../../../src/domain/read-out/collect.js';
import type { NodeName } from '../../../src/domain/reading.js';
import { createRegistry } from '../../../src/domain/registry.js';
import { createSessions } from '../../../src/domain/sessions.js';
import type { ClaimedThing, Tag } from '../../../src/domain/thing.js';
import { UTC, zonesOfThings } from '../../../src/domain/time-zone.js';
import { createIds } from '../../../src/ids.js';
import type { Services } from '../../../src/operations/context.js';
import { OPERATIONS } from '../../../src/operations/index.js';
import type { Limits } from '../../../src/operations/load.js';
import type { Operation } from '../../../src/operations/operation.js';
import type { Reloaded } from '../../../src/operations/upkeep.js';
import { discoProtocol } from '../../../src/xep/0030-disco/index.js';
import { type Action, type CommandAnswer, decodeAnswer, encodeRequest } from '../../../src/xep/0050-commands/codec.js';
import { type CommandSession, commandsProtocol } from '../../../src/xep/0050-commands/index.js';
import { createCommandSessions, SESSION_LIMITS } from '../../../src/xep/0050-commands/sessions.js';
import { readIotDisco } from '../../../src/xep/0347-registry/iot-disco.js';
import type { DataForm } from '../../../src/xmpp/data-form.js';
import { childElements, type Element, serialize } from '../../../src/xmpp/element.js';
import { parseJid } from '../../../src/xmpp/jid.js';
import type { Protocol } from '../../../src/xmpp/protocol.js';
import { decodeError } from '../../../src/xmpp/stanza-error.js';
import { bare, createBench, DOMAIN } from '../bench.js';
import { payloadOf } from '../stanza-files.js';
import { createStageBroker } from './stage-broker.js';

export const OWNER = 'owner@example.org/phone';

/** What a device was asked for, by a command. */
export type Collect = Parameters<Services['broker']['collect']>;

export interface Step {
  readonly from?: string;
  readonly to?: string;
  readonly sessionid?: string;
  readonly action?: Action;
  /** Submitted. */
  readonly values?: Readonly<Record<string, string | readonly string[]>>;
  readonly form?: DataForm;
}

/** An answer to a command, or why it was refused: `condition` and the specific one. */
export type Played = CommandAnswer | { readonly condition: string; readonly type: string; readonly specific?: string };

/** Commands on a real store, behind a router, with a clock and devices that the test commands. */
export function createStage(operations: readonly Operation[] = OPERATIONS, { file = ':memory:' } = {}) {
  const bench = createBench({ file });
  const alarms: { readonly at: number; readonly run: () => void }[] = [];
  const collected: Collect[] = [];
  const woken: string[] = [];
  const clock = { now: () => stage.now };
  const notifier = { wake: async (jid: BareJid) => void woken.push(jid), hold: () => () => undefined };
  const sessions = createSessions({ store: bench.store.sessions, clock, onChange: () => undefined });
  const onFault = (error: unknown): void => {
    throw error;
  };
  const digest = { of: async (text: string) => createHmac('sha256', 'pepper').update(text).digest('base64url') };
  const registry = createRegistry({
    things: bench.store.things,
    sessions,
    digest,
    notifier,
    messenger: {
      tell: async (...told) => {
        stage.told.push(told);
        return stage.answer(...told);
      },
    },
    failedClaims: createFailedClaims(bench.store.failedClaims, clock, ['example.org'], {
      perJid: 10,
      perDomain: 100,
      inTotal: 1000,
    }),
    clock,
    ids: createIds(),
    keylessClaims: false,
    refusals: bench.refusals,
    log: { info: (details) => void bench.logged.push(details) },
    onFault,
  });
  const commandSessions = createCommandSessions<CommandSession>(clock);
  const devices = createStageBroker({
    ...bench,
    clock,
    sessions,
    timers: { after: (ms, run) => services.timers.after(ms, run) },
    zoneOf: (thing) => services.zoneOf(thing),
    bareJid: (text) => services.bareJid(text),
    onFault,
  });
  const services: Services = {
    store: bench.store,
    access: bench.access,
    blocks: bench.blocks,
    refusals: bench.refusals,
    registry,
    reach: { forgetIfLast: async (jid) => void stage.forgotten.push(jid) },
    units: devices.units,
    broker: {
      ...devices.broker,
      collect: (...asked) => {
        collected.push(asked);
        return stage.collect(...asked);
      },
    },
    recorder: {
      changed: () => {
        stage.changes += 1;
      },
    },
    notifier,
    digest,
    ids: createIds(),
    retention: { days: 'off', count: 'off' },
    load: () => ({ ...stage.load, commandSessions: commandSessions.use() }),
    limits: () => stage.limits,
    upkeep: {
      logLevel: 'info',
      setLogLevel: (level) => void Object.assign(services.upkeep, { logLevel: level }),
      reload: () => stage.reload(),
      backUp: () => stage.backUp(),
    },
    announcer: createAnnouncer({
      contacts: bench.store.contacts,
      things: bench.store.things,
      access: bench.access,
      tell: (jid, { text }) => stage.announced.push(`${jid}: ${text}`) > 0,
      drained: async () => undefined,
      timers: { after: (ms, run) => services.timers.after(ms, run) },
    }),
    clock,
    timers: {
      after(ms, run) {
        const alarm = { at: stage.now + ms, run };
        alarms.push(alarm);
        return () => void (alarms.includes(alarm) && alarms.splice(alarms.indexOf(alarm), 1));
      },
    },
    zoneOf: zonesOfThings(UTC),
    domain: DOMAIN,
    readIotDisco,
    bareJid: (text) => {
      const jid = parseJid(text);
      return jid?.resource === '' ? jid.bare : undefined;
    },
    onFault,
  };
  const table: readonly Protocol<ClaimedThing>[] = [
    discoProtocol({ ...bench, domain: DOMAIN, name: () => 'The place', protocols: () => table }),
    commandsProtocol({ operations, services, sessions: commandSessions }),
  ];

  async function send(payload: Element | string, { from = OWNER, to = DOMAIN as string } = {}, type = 'set') {
    const text = typeof payload === 'string' ? payload : serialize(payload);
    return bench.ask(table, `<iq type='${type}' id='c1' from='${from}' to='${to}'>${text}</iq>`);
  }

  const stage = {
    ...bench,
    now: Date.UTC(2026, 0, 1, 12),
    changes: 0,
    load: {
      version: '0.0.0',
      uptimeMs: 61_000,
      memory: { rss: 2e6, heap: 1e6 },
      eventLoopDelay: { p50: 0.25, p99: 12.5 },
      readOuts: { total: 0 } as Use,
    },
    limits: {
      stanza: { maxStanza: 1000, maxDepth: 10 },
      commandSessions: SESSION_LIMITS,
      readOuts: { perAsker: 100, perDevice: 4, deadlineMs: 30_000 },
      report: { itemsPerMessage: 10_000, text: 65_536 },
      request: { nodesPerRequest: 100, fieldsPerRequest: 1000 },
      failedClaims: { perJid: 10, perDomain: 100, inTotal: 1000 },
      rates: { iqs: 100, messages: 100, presence: 50, registrations: 1000, readings: 'off' },
      things: 5000,
      retentionEndedMs: 30 * 24 * 60 * 60 * 1000,
      retentionAudit: 'off',
    } as Limits,
    announced: [] as string[],
    reload: (): Reloaded => ({ outcome: 'done', changed: [], waiting: [] }),
    backUp: async (): Promise<BackedUp> => ({ outcome: 'under-way' }),
    services,
    /** A real broker but for `collect`, with the devices and readers that the test plays. */
    devices,
    collected,
    woken,
    alarms,
    registry,
    sessions,
    /** What Things were told, and what they answer. */
    told: [] as Parameters<Messenger['tell']>[],
    answer: (async () => 'acknowledged') as (...told: Parameters<Messenger['tell']>) => Promise<Told>,
    /** JIDs of which it was asked whether their last Thing is gone. */
    forgotten: [] as BareJid[],

    /** A Thing registers from a session of its own, which is on line from then on. */
    async register(jid: string, tags: readonly Tag[], node: Partial<NodeName> = {}) {
      const address = { jid: bare(jid), nodeId: '', sourceId: '', cacheType: '', ...node };
      const from = `${address.jid}/d` as FullJid;
      await sessions.seen(from);
      return registry.register({ address, from, selfOwned: false, tags });
    },
    collect: async (..._asked: Collect): Promise<Collected> => ({ values: 0, faults: [], reason: undefined }),
    send,

    /** Sends one step of a command. */
    async play(name: string, { from, to, form, values, sessionid, action = 'execute' }: Step = {}): Promise<Played> {
      const submitted = form ?? (values && formOf(values));
      const request = encodeRequest({
        node: `thingstead:${name}`,
        action,
        ...(sessionid !== undefined && { sessionid }),
        ...(submitted !== undefined && { form: submitted }),
      });
      return readAnswer(await send(request, { ...(from && { from }), ...(to && { to }) }));
    },

    /** The same, for those steps that are to be answered by more than an error. */
    async go(name: string, step: Step = {}): Promise<CommandAnswer> {
      const played = await stage.play(name, step);
      if ('condition' in played) throw new Error(`${name} was refused: ${JSON.stringify(played)}`);
      return played;
    },

    /** What service discovery says of a node, in short. */
    async disco(kind: 'info' | 'items', node: string, parties: { from?: string; to?: string } = {}) {
      const query = `<query xmlns='http://jabber.org/protocol/disco#${kind}' node='${node}'/>`;
      const answer = await send(query, parties, 'get');
      if (answer.attrs['type'] === 'error') return decodeError(answer).condition;
      return childElements(payloadOf(answer)).map(({ name, attrs }) => ({ element: name, ...attrs }));
    },
  };
  return stage;
}

export type Stage = ReturnType<typeof createStage>;

export function formOf(values: NonNullable<Step['values']>): DataForm {
  const fields = Object.entries(values).map(([name, value]) => ({
    name,
    values: typeof value === 'string' ? [value] : value,
  }));
  return { type: 'submit', fields };
}

/** The texts of notes, each after its type. */
export function notesOf(played: Played): readonly string[] {
  return 'notes' in played ? played.notes.map(({ type, text }) => `${type}: ${text}`) : [];
}

function readAnswer(answer: Element): Played {
  if (answer.attrs['type'] === 'error') {
    const { condition, type } = decodeError(answer);
    const inside = answer.getChild('error')?.getChildElements() ?? [];
    const specific = inside.find((child) => child.getNS() === 'http://jabber.org/protocol/commands')?.getName();
    return { condition, type, ...(specific !== undefined && { specific }) };
  }
  const decoded = decodeAnswer(payloadOf(answer));
  if (!decoded.ok) throw new Error(`not an answer: ${answer}`);
  return decoded.value;
}
