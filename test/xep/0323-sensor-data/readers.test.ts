import { expect, it } from 'vitest';
import { createReaders } from '../../../src/xep/0323-sensor-data/readers.js';
import { type Caller, createCaller } from '../../../src/xmpp/caller.js';
import type { Element } from '../../../src/xmpp/element.js';
import { any } from '../../domain/read-out/house.js';
import { leaving } from '../../schemas/leaving.js';
import { parseXml } from '../stanza-files.js';

const ENDS = { asker: any('owner@example.org/phone'), self: any('things.example.org/x') };
const nothing = () => expect.fail('a ping is no message');

it.each([
  ['a result', "type='result'", true],
  ['an error', "type='error'", false],
])('a reader that answers a ping by %s is there: only a result says so', async (_what, type, isThere) => {
  const send = leaving.through((ping: Element) => {
    const { id, from, to } = ping.attrs;
    expect([from, to]).toEqual([ENDS.self, ENDS.asker]);
    expect(ping.getChild('ping', 'urn:xmpp:ping')).toBeDefined();
    setImmediate(() => caller.receive(parseXml(`<iq ${type} id='${id}' from='${to}' to='${from}'/>`)));
    return true;
  });
  const caller: Caller = createCaller(send);
  const readers = createReaders(caller, nothing, async () => undefined);
  expect(await readers.ping(ENDS, 10_000)).toBe(isThere);
});

it('a reader that cannot be asked is not there', async () => {
  const readers = createReaders(
    createCaller(() => false),
    nothing,
    async () => undefined,
  );
  expect(await readers.ping(ENDS, 10_000)).toBe(false);
});
