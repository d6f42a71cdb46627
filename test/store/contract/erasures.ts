import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Erasure, ErasureId } from '../../../src/domain/erasure.js';
import type { AuditEntry, Store } from '../../../src/domain/ports.js';
import type { Reading } from '../../../src/domain/reading.js';
import type { Open } from '../../store-contract.js';
import { address, bare, full, ownedBy, ownershipId, put, reading, thing, write } from './samples.js';

const OWN = ownershipId('id1');
const OTHER = ownershipId('id2');
const entry = (at: number): AuditEntry => ({ at, actor: full('a@x/r'), action: 'erase', subject: 't@x', outcome: '' });

export function erasureContract(open: Open): void {
  describe('an erasure', () => {
    it('takes the readings of one field within a time, bounds included, and nothing else', async () => {
      const store = await openOwned(open);
      const all = ['Power', 'Energy'].flatMap((name) => [1, 2, 3, 4].map((ms) => reading(ms, '1', { name })));
      await add(store, all);
      await add(store, all, OTHER);
      const id = await ask(store, { field: 'Power', from: 2, until: 3 });
      expect(await store.erasures.carryOut(id, 100)).toEqual({ readings: 2, isDone: true });
      expect(await kept(store)).toEqual(['Energy 1', 'Power 1', 'Energy 2', 'Energy 3', 'Energy 4', 'Power 4']);
      expect(await kept(store, OTHER)).toHaveLength(8);
      await store.close();
    });

    it('without bounds takes all, the future included; the nodes stay in their order', async () => {
      const store = await openOwned(open);
      const node = (nodeId: string) => ({ node: { nodeId, sourceId: '', cacheType: '' } });
      await add(store, [reading(-5, '1', node('b')), reading(1e15, '2', node('a'))]);
      const id = await ask(store, {});
      expect(await store.erasures.carryOut(id, 1)).toEqual({ readings: 1, isDone: false });
      expect(await store.erasures.carryOut(id, 1)).toEqual({ readings: 0, isDone: false });
      expect(await store.erasures.carryOut(id, 9)).toEqual({ readings: 1, isDone: true });
      expect(await store.erasures.carryOut(id, 9)).toEqual({ readings: 0, isDone: true });
      expect((await store.readings.nodes(OWN)).map(({ nodeId }) => nodeId)).toEqual(['b', 'a']);
      expect(await store.readings.fieldNames(OWN, 9)).toEqual([]);
      await store.close();
    });

    it('hides from its asking on what is to go, and keeps what arrives later for its end', async () => {
      const store = await openOwned(open);
      await add(store, [reading(1, '1'), reading(2, '2'), reading(3, '3')]);
      const id = await ask(store, { from: 2, until: 2 });
      expect(await values(store)).toEqual(['1', '3']);
      const automatic = { qualities: new Set(['automaticEstimate'] as const) };
      // Less trust than what was there, which does not count any more.
      await add(store, [reading(2, '2b', automatic), reading(4, '4')]);
      expect(await values(store)).toEqual(['1', '3', '4']);
      expect(await store.erasures.carryOut(id, 10)).toEqual({ readings: 1, isDone: true });
      expect(await values(store)).toEqual(['1', '2b', '3', '4']);
      await store.close();
    });

    it('takes what waits for the end of an earlier one', async () => {
      const store = await openOwned(open);
      await add(store, [reading(1, '1'), reading(5, '5')]);
      const first = await ask(store, { until: 3 });
      await add(store, [reading(2, '2'), reading(3, '3')]);
      // Nothing is stored there but what waits.
      await add(store, [reading(1, '1b')]);
      const second = await ask(store, { from: 2 });
      await add(store, [reading(3, '3b'), reading(5, '5b')]);
      expect((await store.erasures.carryOut(second, 10)).isDone).toBe(true);
      expect((await store.erasures.carryOut(first, 10)).isDone).toBe(true);
      expect(await values(store)).toEqual(['1b', '3b', '5b']);
      await store.close();
    });

    it('is refused of an ownership that has ended, or never was', async () => {
      const store = await openOwned(open);
      await write(store, { write: 'no-thing', address: address('t@x'), at: 2 });
      expect(await store.erasures.ask({ ownership: OWN }, entry(3))).toBeUndefined();
      expect(await store.erasures.ask({ ownership: ownershipId('never') }, entry(3))).toBeUndefined();
      await store.close();
    });

    it('that nobody carries out is taken up by the purge, a little later and a few rows at a time', async () => {
      let now = 1000;
      const store = await openOwned(open, { now: () => now });
      await add(
        store,
        Array.from({ length: 50 }, (_, ms) => reading(ms, '1')),
      );
      await ask(store, { until: 39 }, now);
      expect(await store.purge(10)).toBe(false);
      now += 60_000;
      let steps = 0;
      while (await store.purge(10)) steps += 1;
      expect(steps).toBeGreaterThanOrEqual(4);
      const { readings } = await store.readings.history({ ownership: OWN }, 100);
      expect(readings.map(({ at }) => at.ms)).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49]);
      await store.close();
    });

    it('ends with the ownership', async () => {
      const store = await openOwned(open, { now: () => 1e12, retentionEndedMs: 0 });
      await add(store, [reading(1, '1')]);
      await ask(store, {});
      await add(store, [reading(1, '2')]);
      await write(store, { write: 'no-thing', address: address('t@x'), at: 2 });
      while (await store.purge(1)) await Promise.resolve();
      await put(store, thing('t@x', { ownership: ownedBy('ann@x', OWN) }));
      expect(await values(store)).toEqual([]);
      await store.close();
    });

    it('leaves exactly what it should, whatever comes in between, and the counts right', async () => {
      const name = fc.constantFrom('a', 'b');
      const ms = fc.integer({ min: 0, max: 12 });
      const add = fc.record({ kind: fc.constant('add' as const), ms, name });
      const field = fc.option(name, { nil: undefined });
      const erase = fc.record({ kind: fc.constant('erase' as const), field, ms, length: ms });
      const carryOut = fc.record({ kind: fc.constant('carry out' as const), rows: fc.integer({ min: 1, max: 4 }) });
      const steps = fc.array(fc.oneof(add, add, erase, carryOut), { maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(steps, async (all) => {
          const play = await perform(open);
          for (const [index, step] of all.entries()) {
            if (step.kind === 'add') await play.add(step.name, step.ms, String(index));
            else if (step.kind === 'erase') await play.erase(step.field, step.ms, step.ms + step.length);
            else await play.carryOut(step.rows);
            await play.expectNothingErased();
          }
          await play.expectAllThatIsLeft();
        }),
        { numRuns: 50 },
      );
    });
  });

  describe('what is kept of former Things', () => {
    const [ANN, BOB] = [bare('ann@x'), bare('bob@x')];

    it('is listed to who owned them, the one that ended last first, while it is kept', async () => {
      let now = 10;
      const store = await openOwned(open, { now: () => now, retentionEndedMs: 20 });
      await add(store, [reading(1, '1'), reading(2, '2')]);
      expect(await store.former.of(ANN, 9)).toEqual([]);
      await write(store, { write: 'no-thing', address: address('t@x'), at: 5 });
      await put(store, thing('u@x', { ownership: ownedBy('bob@x', 'id3') }), 8);
      expect(await store.former.of(ANN, 9)).toEqual([
        { id: OTHER, address: address('u@x'), ended: 8, readings: 0 },
        { id: OWN, address: address('t@x'), ended: 5, readings: 2 },
      ]);
      expect(await store.former.of(ANN, 1)).toMatchObject([{ id: OTHER }]);
      expect(await store.former.of(BOB, 9)).toEqual([]);
      const byId = (id: string, owner = ANN) => store.former.byId(ownershipId(id), owner);
      expect(await byId(OWN)).toEqual({ id: OWN, address: address('t@x'), ended: 5, readings: 2 });
      // Somebody else's, one that lasts, and one that never was.
      expect([await byId(OWN, BOB), await byId('id3', BOB), await byId('never')]).toEqual([
        undefined,
        undefined,
        undefined,
      ]);
      now = 25;
      expect(await store.former.of(ANN, 9)).toMatchObject([{ id: OTHER }]);
      expect(await byId(OWN)).toBeUndefined();
      await store.close();
    });

    it('goes at once when its owner wants that, and is not taken up again', async () => {
      // So long that all that ended since 1970 is kept.
      const store = await openOwned(open, { now: () => 10, retentionEndedMs: 1e13 });
      await add(store, [reading(1, '1')]);
      await add(store, [reading(1, '1')], OTHER);
      expect(await store.former.forget(OWN, ANN, entry(4))).toBe(false);
      await write(store, { write: 'no-thing', address: address('t@x'), at: 5 });
      expect(await store.former.forget(OWN, BOB, entry(6))).toBe(false);
      expect(await store.former.forget(ownershipId('never'), ANN, entry(6))).toBe(false);
      expect(await store.former.forget(OWN, ANN, entry(6))).toBe(true);
      expect(await store.former.forget(OWN, ANN, entry(7))).toBe(false);
      expect(await store.former.of(ANN, 9)).toEqual([]);
      const stored = await store.things.changeAt(address('t@x'), (found) => ({ outcome: found, writes: [] }));
      expect(stored.former).toEqual([]);
      while (await store.purge(1)) await Promise.resolve();
      await put(store, thing('t@x', { ownership: ownedBy('ann@x', OWN) }));
      expect(await values(store)).toEqual([]);
      expect(await values(store, OTHER)).toEqual(['1']);
      await store.close();
    });
  });
}

