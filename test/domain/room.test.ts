import { expect, it } from 'vitest';
import type { BareJid } from '../../src/domain/jid.js';
import { createRoom } from '../../src/domain/room.js';

const jid = (text: string) => text as BareJid;

function world(there: Record<string, number>) {
  const asked: string[] = [];
  const limit: { now: number | 'off' } = { now: 5 };
  const countOf = async (of: BareJid, most: number) => {
    asked.push(of);
    return Math.min(most, there[of] ?? 0);
  };
  return { room: createRoom({ countOf }, () => limit.now), asked, limit, there };
}

it('is there until a JID has as many as one may, and counts the Things of each once', async () => {
  const { room, asked, there } = world({ 'a@x': 2 });
  const answers: boolean[] = [];
  for (let n = 0; n < 3; n++) answers.push(await room(jid('a@x')));
  expect(answers).toEqual([true, true, true]);
  expect(asked).toEqual(['a@x']);
  there['a@x'] = 5;
  expect(await room(jid('a@x'))).toBe(false);
  there['a@x'] = 4; // one has gone
  expect(await room(jid('a@x'))).toBe(true);
  expect(await room(jid('b@x'))).toBe(true);
});

it('is counted anew when the limit changes, and endless without one', async () => {
  const { room, limit, there, asked } = world({ 'a@x': 5 });
  expect(await room(jid('a@x'))).toBe(false);
  limit.now = 6;
  expect(await room(jid('a@x'))).toBe(true);
  limit.now = 'off';
  there['a@x'] = 1000;
  asked.length = 0;
  expect(await room(jid('a@x'))).toBe(true);
  expect(asked).toEqual([]);
});
