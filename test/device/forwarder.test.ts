import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createForwarder, type Forwarder } from '../../src/device/forwarder.js';
import { field, folderQueue, type Pushed, type Queue } from '../../src/device/index.js';
import { reachable } from '../../src/domain/jid.js';
import type { Sample } from '../../src/domain/read-out/report.js';
import { parseJid } from '../../src/xmpp/jid.js';
import { type Condition, type ErrorType, stanzaError } from '../../src/xmpp/stanza-error.js';

const jid = (text: string) => {
  const parsed = parseJid(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};
const OWNER = jid('anna@example.org').bare;
const REGISTRY = reachable(jid('things.example.org').full);

let folder: string;
let queue: Queue;
let forwarder: Forwarder | undefined;
beforeEach(() => {
  vi.useFakeTimers();
  folder = mkdtempSync(join(tmpdir(), 'thingstead-forwarder-'));
  queue = folderQueue(folder);
});
afterEach(() => {
  forwarder?.stop();
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

function add(value: number): void {
  const node = { nodeId: '', sourceId: '', cacheType: '' };
  queue.add(OWNER, [{ node, at: { ms: value }, fields: [field.int('N', value)] }]);
}

const numberOf = (samples: readonly Sample[]): string => samples[0]?.fields[0]?.value ?? '';

/** A forwarder to a registry that answers as told, the last answer again and again. */
function forwarding(...answers: readonly Pushed[]) {
  const pushed: string[] = [];
  const told = { refused: 0, stranger: 0 };
  let call = 0;
  forwarder = createForwarder({
    queue,
    pusher: {
      push: async (_, samples) => {
        pushed.push(numberOf(samples));
        return answers[Math.min(call++, answers.length - 1)] ?? { outcome: 'silent' };
      },
    },
    ownership: { owner: OWNER, removed: false },
    registry: () => REGISTRY,
    onRefused: () => void told.refused++,
    onStranger: () => void told.stranger++,
    random: () => 0,
  });
  return { pushed, told, forwarder };
}

const refused = (condition: Condition, type?: ErrorType): Pushed => ({
  outcome: 'refused',
  error: stanzaError(condition, undefined, type),
});
const received: Pushed = { outcome: 'received' };
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('what waits is kept and tried again', () => {
  test.each([
    ['nobody answers', { outcome: 'silent' } as const],
    ['the disk of the registry is full', refused('resource-constraint')],
    ['the server knows no registry', refused('remote-server-not-found')],
    ['the server says that it is not there', refused('service-unavailable')],
    ['the server lets nobody through', refused('forbidden')],
  ])('while %s', async (_, answer) => {
    add(1);
    const { pushed, forwarder: made } = forwarding(answer, received);
    made.wake();
    await settle();
    expect([pushed, queue.size]).toEqual([['1'], 1]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([pushed, queue.size]).toEqual([['1', '1'], 0]);
  });

  test('ever more seldom, not in a circle', async () => {
    add(1);
    const { pushed, forwarder: made } = forwarding({ outcome: 'silent' });
    made.wake();
    await vi.advanceTimersByTimeAsync(10 * 60_000);
    expect(pushed.length).toBeGreaterThan(5);
    expect(pushed.length).toBeLessThan(40);
  });

  test('and whose the device is, is asked of a registry that does not know it', async () => {
    add(1);
    const { told, forwarder: made } = forwarding(refused('registration-required'));
    made.wake();
    await settle();
    expect(told).toEqual({ refused: 0, stranger: 1 });
  });
});

test.each(['bad-request', 'not-acceptable', 'policy-violation', 'item-not-found'] as const)(
  'what is refused for good by %s is let go, and the rest goes on',
  async (condition) => {
    for (const value of [1, 2]) add(value);
    const { pushed, told, forwarder: made } = forwarding(refused(condition), received);
    made.wake();
    await settle();
    expect([pushed, queue.size, told.refused]).toEqual([['1', '2'], 0, 1]);
  },
);

test('everything is sent in turn, and what comes while it is sent, too', async () => {
  for (let value = 1; value <= 25; value++) add(value);
  const { pushed, forwarder: made } = forwarding(received);
  made.wake();
  add(26);
  made.wake();
  await settle();
  expect(pushed).toEqual(Array.from({ length: 26 }, (_, index) => String(index + 1)));
});

test('after stop nothing is sent', async () => {
  add(1);
  const { pushed, forwarder: made } = forwarding(received);
  made.stop();
  made.wake();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(pushed).toEqual([]);
});