async function openOwned(open: Open, opening: Parameters<Open>[0] = {}): Promise<Store> {
  const store = await open(opening);
  await put(store, thing('t@x', { ownership: ownedBy('ann@x', OWN) }));
  await put(store, thing('u@x', { ownership: ownedBy('ann@x', OTHER) }));
  return store;
}

async function add(store: Store, readings: readonly Reading[], ownership = OWN): Promise<void> {
  expect(await store.readings.add([{ ownership, readings }])).toEqual([true]);
}

async function ask(store: Store, erasure: Omit<Erasure, 'ownership'>, at = 3) {
  const id = await store.erasures.ask({ ownership: OWN, ...erasure }, entry(at));
  return id ?? expect.fail('it was refused');
}

async function kept(store: Store, ownership = OWN, withValues = false): Promise<string[]> {
  const { readings } = await store.readings.history({ ownership }, 1000);
  return readings.map(({ name, at, value }) => [name, at.ms, ...(withValues ? [value] : [])].join(' '));
}

async function values(store: Store, ownership = OWN): Promise<string[]> {
  return (await store.readings.history({ ownership }, 1000)).readings.map(({ value }) => value);
}

/** Readings and erasures on a store, beside a model of what is to be left: texts of name, time and value by name and time. */
async function perform(open: Open) {
  const store = await openOwned(open);
  const model = new Map<string, { name: string; ms: number; text: string }>();
  const pending: ErasureId[] = [];
  const texts = () => [...model.values()].map(({ text }) => text).sort();
  return {
    async add(name: string, ms: number, value: string): Promise<void> {
      await add(store, [reading(ms, value, { name })]);
      model.set(`${name} ${ms}`, { name, ms, text: `${name} ${ms} ${value}` });
    },
    async erase(field: string | undefined, from: number, until: number): Promise<void> {
      pending.push(await ask(store, { ...(field && { field }), from, until }));
      for (const [key, { name, ms }] of model) {
        if ((field === undefined || name === field) && ms >= from && ms <= until) model.delete(key);
      }
    },
    async carryOut(rows: number): Promise<void> {
      const [first] = pending;
      if (first && (await store.erasures.carryOut(first, rows)).isDone) pending.shift();
    },
    /** What is to be left may have to wait; all that is seen is of that. */
    async expectNothingErased(): Promise<void> {
      const left = texts();
      expect((await kept(store, OWN, true)).filter((seen) => !left.includes(seen))).toEqual([]);
    },
    async expectAllThatIsLeft(): Promise<void> {
      for (const id of pending) while (!(await store.erasures.carryOut(id, 3)).isDone) await Promise.resolve();
      expect([...(await kept(store, OWN, true))].sort()).toEqual(texts());
      await write(store, { write: 'no-thing', address: address('t@x'), at: Date.now() });
      expect(await store.former.of(bare('ann@x'), 1)).toMatchObject([{ readings: model.size }]);
      await store.close();
    },
  };
}
