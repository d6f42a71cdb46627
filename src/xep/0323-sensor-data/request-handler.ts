import type { AnyJid } from '../../domain/jid.js';
import type { Broker, Verdict } from '../../domain/read-out/broker.js';
import { MOST_THINGS } from '../../domain/read-out/find-parts.js';
import type { Refusal } from '../../domain/read-out/judge-request.js';
import type { SequenceNumber } from '../../domain/read-out/request.js';
import type { Refusals } from '../../domain/refusals.js';
import type { ClaimedThing, Thing } from '../../domain/thing.js';
import { instantOf, type TimeZone } from '../../domain/time-zone.js';
import type { Element } from '../../xmpp/element.js';
import type { Answer, IqRequest } from '../../xmpp/protocol.js';
import { type StanzaError, stanzaError } from '../../xmpp/stanza-error.js';
import { decodeNumbered, encodeAccepted, encodeNumbered, encodeRejected } from './codec.js';
import { decodeRequest } from './request-codec.js';

export interface RequestHandlerDeps {
  readonly broker: Broker;
  readonly refusals: Pick<Refusals, 'note'>;
  /** The zone of a Thing; without one, that of the component. */
  readonly zoneOf: (thing: Thing | undefined) => TimeZone;
}

type Handle = (request: IqRequest<ClaimedThing>) => Promise<Answer>;

const REFUSALS: Readonly<Record<Refusal, StanzaError>> = {
  'seqnr-in-use': stanzaError('bad-request', 'This seqnr is that of a read-out which is still open; use another.'),
  'not-found': stanzaError('item-not-found', 'There is no such node.'),
  'no-things': stanzaError('item-not-found', 'You own no Thing, and none is shared with you: name nodes.'),
  forbidden: stanzaError('forbidden', 'You may not read this Thing; its owner can share it with you.'),
  'too-many-things': stanzaError(
    'resource-constraint',
    `More than ${MOST_THINGS} Things would be read; name those that you want as nodes.`,
    'modify',
  ),
  'too-many-requests': stanzaError('resource-constraint', 'You have too many read-outs open; wait for some to end.'),
  'too-far-ahead': stanzaError('bad-request', '"when" is more than a year ahead.'),
};
const NOT_OPEN = stanzaError('item-not-found', 'No read-out of yours with this seqnr is open.');

/** Says beside an error to `req`, whoever refused, what versions before 0.3 said in its place: one library sees only that. */
export function rejected(payload: Element, error: StanzaError): StanzaError {
  const seqnr = seqnrOf(payload);
  if (seqnr === undefined) return error;
  return { ...error, beside: encodeRejected(seqnr, { errors: [error.text ?? error.condition] }) };
}

/** What is answered to `req` and `cancel` (XEP-0323 sections 3.1 to 3.7; DESIGN section 4), by the name of the element. */
export function createRequestHandlers({ broker, refusals, zoneOf }: RequestHandlerDeps) {
  const req: Handle = async ({ payload, from, to, target }) => {
    const zone = zoneOf(target);
    const decoded = decodeRequest(payload, (wall) => instantOf(zone, wall));
    if (!decoded.ok) return { error: decoded.error };
    const { seqnr } = decoded.value;
    const place = target === undefined ? 'component' : { thing: target };
    const verdict = await broker.request({ asker: from.full, self: to.full }, decoded.value, place);
    const note = () => record(from.full, verdict);
    if (!verdict.accepted) return { error: REFUSALS[verdict.refusal], after: note };
    const begin = (): Promise<void> => {
      verdict.begin();
      return note();
    };
    return { result: encodeAccepted({ seqnr, queued: verdict.queued }), after: begin };
  };

  const cancel: Handle = async ({ payload, from }) => {
    const decoded = decodeNumbered(payload);
    if (!decoded.ok) return { error: decoded.error };
    const wasOpen = await broker.cancel(from.full, decoded.value.seqnr.value);
    return wasOpen ? { result: encodeNumbered('cancelled', decoded.value) } : { error: NOT_OPEN };
  };

  /** What was asked for and is not there for the asker, as for addresses that are nothing (DESIGN section 2), or is barred. */
  async function record(actor: AnyJid, { missing, forbidden }: Verdict): Promise<void> {
    const denied = [
      ...missing.map(({ nodeId }) => ({ subject: nodeId, outcome: 'item-not-found' })),
      ...forbidden.map(({ nodeId }) => ({ subject: nodeId, outcome: 'forbidden' })),
    ];
    const rest = denied.length - MOST_NOTED;
    const noted = denied.slice(0, MOST_NOTED);
    if (rest > 0) noted.push({ subject: `${rest} more nodes`, outcome: 'refused' });
    await Promise.all(noted.map((each) => refusals.note({ actor, action: 'req', ...each })));
  }

  return { req, cancel };
}

/** Nodes of one request that are noted each by itself. */
const MOST_NOTED = 20;

function seqnrOf(payload: Element): SequenceNumber | undefined {
  const decoded = decodeNumbered(payload);
  return decoded.ok ? decoded.value.seqnr : undefined;
}
