import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/domain/ports.js';
import { storedTags } from '../../../src/domain/tags.js';
import type { Open } from '../../store-contract.js';
import { arbitraryThing } from './arbitraries.js';
import { address, bare, found, num, ownedBy, put, str, thing, write } from './samples.js';

export function thingContract(open: Open): void {
  describe('Things', () => {
    it('come back as they were written, but for KEY and empty tags', async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryThing(1), async (written) => {
          const store = await open();
          await put(store, written);
          const kept = { ...written, tags: storedTags(written.tags) };
          expect(await store.things.at(written.address)).toEqual(kept);
          await write(store, { write: 'no-thing', address: written.address, at: 2 });
          expect(await store.things.at(written.address)).toBeUndefined();
          await store.close();
        }),
      );
    });

    it('are told apart by each part of their address', async () => {
      const store = await open();
      const addresses = [address('t@x'), address('t@x', 'a'), address('t@x', '', 'a'), address('t@x', '', '', 'a')];
      for (const each of addresses) await put(store, { address: each, tags: [str('SN', JSON.stringify(each))] });
      for (const each of addresses) {
        expect((await store.things.at(each))?.tags).toEqual([str('SN', JSON.stringify(each))]);
      }
      expect((await store.things.ofJid(bare('t@x'))).map((each) => each.address)).toEqual(addresses);
      expect(await store.things.isThing(bare('t@x'))).toBe(true);
      expect(await store.things.isThing(bare('T@x'))).toBe(false);
      await store.close();
    });

    it('keep their place in the order of registration while they exist, and go to its end after', async () => {
      const store = await open();
      const digest = { claimDigest: 'same' };
      for (const jid of ['a@x', 'b@x', 'c@x']) await put(store, thing(jid, digest));
      await put(store, thing('a@x', { ...digest, tags: [num('V', '1.50')] }));
      await write(store, { write: 'no-thing', address: address('b@x'), at: 2 });
      await put(store, thing('b@x', digest));
      const order = await matching('same')(store);
      expect(order).toEqual(['a@x', 'c@x', 'b@x']);
      await store.close();
    });

    it('are selected for a change by address and by digest', async () => {
      const store = await open();
      await put(store, thing('a@x', { claimDigest: 'd1' }));
      await put(store, thing('b@x', { ownership: ownedBy('o@x', 'id1') }));
      const storedAt = (nodeId?: string) =>
        store.things.changeAt(address('a@x', nodeId), ({ thing }) => ({ outcome: thing?.address.jid, writes: [] }));
      expect(await storedAt()).toBe('a@x');
      expect(await storedAt('n')).toBeUndefined();
      expect(await matching('d1')(store)).toEqual(['a@x']);
      expect(await matching('d2')(store)).toEqual([]);
      expect(await matching('')(store)).toEqual([]);
      await store.close();
    });

    it('are decided over one after the other, however many decide at once', async () => {
      const store = await open();
      const count = () =>
        store.things.changeAt(address('a@x'), (before) => {
          const next = String(Number(before.thing?.tags[0]?.value ?? 0) + 1);
          return {
            outcome: next,
            writes: [{ write: 'thing', thing: thing('a@x', { tags: [num('V', next)] }), at: 1 }],
          };
        });
      const outcomes = await Promise.all(Array.from({ length: 200 }, count));
      expect(outcomes).toEqual(Array.from({ length: 200 }, (_, index) => String(index + 1)));
      expect((await store.things.at(address('a@x')))?.tags).toEqual([num('V', '200')]);
      await store.close();
    });

    it('do not change when a decision throws or a write of it fails, nor does that harm others', async () => {
      const store = await open();
      await put(store, thing('a@x', { ownership: ownedBy('ann@x', 'id1') }));
      const outcomes = await Promise.allSettled([
        put(store, thing('b@x')),
        store.things.changeAt(address('a@x'), () => {
          throw new Error('undecided');
        }),
        // The second of its writes is a fault: the id is another Thing's.
        write(
          store,
          { write: 'thing', thing: thing('c@x'), at: 1 },
          { write: 'thing', thing: thing('d@x', { ownership: ownedBy('ann@x', 'id1') }), at: 1 },
        ),
        put(store, thing('e@x')),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
      const there = await Promise.all(
        ['a@x', 'b@x', 'c@x', 'd@x', 'e@x'].map((jid) => store.things.isThing(bare(jid))),
      );
      expect(there).toEqual([true, true, false, false, true]);
      await store.close();
    });

    it('of a node are found as they are now, however often they were looked up before', async () => {
      const store = await open();
      const [device, node] = [address('a@x'), address('a@x', 'n')];
      const seen = async () => ({
        isThing: await store.things.isThing(bare('a@x')),
        tags: (await store.things.ofNodes(bare('a@x'), ['n'])).map(({ tags }) => tags[0]?.value),
      });
      const register = (where: typeof device, value: string) =>
        put(store, { address: where, tags: [str('SN', value)] });
      expect(await seen()).toEqual({ isThing: false, tags: [] });
      await register(node, '1');
      expect(await seen()).toEqual({ isThing: true, tags: ['1'] });
      await register(device, '2');
      await register(address('a@x', '', 'a source'), 'not asked for');
      expect(await seen()).toEqual({ isThing: true, tags: ['1', '2'] });
      await register(node, '3');
      await register(device, '4');
      expect(await seen()).toEqual({ isThing: true, tags: ['3', '4'] });
      // What a unit wrote that failed in the end, and what was seen of it, never was.
      const failing = store.things.changeAt(node, () => ({
        outcome: undefined,
        writes: [
          { write: 'thing', thing: { address: node, tags: [str('SN', '5')], ownership: ownedBy('o@x', 'id1') }, at: 1 },
          { write: 'thing', thing: thing('b@x', { ownership: ownedBy('o@x', 'id1') }), at: 1 },
        ],
      }));
      await expect(failing).rejects.toThrow('already');
      expect(await seen()).toEqual({ isThing: true, tags: ['3', '4'] });
      for (const each of await store.things.ofJid(bare('a@x'))) {
        await write(store, { write: 'no-thing', address: each.address, at: 2 });
      }
      expect(await seen()).toEqual({ isThing: false, tags: [] });
      await store.close();
    });
  });
}

/** The JIDs of the Things with a digest, in the order in which a change is given them. */
function matching(digest: string) {
  return (store: Store) =>
    store.things.changeMatching(digest, (all) => ({ outcome: found(all.map((each) => each.thing)), writes: [] }));
}
