import {
  DISCO_INFO,
  DISCO_ITEMS,
  decodeInfo,
  decodeItems,
  decodeQuery,
  encodeInfo,
  encodeItems,
  encodeQuery,
} from '../../../src/xep/0030-disco/codec.js';
import { type RoundTrip, roundTrip } from '../stanza-tests.js';

export const DISCO_CODECS = {
  info: roundTrip(decodeInfo, encodeInfo),
  items: roundTrip(decodeItems, encodeItems),
  query: (payload) => {
    const xmlns = payload.getNS() === DISCO_ITEMS ? DISCO_ITEMS : DISCO_INFO;
    return roundTrip(decodeQuery, (query) => encodeQuery(xmlns, query))(payload);
  },
} satisfies Record<string, RoundTrip>;
