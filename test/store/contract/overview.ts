import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isListed, MOST_COUNTED, THING_STATES, type ThingsQuery } from '../../../src/domain/overview.js';
import type { Store, Write } from '../../../src/domain/ports.js';
import { storedTags } from '../../../src/domain/tags.js';
import type { Thing } from '../../../src/domain/thing.js';
import type { Open } from '../../store-contract.js';
import { arbitraryThing, hostileText } from './arbitraries.js';
import { address, bare, found, full, num, ownedBy, ownershipId, put, reading, str, thing, write } from './samples.js';

/** More than any step of a store can be expected to look at. */
const MANY = 5000;

const ALL: ThingsQuery = { state: 'all', part: '', now: 0, after: 0, limit: 100 };
const listed = async (store: Store, query: Partial<ThingsQuery>) => {
  const { things } = await store.overview.things({ ...ALL, ...query });
  return things.map((each) => each.thing);
};
const registered = (count: number, name: (n: number) => string): Write[] =>
  Array.from({ length: count }, (_, n) => ({ write: 'thing', thing: thing(name(n)), at: 1 }));

const NOW = 2 ** 49;
const offered = fc.option(
  fc.record({
    to: fc.constant(bare('cy@example.org')),
    withHistory: fc.boolean(),
    until: fc.constantFrom(NOW - 1, NOW, NOW + 1),
  }),
);
const things = fc.tuple(
  ...Array.from({ length: 8 }, (_, n) =>
    fc.tuple(arbitraryThing(n), offered).map(([each, offer]): Thing => {
      if (each.ownership === undefined || offer === null) return each;
      return { ...each, ownership: { ...each.ownership, offer } };
    }),
  ),
);
const parts = fc.oneof(hostileText(3), fc.constantFrom('EXAMPLE.org', 'ann', 'Id1', '2', 't1@', 'sn', '['));

