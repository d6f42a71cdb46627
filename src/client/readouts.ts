import { randomInt } from 'node:crypto';
import type { Fault, Report } from '../domain/read-out/report.js';
import type { ReadRequest, SequenceNumber } from '../domain/read-out/request.js';
import type { FieldType, NodeName, Reading } from '../domain/reading.js';
import { decodeAccepted, decodeNumbered, encodeNumbered, SENSOR_DATA } from '../xep/0323-sensor-data/codec.js';
import { decodeFailure } from '../xep/0323-sensor-data/failure-codec.js';
import { decodeFields } from '../xep/0323-sensor-data/fields-codec.js';
import { encodeRequest } from '../xep/0323-sensor-data/request-codec.js';
import type { Element } from '../xmpp/element.js';
import type { AnyJid } from '../xmpp/jid.js';
import type { Message, Protocol } from '../xmpp/protocol.js';
import { NO_ANSWER, type Outcome, outcomeOf } from './outcome.js';
import type { Self, Session } from './session/session.js';

/** What to read. Everything is optional: without types, all that is not historical. */
export interface ReadOptions {
  /** Types of fields: `['momentary']`, `['identity', 'status']` ... */
  readonly types?: readonly FieldType[];
  /** Names of fields. */
  readonly fields?: readonly string[];
  readonly nodes?: readonly Partial<NodeName>[];
  /** They bound historical values, both inclusive. */
  readonly from?: Date;
  readonly to?: Date;
  /** When to begin. */
  readonly when?: Date;
  /** How long nothing may come before the read-out is given up, in milliseconds; a minute unless told. */
  readonly patienceMs?: number;
}

/** How a read-out ended. What was read before counts in any case. */
export interface ReadoutEnd {
  /** `refused`: the other side did not take the request; `silent`: nothing (more) came. */
  readonly outcome: 'done' | 'refused' | 'silent' | 'cancelled';
  /** Why it was refused, in words. */
  readonly why?: string;
  /** Nodes that could not be read, and why. */
  readonly failures: readonly Fault[];
}

/**
 * A read-out under way (XEP-0323 section 3).
 *
 *     for await (const reading of client.read(address, { types: ['momentary'] })) console.log(reading.name, reading.value);
 */
export interface Readout extends AsyncIterable<Reading> {
  /** Whether the other side took the request; before its data, as a rule. */
  readonly accepted: Promise<Outcome<{ readonly queued: boolean }>>;
  /** Resolves when no more will come. Never rejects. */
  readonly ended: Promise<ReadoutEnd>;
  /** All that it brings, and its end. */
  all(): Promise<{ readonly readings: readonly Reading[]; readonly end: ReadoutEnd }>;
  /** Tells the other side that no more is wanted; the read-out ends at once. */
  cancel(): void;
}

export interface Readouts {
  read(to: AnyJid, options: ReadOptions): Readout;
  readonly protocol: Protocol<Self>;
  /** Ends all of them: the session that they belong to is gone. */
  offline(): void;
}

const PATIENCE_MS = 60_000;
const ACCEPT_MS = 30_000;
const MOST_SEQNR = 2 ** 30;

export function createReadouts(session: () => Pick<Session, 'ask'>): Readouts {
  const open = new Map<string, OpenReadout>();

  function read(to: AnyJid, options: ReadOptions): Readout {
    const seqnr = freshSeqnr();
    const key = keyOf(to, seqnr);
    const ask = (payload: Element) => session().ask({ to, type: 'get', payload, timeoutMs: ACCEPT_MS });
    const readout = new OpenReadout(options.patienceMs ?? PATIENCE_MS, {
      ended: () => open.delete(key),
      cancelled: () => void ask(encodeNumbered('cancel', { seqnr })),
    });
    open.set(key, readout);
    readout.begin(ask(encodeRequest(requestOf(seqnr, options))).then((reply) => outcomeOf(reply, decodeAccepted)));
    return readout;
  }

  async function take({ from, payload }: Message<Self>, act: Act): Promise<undefined> {
    const numbered = decodeNumbered(payload);
    const readout = numbered.ok ? open.get(keyOf(from.full, numbered.value.seqnr)) : undefined;
    if (readout !== undefined) act(readout, payload);
    // Nobody is told of a mistake in what they were asked for.
  }

  const acts: Readonly<Record<string, Act>> = {
    started: (readout) => readout.alive(),
    fields: (readout, payload) => {
      const report = decodeFields(payload, () => (wall) => wall);
      if (report.ok) readout.fields(report.value);
    },
    failure: (readout, payload) => {
      const failure = decodeFailure(payload);
      if (failure.ok) readout.failed(failure.value.errors, failure.value.done);
    },
    done: (readout) => readout.end('done'),
  };

  return {
    read,
    protocol: {
      name: '0323-sensor-data',
      features: { domain: [], local: [] },
      messages: Object.entries(acts).map(([name, act]) => ({
        xmlns: SENSOR_DATA,
        name,
        at: 'local',
        handle: (message) => take(message, act),
      })),
    },
    offline() {
      for (const readout of [...open.values()]) readout.end('silent');
    },
  };
}

