import type { BareJid } from '../../domain/jid.js';
import type { Answer, Devices } from '../../domain/read-out/ports.js';
import type { Caller, Reply } from '../../xmpp/caller.js';
import { element } from '../../xmpp/element.js';
import { type Condition, type StanzaError, saysGone } from '../../xmpp/stanza-error.js';
import { decodeRejected, SENSOR_DATA } from './codec.js';
import { encodeRequest } from './request-codec.js';

const PING = 'urn:xmpp:ping';

/**
 * Asks devices by IQ, from the domain JID, in the least form: of the libraries that devices are made with, one serves only
 * who is subscribed to its presence, which the domain is; one copes with no child; one takes only the literal `true`.
 */
export function createDevices(caller: Caller, domain: BareJid): Devices {
  return {
    async ask(session, { seqnr: number, node, ...question }, timeoutMs) {
      const seqnr = { value: number, text: String(number) };
      const payload = encodeRequest({ ...question, seqnr, nodes: node === undefined ? [] : [node], fields: [] });
      return answerOf(await caller.ask({ to: session, from: domain, type: 'get', payload, timeoutMs }));
    },

    async ping(session, timeoutMs) {
      const payload = element('ping', { xmlns: PING });
      const reply = await caller.ask({ to: session, from: domain, type: 'get', payload, timeoutMs });
      if (reply.kind === 'silent') return 'silent';
      if (reply.kind === 'result' || !saysGone(reply.error)) return 'there';
      return reply.error.condition === 'service-unavailable' ? 'unclear' : 'gone';
    },
  };
}

function answerOf(reply: Reply): Answer {
  if (reply.kind === 'silent') return { kind: 'silent' };
  const rejection = reply.kind === 'result' ? reply.payload : reply.stanza.getChild('rejected', SENSOR_DATA);
  const reason =
    rejection?.is('rejected', SENSOR_DATA) === true ? decodeRejected(rejection).errors.join(' ') : undefined;
  if (reply.kind === 'result') return reason === undefined ? { kind: 'accepted' } : { kind: 'refused', reason };
  if (reason === undefined && isNotThere(reply.error)) return { kind: 'gone' };
  if (reason === undefined && reply.error.condition === 'feature-not-implemented') return { kind: 'unserved' };
  return { kind: 'refused', reason: reply.error.text || reason || (MEANINGS[reply.error.condition] ?? '') };
}

/** Servers do not say item-not-found of a session; devices do, of a node (XEP-0323 section 3.3). */
function isNotThere(error: StanzaError): boolean {
  return saysGone(error) && error.condition !== 'item-not-found';
}

/** What a device means that gives no text. */
const MEANINGS: Readonly<Partial<Record<Condition, string>>> = {
  'bad-request': 'it did not understand the request.',
  forbidden: 'it denies access.',
  'item-not-found': 'it has no such node.',
  'not-allowed': 'it does not allow it.',
  'not-authorized': 'it denies access.',
  'resource-constraint': 'it is too busy.',
  'subscription-required': 'it serves only who is subscribed to its presence.',
};
