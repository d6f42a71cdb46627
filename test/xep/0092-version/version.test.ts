import { beforeEach, describe, expect, it } from 'vitest';
import {
  decodeVersion,
  decodeVersionQuery,
  encodeVersion,
  encodeVersionQuery,
} from '../../../src/xep/0092-version/codec.js';
import { versionProtocol } from '../../../src/xep/0092-version/index.js';
import { decodeError } from '../../../src/xmpp/stanza-error.js';
import { type Bench, createBench, DOMAIN, get } from '../bench.js';
import { payloadOf } from '../stanza-files.js';
import { roundTrip, testStanzas } from '../stanza-tests.js';

testStanzas('0092-version', {
  query: roundTrip(decodeVersionQuery, encodeVersionQuery),
  version: roundTrip(decodeVersion, encodeVersion),
});

describe('version', () => {
  const QUERY = "<query xmlns='jabber:iq:version'/>";
  let bench: Bench;
  beforeEach(() => {
    bench = createBench();
  });
  const ask = (xml: string) => bench.ask([versionProtocol({ version: '1.2.3' })], xml);

  it('is that of the program, and nothing is said of the system', async () => {
    const answer = await ask(get(QUERY));
    expect(decodeVersion(payloadOf(answer))).toEqual({ ok: true, value: { name: 'thingstead', version: '1.2.3' } });
  });

  it('is not told to those who may not use the component', async () => {
    const answer = await ask(get(QUERY, { from: 'user@elsewhere.example/x' }));
    expect(decodeError(answer)).toMatchObject({ condition: 'forbidden', type: 'auth' });
  });

  it('is not told by Things', async () => {
    const id = await bench.place({ jid: 'thing@example.org', owner: 'user@example.org' });
    expect(decodeError(await ask(get(QUERY, { to: `${id}@${DOMAIN}` }))).condition).toBe('feature-not-implemented');
  });

  it('asked with something in it is a bad request', async () => {
    const answer = await ask(get("<query xmlns='jabber:iq:version'><name/></query>"));
    expect(decodeError(answer).condition).toBe('bad-request');
  });
});
