import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renamedNode } from '../../../src/domain/joining.js';
import type { Store } from '../../../src/domain/ports.js';
import { type HistoryCursor, type NodeName, type Reading, trustOf } from '../../../src/domain/reading.js';
import type { Open } from '../../store-contract.js';
import { arbitraryReading } from './arbitraries.js';
import { address, ownedBy, ownershipId, put, reading, thing, write } from './samples.js';

const [OLD, NEW] = [ownershipId('old'), ownershipId('new')];
const THINGS = { old: address('old@x'), new: address('new@x') };
const node = (nodeId: string): NodeName => ({ nodeId, sourceId: '', cacheType: '' });
type Devices = 'same' | 'replaced';

export function joiningContract(open: Open): void {
  const opened = async (old: readonly Reading[] = [], fresh: readonly Reading[] = []): Promise<Store> => {
    const store = await open({ now: () => 100 });
    await put(store, thing('old@x', { ownership: ownedBy('ann@x', OLD) }));
    await put(store, thing('new@x', { ownership: ownedBy('ann@x', NEW) }));
    await add(store, OLD, old);
    await add(store, NEW, fresh);
    return store;
  };

  describe('histories that are joined', () => {
    it('neither lose nor invent readings, whichever is the larger, and go on as one', async () => {
      const side = fc.array(meeting, { maxLength: 12 });
      const devices = fc.constantFrom<Devices>('same', 'replaced');
      await fc.assert(
        fc.asyncProperty(side, side, side, devices, async (old, fresh, later, kind) => {
          const store = await opened(old, fresh);
          await join(store, kind);
          expect(await historyOf(store, OLD)).toEqual([]);
          expect(await store.readings.nodes(OLD)).toEqual([]);
          const model = joined(modelOf([], old), modelOf([], fresh), kind);
          expect(texts(await historyOf(store, NEW))).toEqual(texts(model.readings));
          expect(await store.readings.nodes(NEW)).toEqual(model.nodes);
          await add(store, NEW, later);
          expect(texts(await historyOf(store, NEW))).toEqual(texts(modelOf(model.readings, later).readings));
          await store.close();
        }),
        { numRuns: 60 },
      );
    });

    it.each<[string, Devices, string]>([
      ['many', 'replaced', 'new'],
      ['few', 'replaced', 'new'],
      ['many', 'same', 'old'],
      ['few', 'same', 'old'],
    ])(
      'keep the more trusted reading, and at equal trust that of the newer device, or what arrived later: the old one has %s, %s',
      async (which, devices, stays) => {
        const more = (base: number) => Array.from({ length: 5 }, (_, n) => reading(base + n, 'more'));
        const sides = {
          old: [1, 2, 3].map((ms) => reading(ms, 'old')),
          fresh: [2, 3, 4].map((ms) => reading(ms, 'new')),
        };
        const signed = (ms: number, value: string) => reading(ms, value, { qualities: new Set(['signed'] as const) });
        const [old, fresh] = [
          [...sides.old.slice(0, 2), signed(3, 'old signed'), ...(which === 'many' ? more(10) : [])],
          [...sides.fresh, ...(which === 'few' ? more(20) : [])],
        ];
        const store = await opened(old, fresh);
        await join(store, devices);
        const values = (await historyOf(store, NEW)).map(({ at, value }) => `${at.ms} ${value}`);
        expect(values.slice(0, 4)).toEqual(['1 old', `2 ${stays}`, '3 old signed', '4 new']);
        expect(values).toHaveLength(9);
        await store.close();
      },
    );

    it('count their readings right: what is kept of each series depends on it', async () => {
      const store = await open({ now: () => 100, retention: { count: 4 } });
      await put(store, thing('old@x', { ownership: ownedBy('ann@x', OLD) }));
      await put(store, thing('new@x', { ownership: ownedBy('ann@x', NEW) }));
      await add(
        store,
        OLD,
        [1, 2, 3].map((ms) => reading(ms, 'old')),
      );
      await add(
        store,
        NEW,
        [3, 4, 5].map((ms) => reading(ms, 'new')),
      );
      await join(store, 'same');
      while (await store.purge(100));
      expect((await historyOf(store, NEW)).map(({ at }) => at.ms)).toEqual([2, 3, 4, 5]);
      await store.close();
    });

    it('of one who gave the Thing up move too, and nothing of them is purged with it', async () => {
      let now = 0;
      const store = await open({ now: () => now, retentionEndedMs: 50 });
      await put(store, thing('old@x', { ownership: ownedBy('ann@x', OLD) }));
      await put(store, thing('new@x', { ownership: ownedBy('ann@x', NEW) }));
      await add(store, OLD, [reading(1, '1'), reading(2, '2', { unit: '°F' })]);
      await write(store, { write: 'no-thing', address: THINGS.old, at: 10 });
      now = 40;
      await join(store, 'replaced');
      now = 1000;
      while (await store.purge(100));
      expect((await historyOf(store, NEW)).map(({ value, unit }) => `${value} ${unit}`)).toEqual(['1 °C', '2 °F']);
      await store.close();
    });

    it("leave the newer device the node that is the Thing itself, which the old one's becomes", async () => {
      const named = (nodeId: string, ms: number) => reading(ms, nodeId, { node: node(nodeId) });
      const store = await opened(
        [named('boiler-1', 1), named('pump', 2), named('valve', 3)],
        [named('boiler-2', 4), named('valve', 5)],
      );
      await join(store, 'replaced');
      expect((await store.readings.nodes(NEW)).map(({ nodeId }) => nodeId)).toEqual(['boiler-2', 'valve', 'pump']);
      const history = await historyOf(store, NEW);
      expect(history.map(({ node: { nodeId }, value }) => `${nodeId}: ${value}`)).toEqual([
        'boiler-2: boiler-1',
        'pump: pump',
        'valve: valve',
        'boiler-2: boiler-2',
        'valve: valve',
      ]);
      await store.close();
    });

    it('are looked at first for what it costs: nothing for what meets nothing', async () => {
      const few = Array.from({ length: 10 }, (_, ms) => reading(ms, '1'));
      const many = Array.from({ length: 300 }, (_, ms) => reading(ms, '1'));
      const store = await opened(many, [reading(1, '1', { unit: '°F' })]);
      const rows = (to = NEW) => store.readings.rowsToJoin({ from: OLD, to, devices: 'same' });
      expect(await rows()).toBeLessThan(5);
      expect(await rows(ownershipId('nobody'))).toBeLessThan(5);
      await add(store, NEW, few);
      expect(await rows()).toBeGreaterThanOrEqual(10);
      expect(await rows()).toBeLessThan(20);
      await add(store, NEW, many);
      expect(await rows()).toBeGreaterThanOrEqual(300);
      await store.close();
    });

    it('wait for what is being erased of a series that both have; of others the erasing goes on', async () => {
      const entry = { at: 1, actor: ownedBy('ann@x', OLD).owner, action: 'erase', subject: 'old@x', outcome: 'asked' };
      const both = [1, 2, 3].map((ms) => reading(ms, 'both'));
      const alone = [1, 2, 3].map((ms) => reading(ms, 'alone', { name: 'Alone' }));
      const store = await opened([...both, ...alone], both);
      const ofOne = await store.erasures.ask({ ownership: OLD, field: 'Alone', until: 2 }, entry);
      expect(await store.readings.rowsToJoin({ from: OLD, to: NEW, devices: 'same' })).toBeLessThan(20);
      const ofBoth = await store.erasures.ask({ ownership: NEW, field: 'Temperature', until: 1 }, entry);
      expect(await store.readings.rowsToJoin({ from: OLD, to: NEW, devices: 'same' })).toBe('erasing');
      await expect(join(store, 'same')).rejects.toThrow('erased');
      expect((await historyOf(store, OLD)).map(({ value }) => value)).toEqual(['both', 'both', 'alone', 'both']);
      if (ofOne === undefined || ofBoth === undefined) expect.fail('nothing is being erased');
      while (!(await store.erasures.carryOut(ofBoth, 100)).isDone);
      await join(store, 'same');
      await add(store, NEW, [reading(1, 'anew', { name: 'Alone' })]);
      while (!(await store.erasures.carryOut(ofOne, 100)).isDone);
      expect((await historyOf(store, NEW)).map(({ at, value }) => `${at.ms} ${value}`)).toEqual([
        '1 anew',
        '1 both',
        '2 both',
        '3 alone',
        '3 both',
      ]);
      await store.close();
    });

    it('are of ownerships that are kept, and of two', async () => {
      const store = await opened([reading(1, '1')]);
      for (const [from, to] of [
        [OLD, OLD],
        [OLD, ownershipId('nobody')],
        [ownershipId('nobody'), NEW],
      ] as const) {
        const joining = { from, to, devices: 'same' } as const;
        await expect(write(store, { write: 'history', joining })).rejects.toThrow('cannot be joined');
      }
      expect(await historyOf(store, OLD)).toHaveLength(1);
      await store.close();
    });
  });
}

