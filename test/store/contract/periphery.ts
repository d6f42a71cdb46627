import { describe, expect, it } from 'vitest';
import type { Notice, StateNews } from '../../../src/domain/notice.js';
import { type Contact, STRANGERS, StoreUnavailable } from '../../../src/domain/ports.js';
import type { Open } from '../../store-contract.js';
import { address, bare, full, put, thing, write } from './samples.js';

export function peripheryContract(open: Open): void {
  describe('notices', () => {
    const notice = (id: string, news: StateNews, more: Partial<Notice<StateNews>> = {}): Notice<StateNews> => ({
      id,
      address: address('t@x'),
      news,
      since: 5,
      deliveries: 0,
      ...more,
    });
    const claimed = (isPublic: boolean): StateNews => ({ kind: 'claimed', owner: bare('ann@x'), isPublic });

    it('come back as they were written, one a Thing, the newest', async () => {
      const store = await open();
      const latest = [
        notice('n2', claimed(false)),
        notice('n3', claimed(true), { address: address('t@x', 'a'), spokeFrom: full('t@x/r'), deliveries: 2 }),
        notice('n4', { kind: 'removed' }, { address: address('t@x', 'b', 'c', 'd') }),
      ];
      const elsewhere = notice('n5', { kind: 'disowned' }, { address: address('u@x') });
      await write(store, { write: 'notice', notice: notice('n1', { kind: 'disowned' }) });
      for (const each of [...latest, elsewhere]) await write(store, { write: 'notice', notice: each });
      expect(await store.notices.owedTo(bare('t@x'))).toEqual(latest);
      expect(await store.notices.owedTo(bare('nobody@x'))).toEqual([]);
      expect((await store.notices.debtors()).toSorted()).toEqual(['t@x', 'u@x']);
      await write(store, { write: 'no-notice', address: address('t@x', 'a') });
      await write(store, { write: 'no-notice', address: address('t@x', 'b') });
      expect(await store.notices.owedTo(bare('t@x'))).toEqual([latest[0], latest[2]]);
      await store.close();
    });

    it('are settled and counted by their own id, not by that of older news; the Thing need not be there', async () => {
      const store = await open();
      await write(store, { write: 'notice', notice: notice('old', claimed(true)) });
      await write(store, { write: 'notice', notice: notice('new', { kind: 'removed' }) });
      await store.notices.settle('old');
      await store.notices.delivered('old');
      await store.notices.delivered('new');
      expect(await store.notices.owedTo(bare('t@x'))).toEqual([notice('new', { kind: 'removed' }, { deliveries: 1 })]);
      await store.notices.settle('new');
      expect(await store.notices.debtors()).toEqual([]);
      await store.close();
    });
  });

  describe('sessions', () => {
    it('of one JID are known up to a hundred, those that were seen last', async () => {
      const store = await open();
      const named = (n: number) => full(`t@x/${n}`);
      for (let n = 0; n < 102; n++) await store.sessions.seen(named(n), 1_000 + n);
      await store.sessions.seen(full('u@x/1'), 1);
      const known = await store.sessions.of(bare('t@x'));
      expect(known).toHaveLength(100);
      expect([known[0], known.at(-1)]).toEqual([named(101), named(2)]);
      expect(await store.sessions.of(bare('u@x'))).toEqual([full('u@x/1')]);
      await store.close();
    });

    it('are given last seen first, until they are gone', async () => {
      const store = await open();
      const [a, b, other] = [full('t@x/a'), full('t@x/b/c@d'), full('u@x/a')];
      await store.sessions.seen(a, 1_000);
      await store.sessions.seen(b, 1_000);
      await store.sessions.seen(other, 2_000);
      expect(await store.sessions.of(bare('t@x'))).toEqual([b, a]);
      await store.sessions.seen(a, 1_001);
      await store.sessions.seen(a, 1_002);
      expect(await store.sessions.of(bare('t@x'))).toEqual([a, b]);
      await store.sessions.seen(b, 900);
      expect(await store.sessions.of(bare('t@x'))).toEqual([a, b]);
      await store.sessions.gone(a);
      await store.sessions.gone(full('t@x/never'));
      expect(await store.sessions.of(bare('t@x'))).toEqual([b]);
      expect(await store.sessions.of(bare('u@x'))).toEqual([other]);
      expect(await store.sessions.of(bare('nobody@x'))).toEqual([]);
      await store.close();
    });

    it('may be of a domain, which has no resource', async () => {
      const store = await open();
      const concentrator = full('concentrator.x');
      await store.sessions.seen(concentrator, 1_000);
      expect(await store.sessions.of(bare('concentrator.x'))).toEqual([concentrator]);
      await store.close();
    });

    it('say which is the first of its JID and which was the last, however many come and go at once', async () => {
      const store = await open();
      const [a, b] = [full('t@x/a'), full('t@x/b')];
      const seen = await Promise.all([a, b, a].map((session) => store.sessions.seen(session, 1_000)));
      expect(seen).toEqual([true, false, false]);
      const gone = await Promise.all([a, a, b, b].map((session) => store.sessions.gone(session)));
      expect(gone).toEqual([false, false, true, false]);
      await store.close();
    });
  });

  describe('contacts', () => {
    it('are kept by JID and by our address', async () => {
      const store = await open();
      const contacts: Contact[] = [
        { jid: bare('a@x'), local: '', ours: 'asked', theirs: false },
        { jid: bare('b@x'), local: '', ours: 'none', theirs: true },
        { jid: bare('a@x'), local: 'abc', ours: 'none', theirs: true },
      ];
      for (const { jid, local, ours, theirs } of contacts) {
        expect(await store.contacts.change(jid, local, () => ({ ours, theirs }))).toBe(true);
      }
      expect(await store.contacts.all()).toEqual(contacts);
      expect(await store.contacts.subscribersOf('')).toEqual(['b@x']);
      expect(await store.contacts.subscribersOf('abc')).toEqual(['a@x']);
      await store.contacts.change(bare('a@x'), '', () => ({ ours: 'refused', theirs: true }));
      expect(await store.contacts.subscribersOf('')).toEqual(['a@x', 'b@x']);
      expect((await store.contacts.all())[0]?.ours).toBe('refused');
      await store.contacts.change(bare('a@x'), '', () => STRANGERS);
      expect(await store.contacts.all()).toEqual([contacts[1], contacts[2]]);
      await store.close();
    });

    it('are decided over one after the other, and say whether that changed anything', async () => {
      const store = await open();
      const change = (part: Partial<Contact>) =>
        store.contacts.change(bare('a@x'), '', (before) => ({ ...before, ...part }));
      expect(await Promise.all([change({}), change({ ours: 'asked' }), change({ theirs: true }), change({})])).toEqual([
        false,
        true,
        true,
        false,
      ]);
      expect(await store.contacts.all()).toEqual([{ jid: 'a@x', local: '', ours: 'asked', theirs: true }]);
      await store.close();
    });
  });

  describe('failed claims', () => {
    it('are counted by subject since a time, that time included', async () => {
      const store = await open();
      await store.failedClaims.add(['a@x', '*'], 1_000);
      await Promise.all([store.failedClaims.add(['*', '@y'], 2_000), store.failedClaims.add(['*', '@y'], 2_000)]);
      expect(await store.failedClaims.count(['a@x', '@y', '*', 'b@x'], 1_000)).toEqual([1, 2, 3, 0]);
      expect(await store.failedClaims.count(['a@x', '@y', '*'], 1_001)).toEqual([0, 2, 2]);
      expect(await store.failedClaims.count(['*'], 2_001)).toEqual([0]);
      await store.close();
    });

    it('are purged after a day', async () => {
      let now = 1_000;
      const store = await open({ now: () => now });
      await store.failedClaims.add(['a', 'b', 'c'], now);
      now += 24 * 60 * 60 * 1000;
      await store.purge(2);
      expect(await store.failedClaims.count(['a', 'b', 'c'], 0)).toEqual([1, 1, 1]);
      now += 1;
      while (await store.purge(2)) now += 1;
      expect(await store.failedClaims.count(['a', 'b', 'c'], 0)).toEqual([0, 0, 0]);
      await store.close();
    });
  });

  describe('the store', () => {
    it('takes audit entries, alone and in a change', async () => {
      const store = await open();
      const entry = { at: 1, actor: full('a@x/r'), action: 'mine', subject: "o'brien", outcome: 'claimed' };
      await store.audit.append(entry);
      await write(store, { write: 'audit', entry }, { write: 'thing', thing: thing('t@x'), at: 1 });
      expect(await store.things.isThing(bare('t@x'))).toBe(true);
      await store.close();
    });

    it('says that it accepts writes; closed, it finishes what is under way and takes no more', async () => {
      const store = await open();
      expect(await store.accepts()).toBe(true);
      const underWay = [1, 2, 3].map((n) => put(store, thing(`t${n}@x`)));
      const closing = store.close();
      await expect(Promise.all([...underWay, closing])).resolves.toBeDefined();
      await expect(put(store, thing('late@x'))).rejects.toBeInstanceOf(StoreUnavailable);
      expect(await store.accepts()).toBe(false);
    });
  });
}
