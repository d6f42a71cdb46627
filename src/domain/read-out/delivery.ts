import type { AnyJid } from '../jid.js';
import type { Clock, ReadingStore } from '../ports.js';
import type { NodeName } from '../reading.js';
import { type ClaimedThing, type OwnershipId, sameAddress, standsAlone, type Thing } from '../thing.js';
import type { TimeZone } from '../time-zone.js';
import type { Units } from '../units.js';
import { type Choice, chooseLive } from './choose-fields.js';
import { convertFields, type Unconverted } from './convert-fields.js';
import type { DeviceReadOuts } from './device-read-outs.js';
import type { Arrival } from './intake.js';
import { createLane } from './lane.js';
import { isAsked, means, nameFor, type Part } from './part.js';
import type { Plan } from './plan.js';
import type { Ends, ReaderMessage, Readers } from './ports.js';
import type { Fault, Sample } from './report.js';
import { splitSamples } from './split-samples.js';
import { type HistoryDeps, streamHistory } from './stream-history.js';
import { typesAsked } from './types-asked.js';
import { WORDS } from './words.js';

/** A read-out as its asker sees it: from `accepted` to `done`. */
export interface Delivery {
  readonly ends: Ends;
  /** Begins; to be called once. Resolves when all has been sent, or nobody is there to send it to. */
  run(): Promise<void>;
  /** Ends it without another word: it was cancelled, or the reader is gone. */
  abandon(): void;
  /** Ends it with a failure for what is still open. */
  end(reason: string): void;
}

export interface DeliveryDeps {
  readonly readers: Readers;
  readonly readOuts: DeviceReadOuts;
  readonly readings: ReadingStore;
  readonly clock: Clock;
  /** The Thing, if the asker may read it now. */
  readonly mayRead: (asker: AnyJid, part: Part) => Promise<ClaimedThing | undefined>;
  readonly zoneOf: (thing: Thing) => TimeZone;
  readonly units: Units;
  /** How long a reader has to answer a ping, in ms. */
  readonly readerMs: number;
  readonly onFault: (error: unknown) => void;
}

export function createDelivery(plan: Plan, deps: DeliveryDeps): Delivery {
  return new OneDelivery(plan, deps);
}

/** Errors held back for one reader; what is more is counted. */
const MOST_FAULTS = 1000;
const ERRORS_A_MESSAGE = 50;

class OneDelivery implements Delivery {
  readonly ends: Ends;
  readonly #plan: Plan;
  readonly #deps: DeliveryDeps;
  readonly #choice: Choice;
  /** Everything that is said to the reader goes through here, one after the other. */
  readonly #lane = createLane();
  readonly #faults: Fault[] = [];
  #uncounted = 0;
  /** What is still to come, and what ends the following of a device. */
  readonly #open = new Map<Part | 'history', () => void>();
  readonly #things = new Map<Part, ClaimedThing>();
  readonly #first = new Map<OwnershipId, NodeName>();
  readonly #seen = new Set<NodeName>();
  readonly #failed = new Set<Part>();
  /** What was said already of fields that cannot be had in the unit asked for. */
  readonly #unconverted = new Set<string>();
  #isOver = false;
  #finished: () => void = () => undefined;

  constructor(plan: Plan, deps: DeliveryDeps) {
    this.ends = plan.ends;
    this.#plan = plan;
    this.#deps = deps;
    this.#choice = { ...typesAsked(plan.request), names: new Set(plan.request.fields) };
    for (const fault of plan.faults) this.#hold(fault);
  }

  run(): Promise<void> {
    const finished = new Promise<void>((resolve) => {
      this.#finished = resolve;
    });
    this.#do(() => this.#begin());
    return finished;
  }

