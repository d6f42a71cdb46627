import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { decodeTime, decodeTimeQuery, encodeTime, encodeTimeQuery } from '../../../src/xep/0202-time/codec.js';
import { timeProtocol } from '../../../src/xep/0202-time/index.js';
import { decodeError } from '../../../src/xmpp/stanza-error.js';
import { type Bench, createBench, get } from '../bench.js';
import { payloadOf } from '../stanza-files.js';
import { roundTrip, testStanzas } from '../stanza-tests.js';

testStanzas('0202-time', {
  query: roundTrip(decodeTimeQuery, encodeTimeQuery),
  time: roundTrip(decodeTime, encodeTime),
});

describe('time', () => {
  let bench: Bench;
  beforeEach(() => {
    bench = createBench();
  });
  const ask = (xml: string) => bench.ask([timeProtocol(bench)], xml);

  it('is that of the clock, to the second, with the offset of this machine', async () => {
    const ms = bench.clock.now();
    const answer = await ask(get("<time xmlns='urn:xmpp:time'/>"));
    expect(decodeTime(payloadOf(answer))).toEqual({
      ok: true,
      value: { ms: ms - (ms % 1000), offsetMinutes: 0 - new Date(ms).getTimezoneOffset() },
    });
  });

  it('asked with something in it is a bad request', async () => {
    expect(decodeError(await ask(get("<time xmlns='urn:xmpp:time'>?</time>"))).condition).toBe('bad-request');
  });

  it('comes back as it was', () => {
    const seconds = fc.integer({ min: 0, max: 253_402_300_799 });
    const offset = fc.integer({ min: -12 * 60, max: 14 * 60 });
    fc.assert(
      fc.property(seconds, offset, (second, offsetMinutes) => {
        const time = { ms: second * 1000, offsetMinutes };
        expect(decodeTime(encodeTime(time))).toEqual({ ok: true, value: time });
      }),
    );
  });
});
