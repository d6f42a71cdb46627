import type { NodeName } from '../../../src/domain/reading.js';
import {
  decodeMine,
  decodeNodeReference,
  decodeRegister,
  decodeThingReference,
  decodeUpdate,
  encodeDisown,
  encodeMine,
  encodeRegister,
  encodeRemove,
  encodeUnregister,
  encodeUpdate,
} from '../../../src/xep/0347-registry/codec.js';
import {
  decodeClaimed,
  encodeClaimed,
  encodeDisowned,
  encodeRemoved,
} from '../../../src/xep/0347-registry/notices-codec.js';
import { decodeFound, decodeSearch, encodeFound, encodeSearch } from '../../../src/xep/0347-registry/search-codec.js';
import type { Element } from '../../../src/xmpp/element.js';
import { DISCO_CODECS } from '../0030-disco/codecs.js';
import { type RoundTrip, roundTrip } from '../stanza-tests.js';

const ofNode = (encode: (node: NodeName) => Element) => (value: { readonly node: NodeName }) => encode(value.node);

/** The elements of the registry, both ways. */
export const REGISTRY_CODECS = {
  register: roundTrip(decodeRegister, encodeRegister),
  mine: roundTrip(decodeMine, encodeMine),
  update: roundTrip(decodeUpdate, encodeUpdate),
  remove: roundTrip(decodeThingReference, encodeRemove),
  disown: roundTrip(decodeThingReference, encodeDisown),
  unregister: roundTrip(decodeNodeReference, encodeUnregister),
  search: roundTrip(decodeSearch, encodeSearch),
  found: roundTrip(decodeFound, encodeFound),
  claimed: roundTrip(decodeClaimed, encodeClaimed),
  disowned: roundTrip(decodeNodeReference, ofNode(encodeDisowned)),
  removed: roundTrip(decodeNodeReference, ofNode(encodeRemoved)),
} satisfies Record<string, RoundTrip>;

/** What the examples of XEP-0347 hold: the registry's elements and those by which it is found. */
export const CODECS: Readonly<Record<string, RoundTrip>> = {
  ...REGISTRY_CODECS,
  ...DISCO_CODECS,
};
