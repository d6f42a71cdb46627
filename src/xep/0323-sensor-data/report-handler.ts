import type { ThingStore } from '../../domain/ports.js';
import { assignNode } from '../../domain/read-out/assign-node.js';
import type { Broker } from '../../domain/read-out/broker.js';
import type { Taken } from '../../domain/read-out/intake.js';
import { createLanes } from '../../domain/read-out/lane.js';
import type { Fault, Report } from '../../domain/read-out/report.js';
import type { SequenceNumber } from '../../domain/read-out/request.js';
import { WORDS } from '../../domain/read-out/words.js';
import { type ClaimedThing, isClaimed, type Thing } from '../../domain/thing.js';
import { instantOf, type TimeZone } from '../../domain/time-zone.js';
import { type Element, element } from '../../xmpp/element.js';
import type { Message } from '../../xmpp/protocol.js';
import { type StanzaError, stanzaError } from '../../xmpp/stanza-error.js';
import type { Over } from '../over.js';
import { decodeNumbered, SENSOR_DATA } from './codec.js';
import { decodeFailure, encodeFailure } from './failure-codec.js';
import { decodeFields, type ZonedFor } from './fields-codec.js';
import type { ReportLimits } from './limits.js';

export interface ReportHandlerDeps {
  readonly broker: Broker;
  readonly things: ThingStore;
  readonly zoneOf: (thing: Thing | undefined) => TimeZone;
  readonly send: (stanza: Element) => boolean;
  readonly limits?: ReportLimits;
  /** Counts what somebody is about to do. @returns what to tell who has done too much of it. */
  readonly over?: Over;
  /** Told of the Things of a JID which items of what it pushed were refused, for their owners to know. */
  readonly refused: (things: readonly Thing[], faults: readonly Fault[]) => void;
}

/** XEP-0184. */
export const RECEIPTS = 'urn:xmpp:receipts';

type Handle = (message: Message<ClaimedThing>) => Promise<StanzaError | undefined>;

const UNREGISTERED = stanzaError(
  'registration-required',
  'You are not registered here as a Thing; nothing was stored.',
);
const UNCLAIMED = stanzaError('forbidden', 'Nobody has claimed you; what you report is not stored until then.');
const ONE_AT_A_TIME = stanzaError('bad-request', 'A message has one <fields/>; nothing of this one was stored.');

/** Of a message that names more nodes all Things of its sender are looked at. */
const MOST_NAMED = 100;

/** Errors of a push that are named to its sender; the others are counted. */
const MOST_ERRORS = 20;

/**
 * What is done with what devices report, by the name of the element: answers to our questions and pushes (DESIGN
 * section 4, "Push"). What comes from one JID is dealt with in the order in which it came: at equal trust the later
 * arrival counts.
 */
