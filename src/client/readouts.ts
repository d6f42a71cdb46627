import { randomInt } from 'node:crypto';
import type { ReadRequest, SequenceNumber } from '../domain/read-out/request.js';
import type { FieldType, NodeName } from '../domain/reading.js';
import { decodeAccepted, decodeNumbered, encodeNumbered, SENSOR_DATA } from '../xep/0323-sensor-data/codec.js';
import { decodeFailure } from '../xep/0323-sensor-data/failure-codec.js';
import { decodeFields } from '../xep/0323-sensor-data/fields-codec.js';
import { encodeRequest } from '../xep/0323-sensor-data/request-codec.js';
import type { Element } from '../xmpp/element.js';
import type { AnyJid } from '../xmpp/jid.js';
import type { Message, Protocol } from '../xmpp/protocol.js';
import { outcomeOf } from './outcome.js';
import { OpenReadout, type Readout } from './readout.js';
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
