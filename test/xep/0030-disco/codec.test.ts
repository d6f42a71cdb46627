import { testStanzas } from '../stanza-tests.js';
import { DISCO_CODECS } from './codecs.js';

testStanzas('0030-disco', DISCO_CODECS);