export function overviewContract(open: Open): void {
  describe('overview', () => {
    it('lists exactly the Things of a state that have a text, in order of registration', async () => {
      await fc.assert(
        fc.asyncProperty(things, fc.array(parts, { minLength: 9 }), async (all, asked) => {
          const store = await open();
          for (const each of all) await put(store, each);
          const stored = all.map((each) => ({ ...each, tags: storedTags(each.tags) }));
          for (const state of THING_STATES) {
            for (const part of ['', ...asked]) {
              const expected = stored.filter((each) => isListed(each, { state, part, now: NOW }));
              expect(await listed(store, { state, part, now: NOW })).toEqual(expected);
            }
          }
          await store.close();
        }),
        { numRuns: 40 },
      );
    });

    it('looks for a text in JID, nodeId, id, owner, SN and NAME alone', async () => {
      const store = await open();
      const tags = [str('SN', 'Ab"1'), num('NAME', '4.50'), str('MAN', 'secret')];
      const node = { ...address('boiler@example.org'), nodeId: 'Node', sourceId: 'source', cacheType: 'cache' };
      await put(store, { address: node, tags, ownership: ownedBy('ann@elsewhere.example', 'idofthing1') });
      const finds = async (part: string) => (await listed(store, { part })).length === 1;
      for (const part of ['boiler', 'NODE', 'ofthing', 'ann@', 'AB"', '4.5'])
        expect(await finds(part), part).toBe(true);
      for (const part of ['secret', 'source', 'cache', 'SN', '4.51', 'ab\\"', '%', '","']) {
        expect(await finds(part), part).toBe(false);
      }
      await store.close();
    });

    it('pages through many, sees who is on line, and does not repeat what it has shown', async () => {
      const store = await open();
      await write(store, ...registered(MANY, (n) => `t${n}@x`));
      await store.sessions.seen(full('t4321@x/r'), 1);
      const seen: string[] = [];
      let after: number | undefined = 0;
      while (after !== undefined) {
        const page = await store.overview.things({ ...ALL, part: '1@', after, limit: 99 });
        seen.push(...found(page.things.map((each) => each.thing)));
        expect(page.things.filter((each) => each.isOnline).map((each) => each.thing.address.jid)).toEqual(
          page.things.some((each) => each.thing.address.jid === 't4321@x') ? ['t4321@x'] : [],
        );
        after = page.next;
        // What was shown and is gone since does not matter to the rest.
        if (seen.length === 99) await write(store, { write: 'no-thing', address: address(seen[98] ?? ''), at: 2 });
      }
      expect(seen).toEqual(Array.from({ length: MANY / 10 }, (_, n) => `t${n * 10 + 1}@x`));
      const whole = await store.overview.things({ ...ALL, part: '999@', limit: 5 });
      expect([whole.things.length, whole.next]).toEqual([5, undefined]);
      await store.close();
    });

    it('lists devices that are on line, of a JID or a domain', async () => {
      const store = await open();
      await write(store, ...registered(1, () => 'a@x'));
      await put(store, { address: address('a@x', 'n2'), tags: [] });
      const sessions = ['a@x/2', 'a@x/1', 'aa@x/1', 'a@xx/1', 'x/r', 'b@y/@x'];
      for (const [n, each] of sessions.entries()) await store.sessions.seen(full(each), n);
      const names = async (of?: string, after = '', limit = 9) => {
        const page = await store.overview.devices({ ...(of !== undefined && { of }), after, limit });
        expect(page.total).toBe(6);
        return [page.devices.map(({ session }) => session).join(' '), page.more];
      };
      expect(await names()).toEqual(['a@x/1 a@x/2 a@xx/1 aa@x/1 b@y/@x x/r', false]);
      expect(await names(undefined, 'a@x/2', 2)).toEqual(['a@xx/1 aa@x/1', true]);
      expect(await names(undefined, 'a@xx/1', 3)).toEqual(['aa@x/1 b@y/@x x/r', false]);
      expect(await names('a@x')).toEqual(['a@x/1 a@x/2', false]);
      expect(await names('x', 'a@x/1')).toEqual(['a@x/2 aa@x/1 x/r', false]);
      expect(await names('nobody@x')).toEqual(['', false]);
      const { devices } = await store.overview.devices({ of: 'a@x', after: '', limit: 1 });
      expect(devices).toEqual([{ session: 'a@x/1', things: 2, heard: 1 }]);
      await store.close();
    });

    it('counts the Things of a concentrator so far', async () => {
      const store = await open();
      const many = Array.from({ length: MOST_COUNTED + 1 }, (_, n): Write => {
        return { write: 'thing', thing: { address: address('a@x', String(n)), tags: [] }, at: 1 };
      });
      await write(store, ...many);
      await store.sessions.seen(full('a@x/r'), 1);
      const { devices } = await store.overview.devices({ after: '', limit: 1 });
      expect(devices).toMatchObject([{ things: MOST_COUNTED }]);
      await store.close();
    });

    it('counts what there is', async () => {
      const store = await open();
      const empty = await store.overview.counts();
      expect(Object.entries(empty).filter(([name, n]) => name !== 'bytes' && name !== 'schema' && n !== 0)).toEqual([]);
      await fillWithSamples(store);
      expect(await store.overview.counts()).toMatchObject({
        things: MANY + 3,
        claimed: 3,
        isPublic: 2,
        selfOwned: 1,
        owners: 2,
        ended: 1,
        sessions: 1,
        notices: 0,
        recordings: 1,
        queued: 0,
        series: 2,
        readings: 3,
        auditEntries: 2,
        bytes: { database: expect.any(Number), log: expect.any(Number), free: expect.any(Number) },
        schema: expect.any(Number),
      });
      await store.close();
    });

    it('counts owners, each once, however many Things each has', async () => {
      const store = await open();
      const many = Array.from({ length: MANY }, (_, n): Write => {
        const owner = n % 2 === 0 ? 'o@x' : `o${n}@x`;
        return { write: 'thing', thing: thing(`t${n}@x`, { ownership: ownedBy(owner, `id${n}`) }), at: 1 };
      });
      await write(store, ...many);
      expect(await store.overview.counts()).toMatchObject({ owners: MANY / 2 + 1, claimed: MANY });
      await store.close();
    });

    it('says who uses most of what is limited', async () => {
      const store = await open();
      expect(await store.overview.uses(0)).toEqual({
        tags: { total: 0 },
        shares: { total: 0 },
        queued: { total: 0 },
        failedClaims: { byJid: {}, byDomain: {}, total: { total: 0 } },
      });
      await fillWithSamples(store);
      await store.failedClaims.add(['ann@x', '@x', '*'], 10);
      await store.failedClaims.add(['bob@x', '@x', '*'], 10);
      await store.failedClaims.add(['bob@x', '@y', '*'], 20);
      expect(await store.overview.uses(10)).toEqual({
        tags: { total: MANY + 6, greatest: { who: 'b@x', count: 4 } },
        shares: { total: 3, greatest: { who: 'id2', count: 2 } },
        queued: { total: 0 },
        failedClaims: {
          byJid: { greatest: { who: 'bob@x', count: 2 } },
          byDomain: { greatest: { who: '@x', count: 2 } },
          total: { total: 3 },
        },
      });
      expect((await store.overview.uses(11)).failedClaims).toMatchObject({
        byJid: { greatest: { who: 'bob@x', count: 1 } },
        total: { total: 1 },
      });
      await store.close();
    });
  });
}

/** Three owned Things after many that nobody owns, and a fourth ownership that has ended. */
async function fillWithSamples(store: Store): Promise<void> {
  await write(store, ...registered(MANY, (n) => `t${n}@x`));
  const one = ownedBy('ann@x', 'id1', { sharedWith: ['*'] });
  const two = ownedBy('ann@x', 'id2', { isPublic: true, sharedWith: ['*', '@y'] });
  const tags = [str('SN', '1'), str('A', '1'), str('B', '1'), num('V', '1')];
  await put(store, thing('a@x', { ownership: one }));
  await put(store, thing('b@x', { ownership: two, tags }));
  await put(store, thing('c@x', { ownership: ownedBy('c@x', 'id3', { selfOwned: true, isPublic: true }) }));
  await put(store, thing('d@x', { ownership: ownedBy('gone@x', 'id4') }));
  await write(store, { write: 'no-thing', address: address('d@x'), at: 2 });
  await store.sessions.seen(full('a@x/r'), 1);
  const entry = { at: 1, actor: full('ann@x/r'), action: 'record', subject: 'a@x', outcome: 'on' };
  const recording = { ownership: ownershipId('id1'), periodMs: 60_000, types: new Set(['momentary'] as const), due: 1 };
  await store.recordings.put(recording, entry);
  await store.audit.append(entry);
  const owned = { ownership: ownershipId('id1'), readings: [reading(1, '1'), reading(2, '1')] };
  await store.readings.add([owned, { ...owned, readings: [reading(1, '1', { name: 'Other' })] }]);
}
