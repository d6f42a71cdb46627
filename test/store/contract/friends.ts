import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/domain/ports.js';
import type { Open } from '../../store-contract.js';
import { address, bare, full, ownedBy, put, thing, write } from './samples.js';

export function friendContract(open: Open): void {
  describe('news of friends', () => {
    const JID = bare('t@x');
    const owed = (store: Store, jid = JID) => store.notices.owedTo(jid);
    const shared = (...sharedWith: string[]) =>
      thing('t@x', { ownership: ownedBy('ann@x', 'id1', { sharedWith: sharedWith.map(bare) }) });

    it('is owed where a right ends or begins, together with that change, to who has asked', async () => {
      const store = await open();
      await put(store, shared('cy@x'));
      await put(store, { ...shared('cy@x', 'di@x'), spokeFrom: full('t@x/r') });
      expect(await owed(store)).toEqual([]);
      await store.friends.asked(JID);
      await store.friends.asked(JID);
      await put(store, { ...shared('cy@x', 'di@x'), spokeFrom: full('t@x/r') }, 4);
      expect(await owed(store)).toEqual([]);
      await put(store, { ...shared('di@x', '@x', '*'), spokeFrom: full('t@x/r') }, 5);
      expect(await owed(store)).toEqual([
        {
          id: expect.any(String),
          address: address('t@x'),
          news: { kind: 'friends', lost: ['cy@x'] },
          spokeFrom: 't@x/r',
          since: 5,
          deliveries: 0,
        },
      ]);
      expect(await store.notices.debtors()).toEqual([JID]);
      await put(store, shared('@x', '*'), 6);
      expect(await owed(store)).toMatchObject([{ news: { lost: ['cy@x', 'di@x'] }, spokeFrom: 't@x/r', since: 6 }]);
      await store.close();
    });

    it('adds up, one a JID, with another id each time; an answer to older news leaves it', async () => {
      const store = await open();
      await put(store, shared('cy@x'));
      await put(store, { address: address('t@x', 'b'), tags: [], ownership: ownedBy('bob@x', 'id2') });
      await put(store, thing('u@x', { ownership: ownedBy('eve@x', 'id3') }));
      await store.friends.asked(JID);
      await put(store, shared());
      const [first] = await owed(store);
      await store.notices.delivered(String(first?.id));
      expect(await owed(store)).toMatchObject([{ deliveries: 1 }]);
      await write(store, { write: 'no-thing', address: address('u@x'), at: 6 });
      await write(store, { write: 'no-thing', address: address('t@x', 'b'), at: 7 });
      await put(store, thing('t@x', { ownership: ownedBy('bob@x', 'id4') }), 8);
      const [second, ...others] = await owed(store);
      expect(others).toEqual([]);
      expect(second).toMatchObject({
        news: { kind: 'friends', lost: ['ann@x', 'bob@x', 'cy@x'] },
        since: 8,
        deliveries: 0,
      });
      await store.notices.settle(String(first?.id));
      expect(await owed(store)).toEqual([second]);
      await store.notices.settle(String(second?.id));
      expect(await owed(store)).toEqual([]);
      await put(store, thing('t@x'), 9);
      expect(await owed(store)).toMatchObject([{ news: { lost: ['bob@x'] } }]);
      await store.close();
    });

    it('stands beside the news of the Thing itself, and does not end with that', async () => {
      const store = await open();
      await put(store, { ...shared(), spokeFrom: full('t@x/r') });
      await store.friends.asked(JID);
      const removed = {
        id: 'n1',
        address: address('t@x'),
        news: { kind: 'removed' as const },
        since: 5,
        deliveries: 0,
      };
      await write(store, { write: 'no-thing', address: address('t@x'), at: 5 }, { write: 'notice', notice: removed });
      const [state, friends] = await owed(store);
      expect(state).toEqual(removed);
      expect(friends).toMatchObject({ news: { kind: 'friends', lost: ['ann@x'] }, spokeFrom: 't@x/r' });
      expect(await store.notices.debtors()).toEqual([JID]);
      await write(store, { write: 'no-notice', address: address('t@x') });
      expect(await owed(store)).toEqual([friends]);
      await store.close();
    });

    it('is not owed where the change failed', async () => {
      const store = await open();
      await put(store, shared());
      await put(store, thing('u@x', { ownership: ownedBy('bob@x', 'id2') }));
      await store.friends.asked(JID);
      const removal = { write: 'no-thing', address: address('t@x'), at: 5 } as const;
      const impossible = {
        write: 'thing',
        thing: thing('v@x', { ownership: ownedBy('bob@x', 'id2') }),
        at: 5,
      } as const;
      await expect(write(store, removal, impossible)).rejects.toThrow('id2');
      expect(await owed(store)).toEqual([]);
      await store.close();
    });

    it('is owed no more to a JID that has no Thing and nothing owed', async () => {
      const store = await open();
      const forget = () => write(store, { write: 'no-thing', address: address('t@x'), at: 5 });
      await put(store, thing('t@x'));
      await store.friends.asked(JID);
      await forget();
      await put(store, shared());
      expect(await owed(store)).toEqual([]);
      await store.friends.asked(JID);
      await forget();
      // Not told yet: it goes on.
      await put(store, shared('cy@x'));
      await put(store, shared());
      const [notice] = await owed(store);
      expect(notice).toMatchObject({ news: { lost: ['ann@x', 'cy@x'] } });
      await forget();
      for (const { id } of await owed(store)) await store.notices.settle(id);
      await put(store, shared('cy@x'));
      await put(store, shared());
      expect(await owed(store)).toEqual([]);
      await store.close();
    });
  });
}
