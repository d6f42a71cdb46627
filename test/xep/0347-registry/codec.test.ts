import { expect, it } from 'vitest';
import { stanzaFiles } from '../stanza-files.js';
import { testStanzas } from '../stanza-tests.js';
import { CODECS } from './codecs.js';

testStanzas('0347-registry', CODECS);

it('has all 55 example stanzas of XEP-0347 from section 3.6 on', () => {
  expect(stanzaFiles('0347-registry').filter(({ expected }) => 'example' in expected)).toHaveLength(55);
});
