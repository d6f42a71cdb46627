import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeMine,
  decodeNodeReference,
  decodeRegister,
  decodeThingReference,
  decodeUpdate,
  encodeDisown,
  encodeMine,
  encodeRegister,
  encodeUnregister,
  encodeUpdate,
} from '../../../src/xep/0347-registry/codec.js';
import { decodeClaimed, encodeClaimed } from '../../../src/xep/0347-registry/notices-codec.js';
import { decodeFound, decodeSearch, encodeFound, encodeSearch } from '../../../src/xep/0347-registry/search-codec.js';
import { type Element, serialize } from '../../../src/xmpp/element.js';
import type { Decoded } from '../../../src/xmpp/reader.js';
import { parseXml } from '../stanza-files.js';
import { criterion, jid, node, nodeFilter, tags } from './arbitraries.js';

/** What is written, sent as text and read again is what it was. */
function comesBack<T>(value: fc.Arbitrary<T>, encode: (value: T) => Element, decode: (element: Element) => Decoded<T>) {
  fc.assert(
    fc.property(value, (given) => {
      expect(decode(parseXml(serialize(encode(given))))).toEqual({ ok: true, value: given });
    }),
    { numRuns: 300 },
  );
}

describe('every valid request comes back as it was', () => {
  it('register', () => comesBack(fc.record({ node, selfOwned: fc.boolean(), tags }), encodeRegister, decodeRegister));
  it('mine', () => comesBack(fc.record({ node: nodeFilter, isPublic: fc.boolean(), tags }), encodeMine, decodeMine));
  it('update', () =>
    comesBack(fc.record({ jid, node, tags }, { requiredKeys: ['node', 'tags'] }), encodeUpdate, decodeUpdate));
  it('disown', () => comesBack(fc.record({ jid, node }), encodeDisown, decodeThingReference));
  it('unregister', () => comesBack(fc.record({ node }), encodeUnregister, decodeNodeReference));
  it('claimed', () =>
    comesBack(
      fc.record({ jid, isPublic: fc.boolean(), node }, { requiredKeys: ['jid', 'node'] }),
      encodeClaimed,
      decodeClaimed,
    ));
  it('search', () =>
    comesBack(
      fc.record({
        criteria: fc.array(criterion, { minLength: 1, maxLength: 6 }),
        offset: fc.nat(),
        maxCount: fc.integer({ min: 1, max: 100 }),
      }),
      encodeSearch,
      decodeSearch,
    ));
  it('found', () =>
    comesBack(
      fc.record({ things: fc.array(fc.record({ owner: jid, jid, node, tags }), { maxLength: 3 }), more: fc.boolean() }),
      encodeFound,
      decodeFound,
    ));
});
