import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueuedReadOut, Store } from '../../../src/domain/ports.js';
import type { Plan } from '../../../src/domain/read-out/plan.js';
import { FIELD_TYPES } from '../../../src/domain/reading.js';
import type { Open } from '../../store-contract.js';
import { bare, full, ownershipId } from './samples.js';

const PHONE = full('ann@x/phone');
const DESK = full('ann@x/desk');
const NODE = { nodeId: 'n', sourceId: '', cacheType: '' };

function queued(seqnr: number, due: number, more: { asker?: typeof PHONE; request?: object } = {}): QueuedReadOut {
  const { asker = PHONE, request = {} } = more;
  const part = {
    ownership: ownershipId('id1'),
    since: 1,
    naming: { kind: 'asked', name: 'id1' } as const,
    only: [NODE],
  };
  const plan: Plan = {
    ends: { asker, self: bare('things.x') },
    request: {
      seqnr: { value: seqnr, text: `00${seqnr}` },
      types: new Set(['momentary'] as const),
      fields: [],
      tokens: {},
      ...request,
    },
    parts: [part],
    faults: [{ node: NODE, timestamp: '', reason: 'No such node.' }],
    wasQueued: true,
  };
  return { plan, due, answersPings: false };
}

/** What is due by then, as `asker seqnr`. */
async function due(store: Store, by: number, limit = 9): Promise<string[]> {
  const found = await store.queue.due(by, limit);
  return found.map(({ plan }) => `${plan.ends.asker} ${plan.request.seqnr.value}`);
}

export function queueContract(open: Open): void {
  describe('queued read-outs', () => {
    it('are one of each session and number: the first stays as it is', async () => {
      const store = await open();
      const first = queued(1, 10);
      expect(await store.queue.add(first)).toBe(true);
      expect(await store.queue.add(queued(1, 5, { request: { fields: ['T'] } }))).toBe(false);
      expect(await store.queue.due(99, 9)).toEqual([first]);
      expect(await store.queue.add(queued(1, 10, { asker: DESK }))).toBe(true);
      expect(await store.queue.add(queued(2, 10))).toBe(true);
      const both = [store.queue.add(queued(3, 10)), store.queue.add(queued(3, 10))];
      expect((await Promise.all(both)).sort()).toEqual([false, true]);
      const has = [
        store.queue.has(PHONE, 1),
        store.queue.has(DESK, 1),
        store.queue.has(DESK, 2),
        store.queue.has(bare('ann@x'), 1),
      ];
      expect(await Promise.all(has)).toEqual([true, true, false, false]);
      await store.close();
    });

    it('come back as they were, to the character', async () => {
      const store = await open();
      const text = fc.string({ unit: 'binary', maxLength: 9 });
      const moment = fc.record({ ms: fc.integer(), offsetMinutes: fc.constant(330) });
      const request = fc.record(
        {
          types: fc.subarray([...FIELD_TYPES]).map((types) => new Set(types)),
          fields: fc.array(text),
          units: fc.array(fc.record({ name: text, unit: text })),
          from: moment,
          to: moment,
        },
        { requiredKeys: ['types', 'fields'] },
      );
      await fc.assert(
        fc.asyncProperty(request, fc.integer({ min: 0 }), async (asked, at) => {
          const added = queued(7, at, { request: asked });
          expect(await store.queue.add(added)).toBe(true);
          expect(await store.queue.due(at, 9)).toEqual([added]);
          await store.queue.remove(PHONE, 7);
        }),
        { numRuns: 50 },
      );
      await store.close();
    });

    it('never come back with a token', async () => {
      const store = await open();
      await store.queue.add(queued(1, 10, { request: { tokens: { user: 'sesame', device: 'd', service: 's' } } }));
      expect(await store.queue.due(10, 9)).toEqual([queued(1, 10)]);
      await store.close();
    });

    it('are due in the order of their times, then of their arrival', async () => {
      const store = await open();
      expect([await store.queue.nextDue(), await due(store, Number.MAX_SAFE_INTEGER)]).toEqual([undefined, []]);
      for (const [seqnr, at] of [
        [1, 30],
        [2, 10],
        [4, 20],
        [3, 20],
      ] as const)
        await store.queue.add(queued(seqnr, at));
      expect(await store.queue.nextDue()).toBe(10);
      expect(await due(store, 9)).toEqual([]);
      expect(await due(store, 10)).toEqual(['ann@x/phone 2']);
      expect(await due(store, 30)).toEqual([2, 4, 3, 1].map((seqnr) => `ann@x/phone ${seqnr}`));
      expect(await due(store, 30, 2)).toEqual(['ann@x/phone 2', 'ann@x/phone 4']);
      expect(await store.queue.nextDue()).toBe(10);
      await store.close();
    });

    it('are counted over all sessions of an account, and end one by one', async () => {
      const store = await open();
      await store.queue.add(queued(1, 10));
      await store.queue.add(queued(2, 20));
      await store.queue.add(queued(1, 30, { asker: DESK }));
      await store.queue.add(queued(1, 40, { asker: full('bob@x/phone') }));
      const counts = async () => Promise.all(['ann@x', 'bob@x', 'x'].map((jid) => store.queue.countOf(bare(jid))));
      expect(await counts()).toEqual([3, 1, 0]);
      expect(await store.queue.remove(PHONE, 1)).toBe(true);
      expect(await store.queue.remove(PHONE, 1)).toBe(false);
      expect(await store.queue.remove(DESK, 2)).toBe(false);
      expect(await counts()).toEqual([2, 1, 0]);
      expect(await due(store, 99)).toEqual(['ann@x/phone 2', 'ann@x/desk 1', 'bob@x/phone 1']);
      expect(await store.queue.nextDue()).toBe(20);
      expect(await store.queue.add(queued(1, 50))).toBe(true);
      await store.close();
    });

    it('are listed by account, over all its sessions, the one due first at first', async () => {
      const store = await open();
      await store.queue.add(queued(1, 30));
      await store.queue.add(queued(2, 10, { asker: DESK }));
      await store.queue.add(queued(3, 20, { asker: full('bob@x/phone') }));
      expect(await store.queue.ofAccount(bare('ann@x'), 9)).toEqual([queued(2, 10, { asker: DESK }), queued(1, 30)]);
      expect(await store.queue.ofAccount(bare('ann@x'), 1)).toEqual([queued(2, 10, { asker: DESK })]);
      expect(await store.queue.ofAccount(bare('x'), 9)).toEqual([]);
      await store.close();
    });

    it('learn that their session answers pings: one of them, or all of that session', async () => {
      const store = await open();
      for (const seqnr of [1, 2, 3]) await store.queue.add(queued(seqnr, seqnr));
      await store.queue.add(queued(1, 4, { asker: DESK }));
      const answering = async () => (await store.queue.due(9, 9)).map(({ answersPings }) => answersPings);
      await store.queue.answersPings(PHONE, 2);
      await store.queue.answersPings(PHONE, 9);
      expect(await answering()).toEqual([false, true, false, false]);
      await store.queue.answersPings(PHONE);
      expect(await answering()).toEqual([true, true, true, false]);
      await store.queue.add({ ...queued(5, 5), answersPings: true });
      expect(await answering()).toEqual([true, true, true, false, true]);
      await store.close();
    });
  });
}
