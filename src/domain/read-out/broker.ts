import type { Access, Asker } from '../access.js';
import { type AnyJid, type BareJid, bareOf, domainOf } from '../jid.js';
import type { Use } from '../overview.js';
import type { Clock, Store } from '../ports.js';
import type { FieldType, NodeName } from '../reading.js';
import type { Sessions } from '../sessions.js';
import { type ClaimedThing, isClaimed, type OwnershipId, type Thing } from '../thing.js';
import type { TimeZone } from '../time-zone.js';
import type { Units } from '../units.js';
import { assignNode } from './assign-node.js';
import { zoneMistake } from './clock-check.js';
import { type Collected, collect } from './collect.js';
import type { DeviceReadOut, DeviceSettings } from './device-read-out.js';
import { type Asked, createDeviceReadOuts } from './device-read-outs.js';
import { findParts, type Place } from './find-parts.js';
import { type Gathering, gather } from './gather.js';
import { inProgress, type RequestInProgress } from './in-progress.js';
import { type Arrival, type Taken, takeIn } from './intake.js';
import { judgeRequest, type Refusal } from './judge-request.js';
import { createOpenReadOuts } from './open-read-outs.js';
import type { Plan } from './plan.js';
import type { Devices, Ends, Readers, Timers } from './ports.js';
import { createQueue } from './queue.js';
import type { Failure, Fault, Report } from './report.js';
import type { ReadRequest } from './request.js';
import type { SequenceNumbers } from './sequence-numbers.js';
import { createSlots } from './slots.js';
import { WORDS } from './words.js';

export interface BrokerDeps {
  readonly store: Pick<Store, 'things' | 'readings' | 'queue'>;
  readonly access: Access;
  readonly sessions: Sessions;
  readonly devices: Devices;
  readonly readers: Readers;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly numbers: SequenceNumbers;
  /** A bare JID in stringprep form; undefined for a text that is none. */
  readonly bareJid: (text: string) => BareJid | undefined;
  readonly zoneOf: (thing: Thing) => TimeZone;
  readonly units: Units;
  /** Told once of a Thing whose values, read just now, are so many minutes ahead of the clock: its zone is another. */
  readonly zoneMistaken: (thing: ClaimedThing, minutes: number) => void;
  /** A Thing has spoken from here. */
  readonly spoke: (thing: ClaimedThing, session: AnyJid) => void;
  readonly settings: BrokerSettings;
  readonly onFault: (error: unknown) => void;
}

export interface BrokerSettings extends DeviceSettings {
  /** How many questions a device is asked at once. */
  readonly perDevice: number;
  /** How many read-outs one account may have open, those that are queued included; undefined: any number. */
  readonly perAsker: number | undefined;
  /** How long a reader has to answer a ping, in ms. */
  readonly readerMs: number;
}

export const BROKER_SETTINGS: BrokerSettings = {
  deadlineMs: 30_000,
  wakeMs: 3_000,
  absentMs: 5_000,
  perDevice: 4,
  perAsker: 100,
  readerMs: 15_000,
};

/** What of a request the asker does not get. */
interface Denied {
  /** Nodes that are not there, or that the asker may not see. */
  readonly missing: readonly NodeName[];
  /** Nodes that the asker may see and not read. */
  readonly forbidden: readonly NodeName[];
}

/** What a request comes to. Where it is accepted nothing has begun yet: `begin` is for after the answer. */
export type Verdict = Denied &
  (
    | { readonly accepted: true; readonly queued: boolean; readonly begin: () => void }
    | { readonly accepted: false; readonly refusal: Refusal }
  );

/** What is wanted of a Thing now. */
export interface Wanted {
  readonly types: ReadonlySet<FieldType>;
  /** Names of fields; empty: all. */
  readonly names: ReadonlySet<string>;
  /** How many values are kept for the asker. */
  readonly most: number;
}