type Act = (readout: OpenReadout, payload: Element) => void;

/** A read-out, and what has come and was not taken yet. */
class OpenReadout implements Readout {
  readonly accepted: Promise<Outcome<{ readonly queued: boolean }>>;
  readonly ended: Promise<ReadoutEnd>;
  readonly #patienceMs: number;
  readonly #told: { readonly ended: () => void; readonly cancelled: () => void };
  readonly #readings: Reading[] = [];
  readonly #failures: Fault[] = [];
  #wake: () => void = () => undefined;
  #end: ReadoutEnd | undefined;
  #resolveEnded: (end: ReadoutEnd) => void = () => undefined;
  #resolveAccepted: (outcome: Outcome<{ readonly queued: boolean }>) => void = () => undefined;
  #timer: NodeJS.Timeout;

  constructor(patienceMs: number, told: { readonly ended: () => void; readonly cancelled: () => void }) {
    this.#patienceMs = patienceMs;
    this.#told = told;
    this.ended = new Promise((resolve) => {
      this.#resolveEnded = resolve;
    });
    this.accepted = new Promise((resolve) => {
      this.#resolveAccepted = resolve;
    });
    this.#timer = this.#patience();
  }

  begin(answer: Promise<Outcome<{ readonly queued: boolean }>>): void {
    void answer.then((outcome) => {
      this.#resolveAccepted(outcome);
      if (!outcome.ok) this.end(outcome === NO_ANSWER ? 'silent' : 'refused', outcome.why);
      // Until its time has come nothing is to be expected; the other side's deadline holds after that.
      else if (outcome.value.queued) clearTimeout(this.#timer);
    });
  }

  alive(): void {
    clearTimeout(this.#timer);
    if (this.#end === undefined) this.#timer = this.#patience();
  }

  fields({ samples, faults, done }: Report): void {
    this.alive();
    for (const { node, at, fields } of samples) {
      for (const field of fields) this.#readings.push({ ...field, node, at });
    }
    this.failed(faults, done);
  }

  failed(errors: readonly Fault[], done: boolean): void {
    this.alive();
    this.#failures.push(...errors);
    this.#wake();
    if (done) this.end('done');
  }

  end(outcome: ReadoutEnd['outcome'], why = ''): void {
    if (this.#end !== undefined) return;
    clearTimeout(this.#timer);
    this.#end = { outcome, failures: this.#failures, ...(outcome === 'refused' && { why }) };
    this.#told.ended();
    this.#resolveEnded(this.#end);
    this.#wake();
  }

  cancel(): void {
    if (this.#end !== undefined) return;
    this.end('cancelled');
    this.#told.cancelled();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Reading, undefined> {
    try {
      for (;;) {
        yield* this.#readings.splice(0);
        if (this.#readings.length > 0) continue;
        if (this.#end !== undefined) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.cancel(); // who stops taking wants no more
    }
  }

  async all(): Promise<{ readonly readings: readonly Reading[]; readonly end: ReadoutEnd }> {
    const readings: Reading[] = [];
    for await (const reading of this) readings.push(reading);
    return { readings, end: await this.ended };
  }

  #patience(): NodeJS.Timeout {
    return setTimeout(() => this.end('silent'), this.#patienceMs);
  }
}

function freshSeqnr(): SequenceNumber {
  const value = randomInt(1, MOST_SEQNR);
  return { value, text: String(value) };
}

/** By account: a device may answer from another of its sessions. */
function keyOf(jid: string, { value }: SequenceNumber): string {
  return `${value} ${jid.split('/', 1)[0]}`;
}

function requestOf(seqnr: SequenceNumber, { types, fields, nodes, from, to, when }: ReadOptions): ReadRequest {
  return {
    seqnr,
    types: new Set(types),
    fields: fields ?? [],
    nodes: (nodes ?? []).map((node) => ({ nodeId: '', sourceId: '', cacheType: '', ...node })),
    ...(from && { from: { ms: from.getTime() } }),
    ...(to && { to: { ms: to.getTime() } }),
    ...(when && { when: { ms: when.getTime() } }),
    tokens: {},
  };
}
