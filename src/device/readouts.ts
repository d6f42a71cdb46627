import type { Self } from '../client/session/session.js';
import type { ReadRequest, SequenceNumber } from '../domain/read-out/request.js';
import type { NodeName } from '../domain/reading.js';
import {
  decodeNumbered,
  encodeAccepted,
  encodeNumbered,
  encodeRejected,
  SENSOR_DATA,
} from '../xep/0323-sensor-data/codec.js';
import { encodeFailure } from '../xep/0323-sensor-data/failure-codec.js';
import { encodeFields } from '../xep/0323-sensor-data/fields-codec.js';
import { decodeRequest } from '../xep/0323-sensor-data/request-codec.js';
import { type Element, element } from '../xmpp/element.js';
import type { Jid } from '../xmpp/jid.js';
import type { Log } from '../xmpp/log.js';
import type { Answer, IqRequest, Protocol } from '../xmpp/protocol.js';
import { type StanzaError, stanzaError } from '../xmpp/stanza-error.js';
import { askedOf, hasNode, type Read, samplesOf } from './asked.js';
import type { Friends, Scope } from './friends.js';

export interface ReadoutsOptions {
  readonly read: Read;
  readonly node: NodeName;
  readonly friends: Pick<Friends, 'mayRead'>;
  readonly send: (stanza: Element) => boolean;
  readonly log: Log;
}

interface Readout {
  readonly asker: Jid;
  readonly request: ReadRequest;
  readonly ending: AbortController;
}

export interface Readouts {
  readonly protocol: Protocol<Self>;
  /** Ends all read-outs: nobody hears of them any more. */
  stop(): void;
}

/** Read-outs open at once, queued ones included. A sensor that is asked for more is being abused. */
const MOST_OPEN = 32;
/** How long the device itself may take. */
const READ_MS = 20_000;
/** How far ahead a read-out may be queued: what timers can count. */
const LONGEST_WAIT_MS = 24 * 24 * 60 * 60 * 1000;

const forbidden = stanzaError('forbidden', 'You may not read this Thing; its owner decides who may.');
const noSuchNode = stanzaError('item-not-found', 'This Thing has no such node.');
const inUse = stanzaError('bad-request', 'You have a read-out of this seqnr under way; use another number.');
const tooMany = stanzaError('resource-constraint', `This Thing does ${MOST_OPEN} read-outs at once; try again later.`);
const tooFar = stanzaError('not-acceptable', '"when" is too far ahead; this Thing waits 24 days at most.');
const notOpen = stanzaError('item-not-found', 'There is no read-out of this seqnr under way.');

/** Answers `req` and `cancel` (XEP-0323 section 3): `accepted` at once, then the fields in one message, or a failure. */
export function createReadouts(options: ReadoutsOptions): Readouts {
  const { node, friends, send, log } = options;
  const open = new Map<string, Readout>();

  async function req({ from, payload }: IqRequest<Self>): Promise<Answer> {
    const decoded = decodeRequest(payload, (wall) => wall); // a time without zone is in UTC
    if (!decoded.ok) return decoded;
    const request = decoded.value;
    const key = keyOf(from, request.seqnr);
    const wait = (request.when?.ms ?? 0) - Date.now();
    const obstacle = obstacleTo(key, wait);
    if (obstacle !== undefined) return refusal(request.seqnr, obstacle);

    // Its place is taken before anyone is asked: who asks twice at once is not served twice.
    const readout: Readout = { asker: from, request, ending: new AbortController() };
    open.set(key, readout);
    const close = (): void => {
      if (open.get(key) === readout) open.delete(key);
    };
    const scope = await friends.mayRead(from, request);
    if (scope === undefined || !hasNode(request.nodes, node)) {
      close();
      return refusal(request.seqnr, scope === undefined ? forbidden : noSuchNode);
    }
    const after = () => serve(readout, scope, wait).finally(close);
    return { result: encodeAccepted({ seqnr: request.seqnr, queued: wait > 0 }), after };
  }

  function obstacleTo(key: string, wait: number): StanzaError | undefined {
    if (open.has(key)) return inUse;
    if (open.size >= MOST_OPEN) return tooMany;
    return wait > LONGEST_WAIT_MS ? tooFar : undefined;
  }

  async function serve(readout: Readout, allowed: Scope, wait: number): Promise<void> {
    const { asker, request, ending } = readout;
    let scope: Scope | undefined = allowed;
    if (wait > 0) {
      await pause(wait, ending.signal);
      if (ending.signal.aborted) return;
      // Much may have changed since the question.
      scope = await friends.mayRead(asker, request);
      tell(readout, encodeNumbered('started', request));
    }
    if (scope === undefined) return tell(readout, failure(request.seqnr, node, forbidden.text ?? ''));
    const deadline = AbortSignal.timeout(READ_MS);
    const signal = AbortSignal.any([ending.signal, deadline]);
    tell(readout, await readOut(readout, scope, signal));
  }

  async function readOut({ request }: Readout, scope: Scope, signal: AbortSignal): Promise<Element> {
    const { seqnr } = request;
    const asked = askedOf(request, scope, signal);
    try {
      const readings = await unlessAborted(options.read(asked), signal);
      const samples = samplesOf(readings, asked, node);
      return encodeFields({ seqnr, done: true, samples });
    } catch (error) {
      const why = signal.aborted ? 'The Thing did not read its values in time.' : messageOf(error);
      if (!signal.aborted) log.error({ err: error }, 'the device could not be read');
      return failure(seqnr, node, why);
    }
  }

  /** Says something about a read-out, unless it was cancelled. For this session of the asker or for nobody. */
  function tell({ asker, ending }: Readout, payload: Element): void {
    if (!ending.signal.aborted) send(element('message', { to: asker.full, type: 'headline' }, payload));
  }

  async function cancel({ from, payload }: IqRequest<Self>): Promise<Answer> {
    const decoded = decodeNumbered(payload);
    if (!decoded.ok) return decoded;
    const key = keyOf(from, decoded.value.seqnr);
    const readout = open.get(key);
    if (readout === undefined) return { error: notOpen };
    open.delete(key);
    readout.ending.abort();
    return { result: encodeNumbered('cancelled', decoded.value) };
  }

  return {
    protocol: {
      name: '0323-sensor-data',
      features: { domain: [], local: [SENSOR_DATA] },
      iqs: Object.entries({ req, cancel }).map(([name, handle]) => ({
        xmlns: SENSOR_DATA,
        name,
        types: ['get', 'set'],
        at: 'local',
        handle,
      })),
    },
    stop() {
      for (const { ending } of open.values()) ending.abort();
      open.clear();
    },
  };
}

function keyOf({ full }: Jid, { value }: SequenceNumber): string {
  return `${value} ${full}`;
}

/** One library looks for `rejected` and sees nothing else. */
function refusal(seqnr: SequenceNumber, error: StanzaError): Answer {
  const errors = error.text === undefined ? [] : [error.text];
  return { error: { ...error, beside: encodeRejected(seqnr, { errors }) } };
}

function failure(seqnr: SequenceNumber, node: NodeName, reason: string): Element {
  const errors = [{ node, timestamp: new Date().toISOString(), reason }];
  return encodeFailure({ seqnr, done: true, errors });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A device that does not heed the signal is not waited for. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== '' ? error.message : 'The Thing could not be read.';
}