/** Readings of the two sides whose keys often meet, of nodes and series of which some do. */
const meeting: fc.Arbitrary<Reading> = fc
  .tuple(arbitraryReading, fc.constantFrom('', 'n1', 'n2'), fc.constantFrom('', '°C'), fc.integer({ min: 0, max: 3 }))
  .map(([each, nodeId, unit, ms]) => {
    const at = { ...each.at, ms };
    return { ...each, node: node(nodeId), name: 'Temperature', type: 'numeric', unit, at };
  });

interface Model {
  readonly readings: readonly Reading[];
  readonly nodes: readonly NodeName[];
}

/** What is kept of what arrives after the other: see ReadingStore.add. */
function modelOf(before: readonly Reading[], arriving: readonly Reading[]): Model {
  const kept = new Map(before.map((each) => [keyOf(each), each]));
  const nodes = new Map<string, NodeName>();
  for (const each of arriving) {
    const there = kept.get(keyOf(each));
    if (!there || trustOf(there.qualities) <= trustOf(each.qualities)) kept.set(keyOf(each), each);
    nodes.set(JSON.stringify(plain(each.node)), plain(each.node));
  }
  return { readings: [...kept.values()], nodes: [...nodes.values()] };
}

/**
 * As if all that the old one had were there when the new one's arrived, and of the same trust the new one's stays; of one
 * device the other way round.
 */
