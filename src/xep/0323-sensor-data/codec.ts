import type { SequenceNumber } from '../../domain/read-out/request.js';
import { type Element, element } from '../../xmpp/element.js';
import { type Decoded, Reader } from '../../xmpp/reader.js';
import { LIMITS } from './limits.js';

/**
 * The namespace of XEP-0323 (version 0.6). This file has the small elements; `request-codec.ts` has the request,
 * `fields-codec.ts` and `field-codec.ts` the readings, `failure-codec.ts` what went wrong.
 */
export const SENSOR_DATA = 'urn:xmpp:iot:sensordata';

/** Section 3: `started`, `cancel`, `cancelled` and `done` hold a sequence number and no more. */
export interface Numbered {
  readonly seqnr: SequenceNumber;
}

export const NUMBERED = ['started', 'cancel', 'cancelled', 'done'] as const;

export function decodeNumbered(payload: Element): Decoded<Numbered> {
  const read = new Reader(payload);
  return read.end({ seqnr: decodeSeqnr(read) });
}

export function encodeNumbered(name: (typeof NUMBERED)[number], { seqnr }: Numbered): Element {
  return element(name, { xmlns: SENSOR_DATA, seqnr: seqnr.text });
}

/** Section 3.1. */
export interface Accepted extends Numbered {
  readonly queued: boolean;
}

export function decodeAccepted(payload: Element): Decoded<Accepted> {
  const read = new Reader(payload);
  return read.end({ seqnr: decodeSeqnr(read), queued: read.boolean('queued', false) });
}

export function encodeAccepted({ seqnr, queued }: Accepted): Element {
  return element('accepted', { xmlns: SENSOR_DATA, seqnr: seqnr.text, queued: queued ? true : undefined });
}

/**
 * How versions before 0.3 refused a request; libraries still look for it, so it goes beside the stanza error. What is
 * unreadable in it is left out: a refusal is a refusal.
 */
export interface Rejected {
  readonly errors: readonly string[];
}

export function decodeRejected(payload: Element): Rejected {
  const errors = payload.getChildren('error').map((error) => error.getText().slice(0, LIMITS.errorText));
  return { errors: errors.slice(0, LIMITS.errorsPerMessage) };
}

export function encodeRejected(seqnr: SequenceNumber, { errors }: Rejected): Element {
  const children = errors.map((error) => element('error', {}, error));
  return element('rejected', { xmlns: SENSOR_DATA, seqnr: seqnr.text }, ...children);
}

const INT = 2 ** 31;

/** An xs:int, kept as written. */
export function decodeSeqnr(read: Reader): SequenceNumber {
  const value = read.integer('seqnr', -INT, INT - 1);
  return { value, text: read.string('seqnr', '').trim() };
}
