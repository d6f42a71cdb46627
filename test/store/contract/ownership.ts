import { describe, expect, it } from 'vitest';
import type { FormerOwnership, Store } from '../../../src/domain/ports.js';
import type { Ownership, ThingAddress } from '../../../src/domain/thing.js';
import type { Open } from '../../store-contract.js';
import { address, bare, found, ownedBy, ownershipId, put, reading, thing, write } from './samples.js';

const DAY = 24 * 60 * 60 * 1000;

export function ownershipContract(open: Open): void {
  describe('ownerships', () => {
    it('end with another one, and with the Thing; what is theirs ends with them', async () => {
      const store = await open({ now: () => 100 });
      await put(store, thing('t@x', { ownership: ownedBy('ann@x', 'id1', { sharedWith: [bare('cy@x')] }) }));
      await addOne(store, 'id1');
      await put(store, thing('t@x', { ownership: ownedBy('bob@x', 'id2') }), 50);
      await addOne(store, 'id2');
      await write(store, { write: 'no-thing', address: address('t@x'), at: 60 });
      for (const id of ['id1', 'id2'].map(ownershipId)) {
        expect(await store.things.byOwnership(id)).toBeUndefined();
        expect(await store.readings.add([{ ownership: id, readings: [reading(2, '2')] }])).toEqual([false]);
        expect(await store.readings.history({ ownership: id }, 10)).toEqual({ readings: [] });
        expect(await store.readings.nodes(id)).toEqual([]);
      }
      expect(await store.things.ofViewer(bare('cy@x'), 10)).toEqual([]);
      await put(store, thing('t@x'));
      expect(await formerOf(store, address('t@x'))).toEqual([
        { id: 'id2', owner: 'bob@x', ended: 60 },
        { id: 'id1', owner: 'ann@x', ended: 50 },
      ]);
      await store.close();
    });

    it('are taken up again with their readings and without their shares', async () => {
      const store = await open({ now: () => 100 });
      const shared = ownedBy('ann@x', 'id1', { sharedWith: [bare('cy@x'), '*'] });
      await put(store, thing('t@x', { ownership: shared }));
      await addOne(store, 'id1');
      await write(store, { write: 'no-thing', address: address('t@x'), at: 50 });
      const again = thing('t@x', { ownership: ownedBy('ann@x', 'id1', { since: 70 }) });
      await put(store, again, 70);
      expect(await store.things.at(address('t@x'))).toEqual(again);
      expect(await formerOf(store, address('t@x'))).toEqual([]);
      expect((await store.readings.history({ ownership: ownershipId('id1') }, 10)).readings).toEqual([reading(1, '1')]);
      await store.close();
    });

    it('never pass to another owner or another Thing under their id', async () => {
      const store = await open();
      const first = thing('t@x', { ownership: ownedBy('ann@x', 'id1') });
      await put(store, first);
      await expect(put(store, thing('t@x', { ownership: ownedBy('bob@x', 'id1') }))).rejects.toThrow('id1');
      await expect(put(store, thing('u@x', { ownership: ownedBy('ann@x', 'id1') }))).rejects.toThrow('id1');
      expect(await store.things.byOwnership(ownershipId('id1'))).toEqual(first);
      await store.close();
    });

    it('are kept for as long as the retention says, then purged with their readings, a few rows at a time', async () => {
      let now = 0;
      const store = await open({ now: () => now, retentionEndedMs: DAY });
      await put(store, thing('t@x', { ownership: ownedBy('ann@x', 'id1') }));
      await put(store, thing('u@x', { ownership: ownedBy('ann@x', 'id2') }));
      const readings = Array.from({ length: 50 }, (_, index) => reading(index, '1'));
      await store.readings.add([{ ownership: ownershipId('id1'), readings }]);
      await store.readings.add([{ ownership: ownershipId('id2'), readings }]);
      for (const local of ['', 'id1', 'id2']) {
        await store.contacts.change(bare('ann@x'), local, () => ({ ours: 'none', theirs: true }));
      }
      await put(store, thing('t@x'), 10);

      now = 10 + DAY - 1;
      while (await store.purge(7)) expect.fail('nothing is past keeping');
      expect(await formerOf(store, address('t@x'))).toEqual([{ id: 'id1', owner: 'ann@x', ended: 10 }]);
      now = 10 + DAY;
      expect(await formerOf(store, address('t@x'))).toEqual([]);
      let steps = 1;
      while (await store.purge(1)) steps += 1;
      // A chunk, and what hangs on it: a series, a manner, a node, a contact, the ownership.
      expect(steps).toBeGreaterThanOrEqual(6);
      expect((await store.contacts.all()).map(({ local }) => local)).toEqual(['', 'id2']);

      await put(store, thing('t@x', { ownership: ownedBy('ann@x', 'id1') }), now);
      expect(await store.readings.history({ ownership: ownershipId('id1') }, 10)).toEqual({ readings: [] });
      expect(await store.readings.nodes(ownershipId('id1'))).toEqual([]);
      expect((await store.readings.history({ ownership: ownershipId('id2') }, 100)).readings).toHaveLength(50);
      await store.close();
    });

    it('say what a viewer sees: its own, then what is shared with it by JID, then what is public', async () => {
      const store = await open();
      const viewer = { jid: bare('ann@x'), domain: 'x' };
      const put1 = (jid: string, owner: string, more: Parameters<typeof ownedBy>[2]) =>
        put(store, thing(jid, { ownership: ownedBy(owner, `id-${jid}`, more) }));
      await put1('public1@x', 'bob@x', { isPublic: true });
      await put1('shared1@x', 'bob@x', { isPublic: true, sharedWith: [bare('ann@x'), bare('cy@x')] });
      await put1('own1@x', 'ann@x', { isPublic: true, sharedWith: [bare('ann@x')] });
      await put1('hidden@x', 'bob@x', { sharedWith: [bare('cy@x')] });
      await put1('domain@x', 'bob@x', { sharedWith: ['@x'] });
      await put1('own2@x', 'ann@x', {});
      await put1('public2@x', 'bob@x', { isPublic: true });
      await put1('shared2@x', 'bob@x', { sharedWith: ['*', bare('ann@x')] });
      await put(store, thing('unclaimed@x'));
      const all = ['own1@x', 'own2@x', 'shared1@x', 'shared2@x', 'public1@x', 'public2@x'];
      for (let offset = 0; offset <= 7; offset += 1) {
        for (let limit = 1; limit <= 7; limit += 1) {
          const { things, total } = await store.things.visibleTo(viewer, { offset, limit });
          expect([found(things), total]).toEqual([all.slice(offset, offset + limit), 6]);
        }
      }
      expect(found(await store.things.ofViewer(bare('ann@x'), 10))).toEqual([
        'shared1@x',
        'own1@x',
        'own2@x',
        'shared2@x',
      ]);
      expect(found(await store.things.ofViewer(bare('ann@x'), 2))).toEqual(['shared1@x', 'own1@x']);
      await store.close();
    });

    it('that are open to its domain or to everyone are found, few of each kind, and one of each way to a right', async () => {
      const store = await open();
      const viewer = { jid: bare('ann@x'), domain: 'x' };
      const place = (jid: string, more: Partial<Ownership>, owner = 'bob@x') =>
        put(store, thing(jid, { ownership: ownedBy(owner, `id-${jid}`, more) }));
      const ways = async () => found(await store.things.oneOfEach(viewer)).sort();
      await place('hidden@x', { sharedWith: [bare('cy@x'), '@y'] });
      await put(store, thing('unclaimed@x'));
      expect([await ways(), await store.things.openTo(viewer, 9)]).toEqual([[], []]);
      const kinds = {
        domain: { sharedWith: ['@x'] },
        all: { sharedWith: ['*'], isPublic: true },
        jid: { sharedWith: [viewer.jid] },
        offered: { offer: { to: viewer.jid, withHistory: false, until: 9 } },
        public: { isPublic: true },
      } as const;
      for (const n of [1, 2, 3]) {
        for (const [kind, more] of Object.entries(kinds)) await place(`${kind}${n}@x`, more);
        await place(`self${n}@x`, { selfOwned: true, isPublic: true }, `self${n}@x`);
        await place(`own${n}@x`, {}, 'ann@x');
      }
      expect(found(await store.things.openTo(viewer, 2))).toEqual(
        [1, 2].flatMap((n) => [`domain${n}@x`, `all${n}@x`, `self${n}@x`]),
      );
      // Whatever is public stands for all that is.
      expect(await ways()).toEqual(['all1@x', 'domain1@x', 'jid1@x', 'offered1@x', 'own1@x', 'self1@x']);
      // What has ended is open to nobody.
      await put(store, thing('domain1@x', { ownership: ownedBy('cy@x', 'id-other') }), 5);
      await write(store, { write: 'no-thing', address: address('self1@x'), at: 5 });
      expect(found(await store.things.openTo(viewer, 1))).toEqual(['all1@x', 'domain2@x', 'self2@x']);
      await store.close();
    });

    it('of one JID, the Things shared with its domain or with everyone are seen too', async () => {
      const store = await open();
      const shares = { a: ['@x'], b: ['@y'], c: ['*'], d: [bare('ann@x')], e: [], f: [bare('bob@x')] } as const;
      for (const [nodeId, sharedWith] of Object.entries(shares)) {
        const ownership = ownedBy('bob@x', `id-${nodeId}`, { sharedWith, isPublic: nodeId === 'e' });
        await put(store, { address: address('t@x', nodeId), tags: [], ownership });
      }
      await put(store, { address: address('t@x', 'g'), tags: [], ownership: ownedBy('ann@x', 'id-g') });
      await put(store, { address: address('u@x'), tags: [], ownership: ownedBy('ann@x', 'id-u') });
      await put(store, { address: address('t@x', 'h'), tags: [] });
      const page = { ofJid: bare('t@x'), offset: 0, limit: 10 };
      const { things, total } = await store.things.visibleTo({ jid: bare('ann@x'), domain: 'x' }, page);
      expect([things.map((each) => each.address.nodeId), total]).toEqual([['g', 'd', 'a', 'c', 'e'], 5]);
      const second = await store.things.visibleTo(
        { jid: bare('ann@x'), domain: 'x' },
        { ...page, offset: 1, limit: 2 },
      );
      expect([second.things.map((each) => each.address.nodeId), second.total]).toEqual([['d', 'a'], 5]);
      const admin = { jid: bare('adm@z'), domain: 'z', seesAll: true };
      const whole = await store.things.visibleTo(admin, page);
      expect([whole.things.map((each) => each.address.nodeId), whole.total]).toEqual([
        ['a', 'b', 'c', 'd', 'e', 'f', 'g'],
        7,
      ]);
      await store.close();
    });
  });
}

function addOne(store: Store, id: string): Promise<unknown> {
  return store.readings.add([{ ownership: ownershipId(id), readings: [reading(1, '1')] }]);
}

function formerOf(store: Store, which: ThingAddress): Promise<readonly FormerOwnership[]> {
  return store.things.changeAt(which, ({ former }) => ({ outcome: former, writes: [] }));
}
