import { createAccess } from '../../../src/domain/access.js';
import type { AnyJid, BareJid, FullJid } from '../../../src/domain/jid.js';
import { BROKER_SETTINGS, type BrokerSettings, createBroker } from '../../../src/domain/read-out/broker.js';
import type { Answer, Ends, Question, ReaderMessage, Timers } from '../../../src/domain/read-out/ports.js';
import type { Fault, Report, Sample } from '../../../src/domain/read-out/report.js';
import type { ReadRequest } from '../../../src/domain/read-out/request.js';
import { createSequenceNumbers } from '../../../src/domain/read-out/sequence-numbers.js';
import type { Field, FieldType, NodeName } from '../../../src/domain/reading.js';
import { createSessions } from '../../../src/domain/sessions.js';
import type { Audience, ClaimedThing, OwnershipId, Thing } from '../../../src/domain/thing.js';
import { isClaimed } from '../../../src/domain/thing.js';
import { type TimeZone, UTC } from '../../../src/domain/time-zone.js';
import { createIds } from '../../../src/ids.js';
import { openSqliteStore } from '../../../src/store/sqlite/index.js';
import { ucumUnits } from '../../../src/units/ucum.js';
import { parseJid } from '../../../src/xmpp/jid.js';

const UNITS = ucumUnits();
export const NOON = Date.UTC(2026, 0, 1, 12);

/** A question that the broker asked, and how to answer it. */
export interface Asked extends Question {
  readonly session: FullJid;
  readonly answer: (answer: Answer) => void;
}
/** What a reader was sent, in short. */
export interface Said {
  readonly to: string;
  readonly from: string;
  readonly message: ReaderMessage;
}

export interface HouseOptions {
  readonly settings?: Partial<BrokerSettings>;
  readonly zone?: TimeZone;
  readonly file?: string;
  readonly now?: number;
}

/** The broker on a real store, with devices, readers, a clock and timers that the test commands. */
export function createHouse({ settings, zone = UTC, file = ':memory:', now = NOON }: HouseOptions = {}) {
  const store = openSqliteStore({ file });
  const ids = createIds();
  const asked: Asked[] = [];
  const said: Said[] = [];
  const pings: string[] = [];
  const spoken: string[] = [];
  const mistaken: string[] = [];
  const faults: unknown[] = [];
  const clock = { now: () => house.now };
  const alarms = new Set<{ readonly at: number; readonly run: () => void }>();
  const timers: Timers = {
    after(ms, run) {
      const alarm = { at: house.now + ms, run };
      alarms.add(alarm);
      return () => void alarms.delete(alarm);
    },
  };
  const sessions = createSessions({
    store: store.sessions,
    clock,
    onChange: (jid, isOnline) => broker.deviceChanged(jid, isOnline),
  });
  const broker = createBroker({
    store,
    access: createAccess([bare('admin@example.org')], ['example.org']),
    sessions,
    devices: {
      ask: (session, question) =>
        new Promise((answer) => {
          asked.push({ ...question, session, answer });
          const at_once = house.device({ ...question, session, answer });
          if (at_once !== undefined) answer(at_once);
        }),
      ping: async (session) => {
        pings.push(session);
        return house.deviceAnswersPing(session);
      },
    },
    readers: {
      send: async ({ asker, self }, message) => {
        if (!house.isConnected) return false;
        said.push({ to: asker, from: self, message });
        await house.connection();
        return true;
      },
      ping: async ({ asker }) => {
        pings.push(asker);
        await house.readerIsAsked();
        return house.readerAnswersPing;
      },
    },
    clock,
    timers,
    numbers: createSequenceNumbers((below) => Math.floor(Math.random() * below)),
    bareJid: (text) => parseJid(text)?.bare,
    zoneOf: () => zone,
    units: UNITS,
    zoneMistaken: (thing, minutes) => void mistaken.push(`${thing.ownership.id} ${minutes}`),
    spoke: (thing, from) => void spoken.push(`${thing.ownership.id} ${from}`),
    settings: { ...BROKER_SETTINGS, ...settings },
    onFault: (error) => void faults.push(error),
  });

  const house = {
    now,
    isConnected: true,
    readerAnswersPing: true,
    readerIsAsked: async (): Promise<void> => undefined,
    deviceAnswersPing: (_session: FullJid): 'there' | 'gone' | 'unclear' | 'silent' => 'there',
    connection: async (): Promise<void> => undefined,
    /** What a device answers at once; undefined: the test answers. */
    device: (_asked: Asked): Answer | undefined => ({ kind: 'accepted' }),
    store,
    sessions,
    broker,
    asked,
    said,
    pings,
    spoken,
    mistaken,
    faults,

    /** Puts a Thing of an owner into the store, on line unless told otherwise. */
    async place(
      jid: string,
      more: {
        readonly nodeId?: string;
        readonly owner?: string | undefined;
        readonly isPublic?: boolean;
        readonly sharedWith?: readonly Audience[];
        readonly online?: boolean;
        readonly spokeFrom?: string;
      } = {},
    ): Promise<OwnershipId> {
      const { nodeId = '', isPublic = false, sharedWith = [], online = true, spokeFrom } = more;
      const owner = 'owner' in more ? more.owner : 'owner@example.org';
      const id = ids.ownership();
      const ownership = owner !== undefined && {
        ownership: { id, owner: bare(owner), isPublic, selfOwned: false, since: 1, sharedWith },
      };
      const address = { jid: bare(jid), nodeId, sourceId: '', cacheType: '' };
      const spoke = spokeFrom !== undefined && { spokeFrom: full(spokeFrom) };
      await house.put({ address, tags: [], ...spoke, ...ownership });
      if (online) await sessions.seen(full(`${jid}/d`));
      return id;
    },

    put(thing: Thing): Promise<void> {
      const write = { write: 'thing', thing, at: house.now } as const;
      return store.things.changeAt(thing.address, () => ({ outcome: undefined, writes: [write] }));
    },

    /** Changes what may be done with a Thing. */
    async change(id: OwnershipId, change: Partial<ClaimedThing['ownership']>): Promise<void> {
      const thing = await store.things.byOwnership(id);
      if (isClaimed(thing)) await house.put({ ...thing, ownership: { ...thing.ownership, ...change } });
    },

    /** A request of the owner's client, to the component or a Thing; begun if it is accepted. */
    async read({ seqnr = 1, asker = 'owner@example.org/phone', at, ...more }: Wish = {}) {
      const request: ReadRequest = { ...REQUEST, ...more, seqnr: { value: seqnr, text: `0${seqnr}` } };
      const thing = at === undefined ? undefined : await store.things.byOwnership(at);
      const ends: Ends = { asker: any(asker), self: any(at ? `${at}@things.example.org/x` : 'things.example.org') };
      const verdict = await broker.request(ends, request, isClaimed(thing) ? { thing } : 'component');
      if (verdict.accepted) verdict.begin();
      await settle();
      return verdict;
    },

    /** A device reports. */
    async report(from: string, seqnr: number, samples: readonly Sample[], done = false, bad: readonly Fault[] = []) {
      const report: Report = { seqnr: { value: seqnr, text: String(seqnr) }, done, samples, faults: bad };
      const taken = await broker.reported(any(from), report, await store.things.ofJid(bare(from)));
      await settle();
      return taken;
    },

    async fail(from: string, seqnr: number, errors: readonly Fault[], done = false) {
      const failure = { seqnr: { value: seqnr, text: String(seqnr) }, done, errors };
      broker.failed(any(from), failure, await store.things.ofJid(bare(from)));
      await settle();
    },

    /** Lets time go by, alarm by alarm. */
    async pass(ms: number): Promise<void> {
      const until = house.now + ms;
      for (;;) {
        const [next] = [...alarms].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        house.now = Math.max(house.now, next.at);
        alarms.delete(next);
        next.run();
        await settle();
      }
      house.now = until;
      await settle();
    },

    alarms,
    timers,

    /** What readers were told since the last time, a line each. */
    heard(): string[] {
      return said.splice(0).map(line);
    },
  };
  return house;
}