  abandon(): void {
    this.#isOver = true;
    for (const stop of this.#open.values()) stop();
    this.#open.clear();
    this.#finished();
  }

  end(reason: string): void {
    for (const part of this.#open.keys()) {
      if (part !== 'history') this.#ended(part, reason);
      else this.#do(() => this.#close('history'));
    }
  }

  async #begin(): Promise<void> {
    if (this.#plan.wasQueued) await this.#send({ kind: 'started', seqnr: this.#plan.request.seqnr });
    for (const part of this.#plan.parts) {
      const thing = await this.#deps.mayRead(this.ends.asker, part);
      if (thing === undefined) this.#fail(part, WORDS.forbidden);
      else this.#things.set(part, thing);
    }
    if (this.#isOver) return;
    const asksHistory = this.#choice.ofStore.size > 0 && this.#things.size > 0;
    if (asksHistory) this.#open.set('history', () => undefined);
    if (this.#choice.ofDevice.size > 0) this.#askDevices();
    if (asksHistory) this.#sendHistory();
    if (this.#open.size === 0) await this.#finish();
  }

  #askDevices(): void {
    const { tokens } = this.#plan.request;
    const types = this.#choice.ofDevice;
    for (const [part, thing] of this.#things) {
      const stop = this.#deps.readOuts.follow(
        { thing, types, tokens },
        {
          arrived: (arrivals) => this.#do(() => this.#deliver(part, arrivals)),
          failed: (faults) => this.#do(() => this.#holdAll(part, faults)),
          ended: (reason) => this.#ended(part, reason),
        },
      );
      this.#open.set(part, stop);
    }
  }

  /** Passes on what a device has reported. */
  async #deliver(part: Part, arrivals: readonly Arrival[]): Promise<void> {
    for (const { thing, samples } of arrivals) {
      if (this.#isOver || !this.#open.has(part)) return;
      const as = this.#shownAs(part, thing);
      if (as === undefined) continue;
      const first = await this.#firstNode(thing.ownership.id);
      const named = samples
        .filter(({ node }) => this.#isAsked(as, node, first))
        .map((sample) => ({
          ...sample,
          node: nameFor(as, sample.node, first),
          fields: chooseLive(sample.fields, this.#choice),
        }));
      await this.#sendSamples(part, as, named);
    }
  }

  /**
   * As what part of the request a Thing's readings are shown. A node of a Thing that stands alone may be a Thing of its
   * own: then it is shown by that Thing's name to those who may read it, unless it was asked for by itself.
   */
  #shownAs(part: Part, thing: ClaimedThing): Part | undefined {
    const { id } = thing.ownership;
    if (id === part.ownership) return part;
    const asked = this.#things.get(part);
    if (asked === undefined || !standsAlone(asked.address) || part.only.length > 0) return undefined;
    if (sameAddress(asked.address, thing.address)) return undefined; // it has another owner now
    if (this.#plan.parts.some(({ ownership }) => ownership === id)) return undefined;
    const naming: Part['naming'] = part.naming.kind === 'own' ? part.naming : { kind: 'asked', name: id };
    return { ownership: id, since: thing.ownership.since, naming, only: [] };
  }

  #isAsked(part: Part, node: NodeName, first: NodeName | undefined): boolean {
    for (const asked of part.only) if (means(part, asked, node, first)) this.#seen.add(asked);
    return isAsked(part, node, first);
  }

  async #firstNode(ownership: OwnershipId): Promise<NodeName | undefined> {
    const known = this.#first.get(ownership) ?? (await this.#deps.readings.nodes(ownership))[0];
    if (known !== undefined) this.#first.set(ownership, known);
    return known;
  }

  /** Rights are judged before each message: they may have ended. @returns whether there is any use in going on. */
  async #sendSamples(part: Part, as: Part, samples: readonly Sample[]): Promise<boolean> {
    for (const message of splitSamples(samples.map((sample) => this.#convert(sample)))) {
      if (this.#isOver) return false;
      if ((await this.#deps.mayRead(this.ends.asker, as)) === undefined) {
        if (as === part) this.#revoke(part);
        return false;
      }
      await this.#send({ kind: 'fields', seqnr: this.#plan.request.seqnr, samples: message });
    }
    return !this.#isOver;
  }

  /** Into the units asked for; what is stored is as it was reported. */
  #convert(sample: Sample): Sample {
    const { fields, refused } = convertFields(sample.fields, this.#plan.request.units ?? [], this.#deps.units);
    for (const each of refused) this.#holdUnconverted(sample.node, each);
    return { ...sample, fields };
  }

  #holdUnconverted(node: NodeName, { field: { name, unit }, to, why }: Unconverted): void {
    const series = JSON.stringify([node, name, unit]);
    if (this.#unconverted.has(series)) return;
    this.#unconverted.add(series);
    this.#hold(this.#faultOf(node, WORDS.unconverted(name, unit, to, why)));
  }

  #revoke(part: Part): void {
    this.#fail(part, WORDS.forbidden);
    this.#open.get(part)?.();
    this.#ended(part, undefined);
  }

  #sendHistory(): void {
    const { readings, readers, zoneOf, readerMs, clock } = this.#deps;
    const deps: HistoryDeps = { readings, ping: () => readers.ping(this.ends, readerMs) };
    const send = (part: Part, samples: readonly Sample[]): Promise<boolean> =>
      this.#lane.run(() => this.#sendSamples(part, part, samples));
    const stream = async (): Promise<void> => {
      for (const [part, thing] of this.#things) {
        const bounds = { from: this.#plan.request.from?.ms, to: this.#plan.request.to?.ms };
        const asked = { part, bounds, choice: this.#choice, zone: zoneOf(thing), now: clock.now() };
        const end = await streamHistory(asked, deps, { send: (samples) => send(part, samples), seen: this.#seen });
        if (end === 'reader-gone') return this.abandon();
      }
      this.#do(() => this.#close('history'));
    };
    stream().catch((error: unknown) => this.#crash(error));
  }

  #ended(part: Part, reason: string | undefined): void {
    this.#do(async () => {
      const mayStill = (await this.#deps.mayRead(this.ends.asker, part)) !== undefined;
      if (reason !== undefined || !mayStill) this.#fail(part, mayStill ? (reason ?? '') : WORDS.forbidden);
      await this.#close(part);
    });
  }

  async #close(part: Part | 'history'): Promise<void> {
    if (!this.#open.delete(part) || this.#open.size > 0) return;
    await this.#finish();
  }

  /** Failures have waited until all data is out: one library takes the first for the end. */
  async #finish(): Promise<void> {
    const { seqnr } = this.#plan.request;
    for (const part of this.#plan.parts) this.#failUnseen(part);
    if (this.#uncounted > 0) this.#faults.push(this.#faultOf(NO_NODE, WORDS.more(this.#uncounted)));
    for (let at = 0; at < this.#faults.length && !this.#isOver; at += ERRORS_A_MESSAGE) {
      await this.#send({ kind: 'failure', seqnr, errors: this.#faults.slice(at, at + ERRORS_A_MESSAGE) });
    }
    await this.#send({ kind: 'done', seqnr });
    this.abandon();
  }

  #failUnseen(part: Part): void {
    if (this.#failed.has(part)) return;
    for (const asked of part.only) if (!this.#seen.has(asked)) this.#hold(this.#faultOf(asked, WORDS.noSuchNode));
  }

  #fail(part: Part, reason: string): void {
    if (this.#failed.has(part)) return;
    this.#failed.add(part);
    const nodeId = part.naming.kind === 'asked' ? part.naming.name : part.ownership;
    const nodes = part.only.length > 0 ? part.only : [{ ...NO_NODE, nodeId }];
    for (const node of nodes) this.#hold(this.#faultOf(node, reason));
  }

  /** Keeps a device's failures until the end, under the asker's names for its nodes. */
  async #holdAll(part: Part, faults: readonly Fault[]): Promise<void> {
    // Whoever may not read a Thing any more is not told what ails it either.
    if ((await this.#deps.mayRead(this.ends.asker, part)) === undefined) return this.#fail(part, WORDS.forbidden);
    const address = this.#things.get(part)?.address;
    const first = (await this.#firstNode(part.ownership)) ?? address;
    for (const { node, timestamp, reason } of faults) {
      const isItself = node.nodeId === '' || node.nodeId === address?.nodeId;
      const named = nameFor(part, isItself && part.naming.kind === 'asked' ? (first ?? node) : node, first);
      this.#hold({ ...this.#faultOf(named, WORDS.failed(reason)), ...(timestamp !== '' && { timestamp }) });
    }
  }

  #hold(fault: Fault): void {
    if (this.#faults.length < MOST_FAULTS) this.#faults.push(fault);
    else this.#uncounted += 1;
  }

  #faultOf(node: NodeName, reason: string): Fault {
    return { node, timestamp: new Date(this.#deps.clock.now()).toISOString(), reason };
  }

  /** Without a connection the message is lost, and the rest would come with a hole in it. */
  async #send(message: ReaderMessage): Promise<void> {
    if (!this.#isOver && !(await this.#deps.readers.send(this.ends, message))) this.abandon();
  }

  #do(task: () => Promise<void>): void {
    this.#lane.run(async () => (this.#isOver ? undefined : task())).catch((error: unknown) => this.#crash(error));
  }

  #crash(error: unknown): void {
    this.#deps.onFault(error);
    if (this.#isOver) return;
    this.#hold(this.#faultOf(NO_NODE, WORDS.fault));
    for (const stop of this.#open.values()) stop();
    this.#open.clear();
    this.#lane.run(() => this.#finish()).catch(this.#deps.onFault);
  }
}

const NO_NODE: NodeName = { nodeId: '', sourceId: '', cacheType: '' };
