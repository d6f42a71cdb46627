import { beforeEach, describe, expect, it } from 'vitest';
import { decodePing, encodePing } from '../../../src/xep/0199-ping/codec.js';
import { pingProtocol } from '../../../src/xep/0199-ping/index.js';
import { decodeError } from '../../../src/xmpp/stanza-error.js';
import { type Bench, createBench, DOMAIN, get } from '../bench.js';
import { roundTrip, testStanzas } from '../stanza-tests.js';

testStanzas('0199-ping', { ping: roundTrip(decodePing, encodePing) });

describe('ping', () => {
  const PING = "<ping xmlns='urn:xmpp:ping'/>";
  let bench: Bench;
  beforeEach(() => {
    bench = createBench();
  });
  const ask = (xml: string) => bench.ask([pingProtocol()], xml);

  it('is answered by an empty result', async () => {
    const answer = await ask(get(PING));
    expect(answer.attrs).toEqual({ type: 'result', id: 'q1', from: DOMAIN, to: 'user@example.org/phone' });
    expect(answer.children).toEqual([]);
  });

  it('is answered to those who may not use the component', async () => {
    expect((await ask(get(PING, { from: 'user@elsewhere.example/x' }))).attrs['type']).toBe('result');
  });

  it('is answered by a Thing that the asker may see, from its address', async () => {
    const id = await bench.place({ jid: 'thing@example.org', owner: 'user@example.org' });
    const to = `${id}@${DOMAIN}/any`;
    expect((await ask(get(PING, { to }))).attrs).toMatchObject({ type: 'result', from: to });
    const other = await ask(get(PING, { to, from: 'other@example.org/x' }));
    expect(decodeError(other).condition).toBe('item-not-found');
  });

  it('with something in it is a bad request', async () => {
    expect(decodeError(await ask(get("<ping xmlns='urn:xmpp:ping'>x</ping>")))).toMatchObject({
      condition: 'bad-request',
    });
  });

  it('as a set is a bad request', async () => {
    expect(decodeError(await ask(get(PING, { type: 'set' })))).toMatchObject({
      condition: 'bad-request',
      type: 'modify',
    });
  });
});