export type House = ReturnType<typeof createHouse>;

interface Wish extends Partial<Omit<ReadRequest, 'seqnr'>> {
  readonly seqnr?: number;
  readonly asker?: string;
  /** The Thing whose own address is asked. */
  readonly at?: OwnershipId;
}

const REQUEST: Omit<ReadRequest, 'seqnr'> = { types: new Set(['momentary']), nodes: [], fields: [], tokens: {} };

export function bare(text: string): BareJid {
  const jid = parseJid(text);
  if (jid === undefined) throw new Error(`${text} is no JID`);
  return jid.bare;
}

export function full(text: string): FullJid {
  return any(text) as FullJid;
}

export function any(text: string): AnyJid {
  const jid = parseJid(text);
  if (jid === undefined) throw new Error(`${text} is no JID`);
  return jid.full;
}

export function node(nodeId: string, sourceId = '', cacheType = ''): NodeName {
  return { nodeId, sourceId, cacheType };
}

export function field(name: string, value: string, ...fieldTypes: FieldType[]): Field {
  const types = fieldTypes.length > 0 ? fieldTypes : (['momentary'] as const);
  return { name, type: 'numeric', value, unit: 'V', dataType: '', fieldTypes: new Set(types), qualities: new Set() };
}

export function sample(nodeId: string, at: number, ...fields: Field[]): Sample {
  return { node: node(nodeId), at: { ms: at, offsetMinutes: 0 }, fields };
}

/** `fields 01 node: Temperature=23.4; ...`, `failure 01 node: words`, `done 01`. */
function line({ message }: Said): string {
  const head = `${message.kind} ${message.seqnr.text}`;
  if (message.kind === 'fields') {
    const values = message.samples.flatMap((each) =>
      each.fields.map(
        ({ name, value, fieldTypes }) => `${each.node.nodeId} ${name}=${value} ${[...fieldTypes].join('+')}`,
      ),
    );
    return `${head}: ${values.join('; ')}`;
  }
  if (message.kind === 'failure') {
    return `${head}: ${message.errors.map(({ node: { nodeId }, reason }) => `${nodeId} ${reason}`).join(' | ')}`;
  }
  return head;
}

/** Lets what is under way come to its end: commits of the store wait for a turn of the event loop. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await new Promise((resolve) => setImmediate(resolve));
}
