import {
  decodeAccepted,
  decodeNumbered,
  encodeAccepted,
  encodeNumbered,
  NUMBERED,
} from '../../../src/xep/0323-sensor-data/codec.js';
import { decodeFailure, encodeFailure } from '../../../src/xep/0323-sensor-data/failure-codec.js';
import { decodeFields, encodeFields } from '../../../src/xep/0323-sensor-data/fields-codec.js';
import { decodeRequest, encodeRequest } from '../../../src/xep/0323-sensor-data/request-codec.js';
import type { Element } from '../../../src/xmpp/element.js';
import type { Decoded } from '../../../src/xmpp/reader.js';

/** Reads an element, and says what it held (sets as lists) and how we write that. */
export type RoundTrip = (payload: Element) => Decoded<{ readonly value: unknown; readonly written: Element }>;

const utc = (wall: number): number => wall;

export const CODECS: Readonly<Record<string, RoundTrip>> = {
  req: roundTrip((payload) => decodeRequest(payload, utc), encodeRequest),
  accepted: roundTrip(decodeAccepted, encodeAccepted),
  fields: roundTrip((payload) => decodeFields(payload, () => utc), encodeFields),
  failure: roundTrip(decodeFailure, encodeFailure),
  ...Object.fromEntries(
    NUMBERED.map((name) => [name, roundTrip(decodeNumbered, (value) => encodeNumbered(name, value))]),
  ),
};

function roundTrip<T>(decode: (payload: Element) => Decoded<T>, encode: (value: T) => Element): RoundTrip {
  return (payload) => {
    const decoded = decode(payload);
    if (!decoded.ok) return decoded;
    return { ok: true, value: { value: plain(decoded.value), written: encode(decoded.value) } };
  };
}

/** As JSON has it. */
export function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, part) => (part instanceof Set ? [...part] : part)));
}
