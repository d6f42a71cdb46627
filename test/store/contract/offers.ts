import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/domain/ports.js';
import type { Offer, Ownership } from '../../../src/domain/thing.js';
import type { Open } from '../../store-contract.js';
import { address, bare, found, ownedBy, ownershipId, put, reading, thing } from './samples.js';

const TO = { jid: bare('ann@x'), domain: 'x' };
const offer = (to: string, until = 1000): Offer => ({ to: bare(to), withHistory: true, until });

export function offerContract(open: Open): void {
  const place = (store: Store, jid: string, more: Partial<Ownership>) =>
    put(store, thing(jid, { ownership: ownedBy('bob@x', `id-${jid}`, more) }));

  describe('offers', () => {
    it('are kept with the ownership, replaced by others and taken back', async () => {
      const store = await open();
      for (const one of [offer('ann@x'), { ...offer('cy@x', 5), withHistory: false }]) {
        await place(store, 't@x', { offer: one });
        expect((await store.things.at(address('t@x')))?.ownership?.offer).toEqual(one);
      }
      await place(store, 't@x', {});
      expect((await store.things.at(address('t@x')))?.ownership).not.toHaveProperty('offer');
      await store.close();
    });

    it('end with the ownership, and do not return with it', async () => {
      const store = await open({ now: () => 100 });
      await place(store, 't@x', { offer: offer('ann@x') });
      await put(store, thing('t@x', { ownership: ownedBy('cy@x', 'id2') }), 50);
      expect(await store.things.offeredTo(TO.jid, 9)).toEqual([]);
      await put(store, thing('t@x', { ownership: ownedBy('bob@x', 'id-t@x') }), 60);
      expect((await store.things.at(address('t@x')))?.ownership).not.toHaveProperty('offer');
      await store.close();
    });

    it('show the Thing to whom it is offered, after those that are shared with him; not as one to read', async () => {
      const store = await open();
      await place(store, 'public@x', { isPublic: true });
      await place(store, 'offered-public@x', { isPublic: true, offer: offer('ann@x') });
      await place(store, 'offered@x', { offer: offer('ann@x') });
      await place(store, 'offered-shared@x', { offer: offer('ann@x'), sharedWith: [bare('ann@x')] });
      await place(store, 'offered-to-another@x', { offer: offer('cy@x') });
      await place(store, 'own@x', { owner: bare('ann@x') });
      const all = ['own@x', 'offered-shared@x', 'offered-public@x', 'offered@x', 'public@x'];
      for (let offset = 0; offset <= 5; offset += 1) {
        for (let limit = 1; limit <= 6; limit += 1) {
          const { things, total } = await store.things.visibleTo(TO, { offset, limit });
          expect([found(things), total]).toEqual([all.slice(offset, offset + limit), 5]);
        }
      }
      const ofJid = (jid: string) => store.things.visibleTo(TO, { ofJid: bare(jid), offset: 0, limit: 9 });
      expect(found((await ofJid('offered@x')).things)).toEqual(['offered@x']);
      expect(found((await ofJid('offered-to-another@x')).things)).toEqual([]);
      expect(found(await store.things.ofViewer(TO.jid, 9))).toEqual(['offered-shared@x', 'own@x']);
      const offered = ['offered-public@x', 'offered@x', 'offered-shared@x'];
      expect(found(await store.things.offeredTo(TO.jid, 9))).toEqual(offered);
      expect(found(await store.things.offeredTo(TO.jid, 2))).toEqual(offered.slice(0, 2));
      await store.close();
    });

    it('that nobody answers are forgotten, a few at a time; all else of the Thing stays', async () => {
      let now = 0;
      const store = await open({ now: () => now });
      const readings = [reading(1, '1')];
      for (let n = 0; n < 25; n += 1) await place(store, `t${n}@x`, { offer: offer('ann@x'), sharedWith: ['*'] });
      await place(store, 'later@x', { offer: offer('ann@x', 1001) });
      await store.readings.add([{ ownership: ownershipId('id-t0@x'), readings }]);
      now = 999;
      while (await store.purge(10));
      expect(await store.things.offeredTo(TO.jid, 99)).toHaveLength(26);
      now = 1000;
      let steps = 1;
      while (await store.purge(10)) steps += 1;
      expect(steps).toBeGreaterThanOrEqual(3);
      expect(found(await store.things.offeredTo(TO.jid, 99))).toEqual(['later@x']);
      const left = ownedBy('bob@x', 'id-t0@x', { sharedWith: ['*'] });
      expect(await store.things.at(address('t0@x'))).toEqual(thing('t0@x', { ownership: left }));
      expect((await store.readings.history({ ownership: left.id }, 9)).readings).toEqual(readings);
      const { entries } = await store.audit.read({ action: 'transfer', domain: bare('things.x') }, 99);
      expect(entries).toHaveLength(25);
      expect(entries.at(-1)).toEqual({
        at: 1000,
        actor: 'bob@x',
        action: 'transfer',
        subject: 't0@x',
        outcome: 'expired: ann@x did not answer',
        ownership: left.id,
      });
      await store.close();
    });
  });

  describe('changes of two', () => {
    it('find the other ownership where it is present, where it has ended, and no more when it is past keeping', async () => {
      let now = 10;
      const store = await open({ now: () => now, retentionEndedMs: 50 });
      const other = thing('u@x', { ownership: ownedBy('ann@x', 'id2') });
      await put(store, thing('t@x', { ownership: ownedBy('ann@x', 'id1') }));
      await put(store, other);
      const look = (id: string) =>
        store.things.changeWith(address('t@x'), ownershipId(id), (stored, held) => ({
          outcome: { at: stored.thing?.ownership?.id, held },
          writes: [],
        }));
      const held = { id: 'id2', owner: 'ann@x', address: address('u@x'), hasReadings: false };
      expect(await look('id2')).toEqual({ at: 'id1', held: { ...held, thing: other } });
      await store.readings.add([{ ownership: ownershipId('id2'), readings: [reading(1, '1')] }]);
      await put(store, thing('u@x', { ownership: ownedBy('bob@x', 'id3') }), 10);
      expect(await look('id2')).toEqual({ at: 'id1', held: { ...held, hasReadings: true } });
      now = 60;
      expect(await look('id2')).toEqual({ at: 'id1', held: undefined });
      expect(await look('nobody')).toEqual({ at: 'id1', held: undefined });
      await store.close();
    });
  });
}