/** Reads Things for those who ask, and takes in what Things report (XEP-0323; DESIGN section 4). */
export interface Broker {
  request(ends: Ends, request: ReadRequest, place: Place): Promise<Verdict>;
  /**
   * Reads a Thing for the store alone: what it reports is stored, as always. It shares the read-outs of those who ask.
   *
   * @param onProgress told how many values were stored so far.
   */
  collect(asked: Omit<Asked, 'tokens'>, onProgress?: (values: number) => void): Promise<Collected>;
  /**
   * Reads a Thing for an asker who takes what comes of it in one piece, as any request of that asker's.
   */
  read(asker: AnyJid, thing: ClaimedThing, wanted: Wanted): Promise<Gathering | Refusal>;
  /** What all sessions of an account have asked for and not yet got, at most {@link MOST_LISTED} that are queued. */
  requestsOf(account: BareJid): Promise<readonly RequestInProgress[]>;
  /** @returns whether such a read-out was open. */
  cancel(asker: AnyJid, seqnr: number): Promise<boolean>;
  /**
   * Takes in what was reported, and passes it on to those who wait for it. What answers no question of ours is a push.
   *
   * @param things all that are registered under the sender's JID.
   * @throws StoreUnavailable
   */
  reported(sender: AnyJid, report: Report, things: readonly Thing[]): Promise<Taken & { readonly isPush: boolean }>;
  /** A device could not report something. What answers no question of ours is dropped. */
  failed(sender: AnyJid, failure: Failure, things: readonly Thing[]): void;
  /** A device has no more to report. */
  done(sender: AnyJid, seqnr: number): void;
  /** How many read-outs are open, those that are queued not included, and the account with most of them. */
  use(): Use;
  /** A session that reads is gone. */
  readerGone(reader: AnyJid): void;
  /** A JID has a session again, or none any more. */
  deviceChanged(jid: BareJid, isOnline: boolean): void;
  /** Begins with what is queued: after a start. */
  resume(): Promise<void>;
  /** Ends all read-outs with a failure, and begins no more. What is queued stays. */
  stop(): Promise<void>;
}

