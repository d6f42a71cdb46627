import { describe, expect, it, vi } from 'vitest';
import { openSqliteStore } from '../../src/store/sqlite/index.js';
import { storeContract } from '../store-contract.js';
import { address, num, ownedBy, ownershipId, put, str, thing, write } from './contract/samples.js';

storeContract('SQLite', async (opening) => openSqliteStore({ file: ':memory:', ...opening }));
storeContract('SQLite that seals at once', async (opening) =>
  openSqliteStore({ file: ':memory:', sealFrom: 1, ...opening }),
);

describe('a look-up of an id', () => {
  it('does the same whether the id is that of a Thing, was once, or is nothing', async () => {
    const store = openSqliteStore({ file: ':memory:' });
    const tags = [str('SN', '1'), num('V', '1.50')];
    const [first, second] = ['a@x', 'b@x'].map((jid, index) =>
      thing(jid, { tags, ownership: ownedBy('ann@x', `id${index}`) }),
    );
    if (first === undefined || second === undefined) expect.fail('no Things');
    await put(store, thing('gone@x', { ownership: ownedBy('ann@x', 'gone') }));
    await put(store, first);
    await put(store, second);
    await write(store, { write: 'no-thing', address: address('gone@x'), at: 2 });
    const read = vi.spyOn(JSON, 'parse');
    const work = [];
    for (const [id, expected] of [
      ['id0', first],
      ['id1', second],
      ['gone', undefined],
      ['never', undefined],
      ['No.id', undefined],
      ['', undefined],
    ] as const) {
      read.mockClear();
      expect(await store.things.byOwnership(ownershipId(id)), id).toEqual(expected);
      work.push(read.mock.calls);
    }
    read.mockRestore();
    expect(work[0]).not.toEqual([]);
    for (const each of work) expect(each).toEqual(work[0]);
    await store.close();
  });
});
