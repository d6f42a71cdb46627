import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditCursor, AuditEntry, AuditQuery, SeenEntry } from '../../../src/domain/audit.js';
import type { Store } from '../../../src/domain/ports.js';
import type { Open } from '../../store-contract.js';
import { address, bare, full, ownedBy, ownershipId, put, thing, write } from './samples.js';

const DOMAIN = bare('things.x');
const DAY = 24 * 60 * 60 * 1000;
type Filter = Omit<AuditQuery, 'domain'>;

export function auditContract(open: Open): void {
  describe('the audit trail', () => {
    it('gives what was appended, newest first, narrowed by anything', async () => {
      const store = await open();
      await put(store, thing('t@x', { ownership: ownedBy('ann@x', 'id1') }));
      const own = { ownership: ownershipId('id1') };
      const [first, second, third, fourth] = [
        entry(1, 'ann@x/phone', 'share', 't@x', own),
        entry(3, 'ann@x/tablet', 'unshare', 't@x', own),
        entry(2, 'bert@x', 'share', 'u@x', { outcome: 'with *' }),
        entry(3, 'anna@x/phone', 'share', 't@x n'),
      ] as const;
      for (const each of [first, second, third, fourth]) await store.audit.append(each);
      const cases: [Filter, readonly AuditEntry[]][] = [
        [{}, [fourth, second, third, first]],
        [{ actor: bare('ann@x') }, [second, first]],
        [{ actor: full('ann@x/phone') }, [first]],
        [{ actor: bare('nobody@x') }, []],
        [{ action: 'share' }, [fourth, third, first]],
        [{ action: 'share', actor: bare('ann@x') }, [first]],
        [{ ownership: ownershipId('id1') }, [second, first]],
        [{ from: 2 }, [fourth, second, third]],
        [{ until: 2 }, [third, first]],
        [{ from: 2, until: 2 }, [third]],
        [{ from: 4 }, []],
      ];
      for (const [filter, expected] of cases)
        expect(await read(store, filter), JSON.stringify(filter)).toEqual(expected);
      await store.close();
    });

    it('comes in pages that miss nothing and repeat nothing, for whoever may see it, whatever the clock did', async () => {
      const actors = ['ann@x/r', 'bert@x/r'];
      const appended = fc.array(
        fc.record({
          at: fc.integer({ min: 1, max: 5 }),
          actor: fc.constantFrom(...actors),
          action: fc.constantFrom('share', 'remove'),
          subject: fc.constantFrom('t@x', 'u@x'),
          about: fc.constantFrom(undefined, 'id1', 'id2'),
        }),
        { maxLength: 40 },
      );
      await fc.assert(
        fc.asyncProperty(
          appended,
          fc.integer({ min: 1, max: 7 }),
          fc.constantFrom(undefined, 'ann@x'),
          async (all, size, viewer) => {
            const store = await openOwned(open);
            const entries = all.map(({ about, ...each }) =>
              entry(each.at, each.actor, each.action, each.subject, about ? { ownership: ownershipId(about) } : {}),
            );
            for (const each of entries) await store.audit.append(each);
            const visible = entries.filter(
              ({ actor, ownership }) => viewer === undefined || actor.startsWith(viewer) || ownership === 'id1',
            );
            const shown = visible.map(({ ownership, ...each }) =>
              ownership !== undefined && (viewer === undefined || ownership === 'id1') ? { ...each, ownership } : each,
            );
            const expected = shown.toReversed().toSorted((a, b) => b.at - a.at);
            const whose = viewer === undefined ? {} : { viewer: bare(viewer) };
            expect(await read(store, whose, size)).toEqual(expected);
            await store.close();
          },
        ),
        { numRuns: 60 },
      );
    });

    it('shows refusals to whom the Thing belonged then, by each of its names', async () => {
      const store = await open({ now: () => 21 });
      const ann = ownedBy('ann@x', 'id1', { since: 10 });
      const bert = ownedBy('bert@x', 'id2', { since: 20 });
      await put(store, thing('t@x', { address: address('t@x', 'n', '', 'c'), ownership: ann }), 10);
      await put(store, thing('t@x', { address: address('t@x', 'n', '', 'c'), ownership: bert }), 20);
      const refusals = [];
      for (const at of [9, 10, 11, 19, 20, 21]) {
        for (const subject of ['t@x n  c', 'id1', 'id1@things.x', 'id2@things.x', 'id1@other.x', 't@x n', 't@x']) {
          refusals.push(refusal(at, 'mallory@far.y/r', 'req', subject));
        }
      }
      for (const each of refusals) await store.audit.append(each);
      const seenBy = async (viewer: string, more: Filter = {}) =>
        (await read(store, { viewer: bare(viewer), ...more }))
          .map(({ at, subject }) => `${at} ${subject}`)
          .toReversed();
      expect(await seenBy('ann@x')).toEqual(
        [9, 10, 11, 19, 20, 21].flatMap((at) =>
          [...(at === 11 || at === 19 ? ['t@x n  c'] : []), 'id1', 'id1@things.x'].map((subject) => `${at} ${subject}`),
        ),
      );
      const ofBert = [9, 10, 11, 19, 20].map((at) => `${at} id2@things.x`);
      expect(await seenBy('bert@x')).toEqual([...ofBert, '21 t@x n  c', '21 id2@things.x']);
      expect(await seenBy('mallory@far.y')).toHaveLength(refusals.length);
      expect(await seenBy('carol@x')).toEqual([]);
      expect(await seenBy('ann@x', { ownership: ownershipId('id1'), from: 12, action: 'req' })).toHaveLength(7);
      expect(await seenBy('ann@x', { ownership: ownershipId('id2') })).toEqual([]);
      expect(await seenBy('mallory@far.y', { ownership: ownershipId('id1') })).toEqual([]);
      expect(await read(store, { ownership: ownershipId('id2') })).toHaveLength(7);
      await store.close();
    });

    it('goes on showing refusals by its id to who claims the Thing again', async () => {
      const store = await open({ now: () => 30 });
      const claimed = (since: number) => thing('t@x', { ownership: ownedBy('ann@x', 'id1', { since }) });
      await put(store, claimed(1), 1);
      for (const subject of ['id1', 'id1@things.x', 't@x']) {
        await store.audit.append(refusal(5, 'mallory@far.y/r', 'req', subject));
      }
      const before = await read(store, { viewer: bare('ann@x') });
      expect(before).toHaveLength(3);
      await put(store, thing('t@x'), 10);
      await put(store, claimed(20), 20);
      for (const filter of [{ viewer: bare('ann@x') }, { ownership: ownershipId('id1') }]) {
        expect((await read(store, filter)).map(({ subject }) => subject)).toEqual(['id1@things.x', 'id1']);
      }
      await store.close();
    });

    it('shows nobody what is no refusal and about no ownership of his, though it names his Thing', async () => {
      const store = await openOwned(open);
      await store.audit.append(entry(11, 't@x/r', 'register', 't@x'));
      await store.audit.append(entry(11, 'admin@x/r', 'retention', 't@x', { ownership: ownershipId('id2') }));
      expect(await read(store, { viewer: bare('ann@x') })).toEqual([]);
      await store.close();
    });

    it('is about an ownership as long as that is kept, and no longer', async () => {
      let now = 10;
      const store = await open({ now: () => now, retentionEndedMs: 100 });
      await put(store, thing('t@x', { ownership: ownedBy('ann@x', 'id1', { since: 10 }) }));
      await write(store, { write: 'no-thing', address: address('t@x'), at: 20 });
      await store.audit.append(entry(15, 'admin@x/r', 'retention', 't@x', { ownership: ownershipId('id1') }));
      await store.audit.append(refusal(15, 'mallory@x/r', 'remove', 't@x'));
      now = 119;
      expect(await read(store, { viewer: bare('ann@x') })).toHaveLength(2);
      now = 120;
      expect(await read(store, { viewer: bare('ann@x') })).toEqual([]);
      expect(await read(store, {})).toHaveLength(2);
      await store.close();
    });

    it('goes when it is past keeping, a few rows at a time, and stays where it is kept for ever', async () => {
      for (const [retentionAudit, kept] of [
        [2, [8, 9, 10]],
        ['off', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
        [undefined, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
      ] as const) {
        const store = await open({ now: () => 10 * DAY, ...(retentionAudit && { retentionAudit }) });
        for (let day = 1; day <= 10; day++) await store.audit.append(entry(day * DAY, 'a@x/r', 'share', 't@x'));
        const before = (await read(store, {})).length;
        await store.purge(2);
        expect(before - (await read(store, {})).length).toBeLessThanOrEqual(2);
        while (await store.purge(2)) await Promise.resolve();
        expect((await read(store, {})).map(({ at }) => at / DAY).toReversed()).toEqual(kept);
        await store.close();
      }
    });
  });
}

function entry(at: number, actor: string, action: string, subject: string, more: Partial<AuditEntry> = {}): AuditEntry {
  return { at, actor: full(actor), action, subject, outcome: 'done', ...more };
}

function refusal(at: number, actor: string, action: string, subject: string): AuditEntry {
  return entry(at, actor, action, subject, { outcome: 'item-not-found', isRefusal: true });
}

/** One Thing each of two owners. */
async function openOwned(open: Open): Promise<Store> {
  const store = await open();
  await put(store, thing('t@x', { ownership: ownedBy('ann@x', 'id1') }));
  await put(store, thing('u@x', { ownership: ownedBy('carol@x', 'id2') }));
  return store;
}

/** All pages, one after the other. */
async function read(store: Store, filter: Filter, size = 100): Promise<SeenEntry[]> {
  const all: SeenEntry[] = [];
  let after: AuditCursor | undefined;
  do {
    const page = await store.audit.read({ ...filter, domain: DOMAIN }, size, after);
    expect(page.entries.length).toBeLessThanOrEqual(size);
    all.push(...page.entries);
    after = page.next;
  } while (after !== undefined);
  return all;
}