export function createBroker(deps: BrokerDeps): Broker {
  const { store, access, settings, clock } = deps;
  const readOuts = createDeviceReadOuts({ ...deps, slots: createSlots(settings.perDevice) });
  const open = createOpenReadOuts({
    ...deps,
    readOuts,
    readings: store.readings,
    readerMs: settings.readerMs,
    mayRead: async (asker, { ownership, since }) => {
      const thing = await store.things.byOwnership(ownership);
      if (!isClaimed(thing) || thing.ownership.since !== since) return undefined;
      return access.may(askerOf(asker), 'read', thing) ? thing : undefined;
    },
  });
  const queue = createQueue({
    ...deps,
    queue: store.queue,
    readerMs: settings.readerMs,
    start(plan) {
      if (open.reserve(plan.ends.asker, plan.request.seqnr.value)) open.begin(plan);
    },
  });

  /** Of read-outs that are asked for without a number; no asker's can be as large (an xs:int). */
  let nextOwn = 2 ** 31;

  async function request(ends: Ends, asked: ReadRequest, place: Place, told: Readers): Promise<Verdict> {
    const { value } = asked.seqnr;
    if (!open.reserve(ends.asker, value)) return refused('seqnr-in-use');
    let isAccepted = false;
    try {
      const verdict = await judge(ends, asked, place, told);
      isAccepted = verdict.accepted;
      return verdict;
    } finally {
      if (!isAccepted) open.release(ends.asker, value);
    }
  }

  /** What the number of the request is reserved for. */
  async function judge(ends: Ends, request: ReadRequest, place: Place, told: Readers): Promise<Verdict> {
    const { asker } = ends;
    if (await queue.has(asker, request.seqnr.value)) return refused('seqnr-in-use');
    const found = await findParts(deps, askerOf(asker), place, request.nodes);
    const due = request.when?.ms ?? 0;
    const refusal = judgeRequest(found, {
      open: open.rankOf(asker, request.seqnr.value) + (await queue.countOf(asker)),
      mostOpen: settings.perAsker,
      wait: due - clock.now(),
    });
    if (refusal !== undefined || found === 'too-many') {
      return refused(refusal ?? 'too-many-things', found === 'too-many' ? NOTHING : found);
    }
    const faults = [...faultsOf(found.missing, WORDS.noSuchNode), ...faultsOf(found.forbidden, WORDS.forbidden)];
    const plan: Plan = { ends, request, parts: found.parts, faults, wasQueued: due > clock.now() };
    if (plan.wasQueued) return enqueue(plan, due, found);
    const { missing, forbidden } = found;
    return { accepted: true, queued: false, missing, forbidden, begin: () => open.begin(plan, told) };
  }

  async function enqueue(plan: Plan, due: number, { missing, forbidden }: Denied): Promise<Verdict> {
    const { ends, request } = plan;
    const { value } = request.seqnr;
    if (!(await queue.add(plan, due))) return refused('seqnr-in-use');
    open.release(ends.asker, value);
    return { accepted: true, queued: true, missing, forbidden, begin: () => queue.added(ends, value) };
  }

  const mistaken = new Set<OwnershipId>();
  /** Of values that answer a question only: a push may be late. */
  function checkClocks(arrivals: readonly Arrival[]): void {
    for (const { thing, samples } of arrivals) {
      const minutes = mistaken.has(thing.ownership.id) ? undefined : zoneMistake(samples, clock.now());
      if (minutes === undefined) continue;
      mistaken.add(thing.ownership.id);
      deps.zoneMistaken(thing, minutes);
    }
  }

  function faultsOf(nodes: readonly NodeName[], reason: string): Fault[] {
    return nodes.map((node) => ({ node, timestamp: new Date(clock.now()).toISOString(), reason }));
  }

  return {
    request: (ends, asked, place) => request(ends, asked, place, deps.readers),

    async read(asker, thing, { types, names, most }) {
      const { gathering, readers } = gather(most);
      const seqnr = { value: nextOwn, text: String(nextOwn) };
      nextOwn += 1;
      const asked: ReadRequest = { seqnr, types, nodes: [], fields: [...names], tokens: {} };
      // Nothing is sent from anywhere.
      const verdict = await request({ asker, self: asker }, asked, { thing }, readers);
      if (!verdict.accepted) return verdict.refusal;
      verdict.begin();
      return gathering;
    },

    requestsOf: async (account) => inProgress(open.of(account), await queue.of(account, MOST_LISTED)),

    collect: (asked, onProgress) => collect(readOuts, { ...asked, tokens: {} }, onProgress),
    cancel: async (asker, seqnr) => open.cancel(asker, seqnr) || queue.remove(asker, seqnr),

    async reported(sender, report, things) {
      const find = (): DeviceReadOut | undefined => readOuts.find(bareOf(sender), report.seqnr.value);
      const taken = await takeIn({ readings: store.readings, clock }, report, things).catch((error: unknown) => {
        find()?.reported([], [{ node: NO_NODE, timestamp: '', reason: WORDS.notStored }], report.done);
        throw error;
      });
      for (const { thing } of taken.arrivals) deps.spoke(thing, sender);
      const readOut = find();
      if (readOut !== undefined) checkClocks(taken.arrivals);
      readOut?.reported(taken.arrivals, faultsFor(readOut, taken.faults, things), report.done);
      return { ...taken, isPush: readOut === undefined };
    },

    failed(sender, { seqnr, errors, done }, things) {
      const readOut = readOuts.find(bareOf(sender), seqnr.value);
      readOut?.reported([], faultsFor(readOut, errors, things), done);
    },

    done: (sender, seqnr) => readOuts.find(bareOf(sender), seqnr)?.reported([], [], true),

    use: open.use,

    readerGone(reader) {
      open.abandon(reader);
      queue.readerGone(reader);
    },

    deviceChanged: readOuts.deviceChanged,
    resume: queue.resume,

    async stop() {
      queue.stop();
      readOuts.stop(WORDS.stopping);
      await open.stop(WORDS.stopping);
    },
  };
}

/** There are fewer, unless limits are off. */
const MOST_LISTED = 1000;
const NO_NODE: NodeName = { nodeId: '', sourceId: '', cacheType: '' };

const NOTHING: Denied = { missing: [], forbidden: [] };

function refused(refusal: Refusal, { missing, forbidden } = NOTHING): Verdict {
  return { accepted: false, refusal, missing, forbidden };
}

/** The faults that concern a read-out: not those of another Thing's nodes, which are shown to who may read that one. */
function faultsFor({ thing }: DeviceReadOut, faults: readonly Fault[], things: readonly Thing[]): Fault[] {
  return faults.filter(({ node }) => {
    const owner = assignNode(things, node);
    return owner === undefined || owner.ownership?.id === thing.ownership.id;
  });
}

function askerOf(jid: AnyJid): Asker {
  return { jid: bareOf(jid), domain: domainOf(jid) };
}
