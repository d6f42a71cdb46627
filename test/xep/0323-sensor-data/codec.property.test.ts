import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decodeFailure, encodeFailure } from '../../../src/xep/0323-sensor-data/failure-codec.js';
import { decodeFields, encodeFields } from '../../../src/xep/0323-sensor-data/fields-codec.js';
import { decodeRequest, encodeRequest } from '../../../src/xep/0323-sensor-data/request-codec.js';
import { type Element, serialize } from '../../../src/xmpp/element.js';
import type { Decoded } from '../../../src/xmpp/reader.js';
import { parseXml } from '../stanza-files.js';
import { failure, report, request } from './arbitraries.js';

const utc = (wall: number): number => wall;

function comesBack<T>(decode: (payload: Element) => Decoded<T>, encode: (value: T) => Element) {
  return (value: T): void => {
    const wire = serialize(encode(value));
    expect(decode(parseXml(wire))).toEqual({ ok: true, value });
  };
}

it('gives readings back to the character', () => {
  fc.assert(
    fc.property(
      report,
      comesBack((payload) => decodeFields(payload, () => utc), encodeFields),
    ),
  );
});

it('gives failures back', () => {
  fc.assert(fc.property(failure, comesBack(decodeFailure, encodeFailure)));
});

it('gives requests back', () => {
  fc.assert(
    fc.property(
      request,
      comesBack((payload) => decodeRequest(payload, utc), encodeRequest),
    ),
  );
});