export function createReportHandlers(deps: ReportHandlerDeps) {
  const { broker, things, zoneOf, send, limits, refused, over } = deps;
  const lanes = createLanes();
  const inOrder =
    (handle: (message: Message<ClaimedThing>, things: readonly Thing[]) => Promise<StanzaError | undefined>): Handle =>
    (message) =>
      lanes.run(message.from.bare, async () => handle(message, await things.ofJid(message.from.bare)));

  // Messages with readings are taken in the order in which they came, but none waits until those before it are on disk.
  const fields: Handle = (message) =>
    lanes.runTogether(message.from.bare, async () => takeFields(message, await reporting(message)));

  /** The Things that a message with readings may be about; all of its sender where it is about none that is claimed. */
  async function reporting({ from, payload }: Message<ClaimedThing>): Promise<readonly Thing[]> {
    const named = payload.getChildren('node').map((node) => String(node.attrs['nodeId'] ?? ''));
    if (named.length > MOST_NAMED) return things.ofJid(from.bare);
    const own = await things.ofNodes(from.bare, named);
    return own.some(isClaimed) ? own : things.ofJid(from.bare);
  }

  async function takeFields(message: Message<ClaimedThing>, own: readonly Thing[]): Promise<StanzaError | undefined> {
    if (message.stanza.getChildren('fields', SENSOR_DATA).length > 1) return ONE_AT_A_TIME;
    if (!own.some(isClaimed)) return own.length === 0 ? UNREGISTERED : UNCLAIMED;
    const zonedFor: ZonedFor = (node) => {
      const zone = zoneOf(assignNode(own, node));
      return (wall) => instantOf(zone, wall);
    };
    const decoded = decodeFields(message.payload, zonedFor, limits);
    if (!decoded.ok) return unreadable(message, own, decoded.error);
    const tooMuch = over?.('readings', message.from, sizeOf(decoded.value));
    if (tooMuch !== undefined) return unreadable(message, own, tooMuch);
    const taken = await broker.reported(message.from.full, decoded.value, own);
    if (taken.isPush) refused(own, taken.faults);
    return answer(message, decoded.value.seqnr, taken);
  }

  /** Nothing of it can be taken; who waits for it is told so too. */
  function unreadable(message: Message<ClaimedThing>, own: readonly Thing[], error: StanzaError): StanzaError {
    const numbered = decodeNumbered(message.payload);
    const fault = { node: { nodeId: '', sourceId: '', cacheType: '' }, timestamp: '', reason: error.text ?? '' };
    refused(own, [fault]);
    if (numbered.ok) broker.failed(message.from.full, { ...numbered.value, done: false, errors: [fault] }, own);
    return error;
  }

  /** `received` means: we have dealt with this message, do not send it again. It follows the commit. */
  function answer(
    message: Message<ClaimedThing>,
    seqnr: SequenceNumber,
    { arrivals, faults, isPush }: Taken & { readonly isPush: boolean },
  ): StanzaError | undefined {
    const wantsReceipt = message.id !== undefined && asksForReceipt(message.stanza);
    if (arrivals.length === 0 && faults.length > 0) return isPush || wantsReceipt ? nothingTaken(faults) : undefined;
    if (wantsReceipt) reply(message, element('received', { xmlns: RECEIPTS, id: message.id }));
    // To a device that answers a question, its own errors are of no use: the asker gets them.
    if (isPush && faults.length > 0) reply(message, encodeFailure({ seqnr, done: false, errors: firstOf(faults) }));
    return undefined;
  }

  function reply({ from, to }: Message<ClaimedThing>, payload: Element): void {
    send(element('message', { type: 'headline', from: to.full, to: from.full }, payload));
  }

  const failure = inOrder(async ({ from, payload }, own) => {
    const decoded = decodeFailure(payload);
    if (decoded.ok) broker.failed(from.full, decoded.value, own);
    return undefined;
  });

  const done = inOrder(async ({ from, payload }) => {
    const decoded = decodeNumbered(payload);
    if (decoded.ok) broker.done(from.full, decoded.value.seqnr.value);
    return undefined;
  });

  // A device that has queued our question tells us that it begins: its data will say so too.
  const started: Handle = async () => undefined;

  return { fields, failure, done, started };
}

function sizeOf({ samples }: Report): number {
  return samples.reduce((sum, { fields }) => sum + fields.length, 0);
}

function asksForReceipt(stanza: Element): boolean {
  return stanza.getChild('request', RECEIPTS) !== undefined && stanza.getChild('received', RECEIPTS) === undefined;
}

function nothingTaken(faults: readonly Fault[]): StanzaError {
  const reasons = [...new Set(faults.slice(0, MOST_ERRORS).map(({ reason }) => reason))];
  return stanzaError('bad-request', `Nothing was stored. ${reasons.join(' ')}`.slice(0, MAX_TEXT));
}

const MAX_TEXT = 1024;

function firstOf(faults: readonly Fault[]): readonly Fault[] {
  const [first] = faults;
  if (first === undefined || faults.length <= MOST_ERRORS) return faults;
  const rest = { ...first, timestamp: '', reason: WORDS.more(faults.length - MOST_ERRORS) };
  return [...faults.slice(0, MOST_ERRORS), rest];
}
