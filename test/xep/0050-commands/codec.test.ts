import { decodeAnswer, decodeRequest, encodeAnswer, encodeRequest } from '../../../src/xep/0050-commands/codec.js';
import { roundTrip, testStanzas } from '../stanza-tests.js';

testStanzas('0050-commands', {
  request: roundTrip(decodeRequest, encodeRequest),
  answer: roundTrip(decodeAnswer, encodeAnswer),
});