function joined(old: Model, fresh: Model, devices: Devices): Model {
  const renamed =
    devices === 'replaced'
      ? renamedNode({ address: THINGS.old, nodes: old.nodes }, { address: THINGS.new, nodes: fresh.nodes })
      : undefined;
  const name = (each: NodeName): NodeName =>
    renamed && JSON.stringify(plain(each)) === JSON.stringify(plain(renamed.node)) ? renamed.as : each;
  const moved = old.readings.map((each) => ({ ...each, node: name(each.node) }));
  const nodes = [...fresh.nodes, ...old.nodes.map(name)].map(plain);
  const { readings } = devices === 'same' ? modelOf(fresh.readings, moved) : modelOf(moved, fresh.readings);
  return {
    readings,
    nodes: [...new Map(nodes.map((each) => [JSON.stringify(each), each])).values()],
  };
}

function plain({ nodeId, sourceId, cacheType }: NodeName): NodeName {
  return { nodeId, sourceId, cacheType };
}

function keyOf({ node: of, name, type, unit, at }: Reading): string {
  return JSON.stringify([plain(of), name, type, unit, at.ms]);
}

/** In an order of their own. */
function texts(readings: readonly Reading[]): readonly string[] {
  return readings
    .map(({ fieldTypes, qualities, ...rest }) =>
      [
        keyOf({ ...rest, fieldTypes, qualities }),
        rest.value,
        rest.dataType,
        rest.at.offsetMinutes,
        rest.module,
        rest.stringIds,
        rest.writable,
        [...fieldTypes].sort(),
        [...qualities].sort(),
      ].join('|'),
    )
    .sort();
}

async function add(store: Store, id: typeof OLD, readings: readonly Reading[]): Promise<void> {
  expect(await store.readings.add([{ ownership: id, readings }])).toEqual([true]);
}

function join(store: Store, devices: Devices): Promise<void> {
  const joining = { from: OLD, to: NEW, devices };
  const after = { write: 'no-thing', address: THINGS.old, at: 50 } as const;
  return write(store, { write: 'history', joining }, after);
}

async function historyOf(store: Store, ownership: typeof OLD): Promise<Reading[]> {
  const whole: Reading[] = [];
  let after: HistoryCursor | undefined;
  do {
    const page = await store.readings.history({ ownership }, 7, after);
    whole.push(...page.readings);
    after = page.next;
  } while (after !== undefined);
  return whole;
}
